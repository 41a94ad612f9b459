"""The short lists of the desk: the most urgent rows of its queues, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Any

from django.db.models import Exists, OuterRef, Q

from roster.admin.display import Cell, in_words, page_url
from roster.admin.filters import DAYS_AHEAD
from roster.dates import PartialDate
from roster.models import Official, Protection, Threat
from roster.models.protections import ProtectionLevel
from roster.models.threats import ThreatStatus
from roster.periods import BreakKind, Certainty, Days, Period, breaks
from roster.periods.sentences import between_protections

MOST_LINES = 5
LOOKED_THROUGH = 5 * MOST_LINES
"""Protections that are looked through for the officials who have them."""


@dataclass(frozen=True)
class Line:
    """One row: what it is, what is to be known of it, and by when."""

    what: Cell
    said: str
    when: str = ""


def covered(day: date) -> Iterator[Line]:
    """Officials who are possibly covered, then the others; by how long they can be so at most."""
    for certainty in (Certainty.POSSIBLY, Certainty.DEFINITELY):
        yield from _covered(day, certainty)


def _covered(day: date, certainty: Certainty) -> Iterator[Line]:
    """By the protection that can last longest of those of the day."""
    maybe = Protection.objects.maybe_in_force_on(day)
    same = maybe.filter(official=OuterRef("official"))
    longer = Q(end_latest__gt=OuterRef("end_latest")) | Q(
        end_latest=OuterRef("end_latest"), pk__lt=OuterRef("pk")
    )
    surely = Exists(same.in_force_on(day))
    told = maybe.filter(surely if certainty is Certainty.DEFINITELY else ~surely)
    for row in _by_end(told.exclude(Exists(same.filter(longer)))):
        unsure = f"start {in_words(row.start)}" if certainty is Certainty.POSSIBLY else ""
        yield _of_protection(row, day, certainty.value, unsure)


def ending(day: date) -> Iterator[Line]:
    """Protections by the last day that their end may be, as the command `expiring` has them."""
    for row in _by_end(Protection.objects.maybe_ending_within(max(DAYS_AHEAD), day)):
        yield _of_protection(row, day, _level(row))


def unthreatened(day: date) -> Iterator[Line]:
    """Protections in force without a live threat, those first on which one decides soonest."""
    for row in _by_end(Protection.objects.unthreatened_on(day)):
        yield _of_protection(row, day, _level(row))


def gaps(day: date) -> Iterator[Line]:
    """Officials with a gap, the surest and nearest first; then protections that lapsed."""
    officials = list(islice(_with_gap(day), MOST_LINES))
    periods = defaultdict[int, list[Period]](list)
    names = {}
    for row in Protection.objects.filter(official__in=officials).select_related("official"):
        periods[row.official_id].append(row.period)
        names[row.official_id] = row.official.name
    for key in officials:
        ahead = breaks(periods[key], within=Days(day, date.max))
        if not ahead:  # closed since the officials were looked for
            continue
        first = min(ahead, key=lambda one: (one.kind is not BreakKind.GAP, one.days))
        what = Cell(names[key], page_url(Official, "change", key))
        yield Line(what, between_protections(first))
    lapsed = Protection.objects.lapsed_on(day).select_related("official").order_by("ref")
    for row in lapsed[:MOST_LINES]:
        yield _of_protection(row, day, "extensions are over")


def _with_gap(day: date) -> Iterator[int]:
    """The keys of officials with a gap, by the day on which it ends; each once."""
    sure, some = Protection.objects.after_gap(day), Protection.objects.after_possible_gap(day)
    others = some.exclude(official__in=sure.order_by().values("official"))
    for after, end in ((sure, "start_earliest"), (others, "eve")):
        found = after.order_by(end, "ref").values_list("official", flat=True)
        yield from dict.fromkeys(found[:LOOKED_THROUGH])


def threats(day: date) -> Iterator[Line]:
    """Against officials who are not protected, the credible first; then possibly; newest first."""
    bare, unsure = (
        Threat.objects.unprotected_on(day, certainty)
        for certainty in (Certainty.NO, Certainty.POSSIBLY)
    )
    credible = Q(status=ThreatStatus.CREDIBLE)
    for found in (bare.filter(credible), bare.exclude(credible), unsure):
        rows = found.select_related("official", "threat_source").order_by("-pk")
        for row in rows[:MOST_LINES]:
            said = f"{row.get_kind_display()}, {row.get_status_display().lower()}"
            yield Line(
                Cell(row.official.name, page_url(Threat, "change", row.pk)),
                f"{said}, by {row.threat_source.name}",
                f"start {in_words(row.start)}",
            )


def most_urgent(found: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(islice(chain(found), MOST_LINES))


def _by_end(protections: Any) -> Any:
    rows = protections.order_by("end_latest", "end_earliest", "ref")
    return rows.select_related("official")[:MOST_LINES]


def _of_protection(row: Any, day: date, *said: str) -> Line:
    what = Cell(row.official.name, page_url(Protection, "change", row.pk))
    return Line(what, ", ".join(filter(None, said)), f"end {_with_days(row.end, day)}")


def _level(row: Any) -> str:
    level = row.get_level_display().lower()
    said = "level unknown" if row.level == ProtectionLevel.UNKNOWN else level
    return f"{said}, {row.provider}" if row.provider else said


def _with_days(end: str, day: date) -> str:
    """The end in words, and in how many days it comes where that is known."""
    last = PartialDate(end)
    if last.earliest != last.latest or last.latest == date.max:
        return last.describe()
    days = (last.latest - day).days
    match days:
        case 0:
            ahead = "today"
        case 1:
            ahead = "tomorrow"
        case _:
            ahead = f"in {days:,} days"
    return f"{last.describe()}, {ahead}"

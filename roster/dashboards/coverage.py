"""Coverage: who is under protection, how surely, by which protections and what prolonged them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import F

from roster.dates import PartialDate
from roster.history.asof import recorded
from roster.models import Citation, Official, Protection, ProtectionExtension
from roster.periods import Certainty, Chain, Extension, Period


@dataclass(frozen=True)
class ProtectionCoverage:
    """One protection on the day; start and end in the notation of partial dates."""

    key: int
    ref: str
    level: str
    start: str
    end: str
    in_force: Certainty


@dataclass(frozen=True)
class OfficialCoverage:
    """One official on the day, as sure as the surest of the protections."""

    key: int
    ref: str
    name: str
    in_force: Certainty
    protections: tuple[ProtectionCoverage, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self, dict_factory=_without_key)


def _without_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What JSON says: primary keys are no names."""
    return {name: value for name, value in pairs if name != "key"}


_SUREST_FIRST = (Certainty.DEFINITELY, Certainty.POSSIBLY, Certainty.NO)


def coverage_on(
    day: date, among: models.QuerySet[Official] | None = None
) -> list[OfficialCoverage]:
    """Every official by ref, or those `among`, with all protections; two queries in all."""
    theirs = (
        Protection.objects.all() if among is None else Protection.objects.filter(official__in=among)
    )
    rows = (
        theirs.with_in_force(day)
        .order_by("official_id", "ref")
        .values_list("official_id", "pk", "ref", "level", "start", "end", "in_force")
    )
    protections = {
        official: tuple(
            ProtectionCoverage(key, ref, level, start, end, Certainty(in_force))
            for _official, key, ref, level, start, end, in_force in group
        )
        for official, group in groupby(rows.iterator(), key=lambda row: row[0])
    }
    officials = Official.objects.all() if among is None else among
    listed = officials.order_by("ref").values_list("pk", "ref", "name")
    return [_covered(key, ref, name, protections.get(key, ())) for key, ref, name in listed]


def coverage_as_of(position: int | None, day: date) -> list[OfficialCoverage]:
    """What was known at a position of the ledger about who is covered on a day.

    Every official that there was then, as `coverage_on` gives them. The position None is now.
    """

    @cache
    def in_force(start: str, end: str) -> Certainty:
        return Period(PartialDate(start), PartialDate(end)).in_force(day)

    protections = defaultdict[int, list[ProtectionCoverage]](list)
    for key, then in recorded(Protection, position):
        ref, level, start, end = (then.get(name, "") for name in ("ref", "level", "start", "end"))
        protections[then.get("official_id", 0)].append(
            ProtectionCoverage(key, ref, level, start, end, in_force(start, end))
        )
    by_ref = attrgetter("ref")
    officials = (
        _covered(
            key,
            then.get("ref", ""),
            then.get("name", ""),
            tuple(sorted(protections.pop(key, ()), key=by_ref)),
        )
        for key, then in recorded(Official, position)
    )
    return sorted(officials, key=by_ref)


def _covered(
    key: int, ref: str, name: str, protections: tuple[ProtectionCoverage, ...]
) -> OfficialCoverage:
    return OfficialCoverage(key, ref, name, surest(protections), protections)


def surest(protections: tuple[ProtectionCoverage, ...]) -> Certainty:
    """The surest answer of several protections; no when there are none."""
    found = {protection.in_force for protection in protections}
    return next((certainty for certainty in _SUREST_FIRST if certainty in found), Certainty.NO)


def chains_of(officials: models.QuerySet[Official]) -> dict[int, list[Chain]]:
    """The chains of each official who has any, by primary key; three queries whatever their number.

    Chains by their start and extensions by their number, those without one last.
    """
    date_of = cache(PartialDate)

    def period_of(start: str, end: str) -> Period:
        return Period(date_of(start), date_of(end))

    extensions = defaultdict[int, list[Extension]](list)
    for protection, ref, number, decided, notified, start, end in (
        ProtectionExtension.objects.filter(protection__official__in=officials)
        .order_by("protection_id", F("number").asc(nulls_last=True), "start_earliest", "ref")
        .values_list("protection_id", "ref", "number", "decided", "notified", "start", "end")
    ):
        extensions[protection].append(
            Extension(ref, number, date_of(decided), date_of(notified), period_of(start, end))
        )
    evidence = defaultdict[int, list[PartialDate]](list)
    for protection, published in _evidence_of(officials):
        evidence[protection].append(date_of(published))
    chains = defaultdict[int, list[Chain]](list)
    for official, key, ref, start, end, end_reason, ended_by in (
        Protection.objects.filter(official__in=officials)
        .order_by("official_id", "start_earliest", "ref")
        .values_list("official_id", "pk", "ref", "start", "end", "end_reason", "ended_by")
    ):
        chains[official].append(
            Chain(
                ref,
                period_of(start, end),
                end_reason,
                ended_by,
                extensions=tuple(extensions[key]),
                evidence=tuple(evidence[key]),
            )
        )
    return dict(chains)


def _evidence_of(officials: models.QuerySet[Official]) -> Iterable[tuple[int, str]]:
    """Protections with the days on which sources that support them or extensions were published."""
    published = "paragraph__source__published"
    supporting = Citation.objects.supporting().order_by()
    of_protections = supporting.filter(protection__official__in=officials)
    of_extensions = supporting.filter(extension__protection__official__in=officials)
    found: Iterable[tuple[int, str]] = of_protections.values_list("protection_id", published).union(
        of_extensions.values_list("extension__protection_id", published)
    )
    return found

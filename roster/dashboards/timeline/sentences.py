"""What a timeline says in words: how coverage goes on from a day, and what a bar stands for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from roster.dashboards.timeline.entries import Cited, Entry, Kind
from roster.dates import PartialDate
from roster.periods import Certainty, Days, Period, Stretch, coverage

KINDS = {
    Kind.PROTECTION: "Protection",
    Kind.EXTENSION: "Extension",
    Kind.THREAT: "Threat",
    Kind.ROLE: "Role",
    Kind.EVIDENCE: "Source",
}
NO_EVIDENCE = "no evidence"
_COVERED = {
    Certainty.DEFINITELY: "definitely covered",
    Certainty.POSSIBLY: "possibly covered",
    Certainty.NO: "not covered",
}


def coverage_ahead(periods: Iterable[Period], today: date) -> str:
    """From today on, stretch by stretch, such as “Definitely covered until …, then not …”."""
    ahead = coverage(periods, within=Days(today, date.max))
    told = [
        _COVERED[one.covered]
        if one.days.last == date.max
        else f"{_COVERED[one.covered]} until {_in_words(one.days.last)}"
        for one in ahead
    ]
    said = ", then ".join(told)
    if ahead[-1].covered is not Certainty.NO:
        said = f"{said}, with no known end"
    return f"{said[0].upper()}{said[1:]}."


def bar_in_words(entry: Entry, today: date, *, tells_evidence: bool) -> str:
    """What a bar stands for, from when to when, how sure that is today, and what it rests on."""
    period = entry.period
    if entry.kind is Kind.EVIDENCE:
        said = f"Source: {entry.name}. Published: {described(period.start)}."
        return f"{said} {supports(entry.cited)}." if entry.cited else said
    name = entry.name if entry.kind is Kind.EXTENSION else f"{KINDS[entry.kind]}: {entry.name}"
    said = (
        f"{name}. Start: {described(period.start)}. End: {described(period.end)}. "
        f"In force today: {period.in_force(today)}."
    )
    if entry.kind is Kind.PROTECTION and entry.extensions:
        said = f"{said} Extended at least {_times(entry.extensions)}."
    return f"{said} Evidence: {cited_in_words(entry.cited)}." if tells_evidence else said


@lru_cache(maxsize=4096)
def described(day: PartialDate) -> str:
    """The date in English; the same few are asked for again and again."""
    return day.describe()


def place(cited: Cited) -> str:
    """The source and the paragraph."""
    return f"{cited.source} ¶{cited.paragraph}"


def cited_in_words(cited: Cited | None) -> str:
    if cited is None:
        return NO_EVIDENCE
    return f"{place(cited)}, and {cited.count - 1} more" if cited.count > 1 else place(cited)


def supports(cited: Cited) -> str:
    """How many values a source supports."""
    return f"Supports {cited.count} value{'' if cited.count == 1 else 's'}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _in_words(day: date) -> str:
    return PartialDate(day.isoformat()).describe()


def covered_in_words(stretch: Stretch) -> str:
    """How surely the days of a stretch are covered, and which those are."""
    said, first, last = _COVERED[stretch.covered], stretch.days.first, stretch.days.last
    since = f" from {_in_words(first)}" if first > date.min else ""
    until = f" until {_in_words(last)}" if last < date.max else ""
    return f"{said[0].upper()}{said[1:]}{since}{until}."

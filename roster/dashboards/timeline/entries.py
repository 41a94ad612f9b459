"""Entries: what a timeline shows of an official, each with its period and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from roster.periods import Days, Period


class Kind(StrEnum):
    """What an entry is of; in the order in which a timeline shows them."""

    PROTECTION = "protection"
    EXTENSION = "extension"
    THREAT = "threat"
    ROLE = "role"
    EVIDENCE = "evidence"
    """A source that citations of the others are of, on the day on which it was published."""


@dataclass(frozen=True)
class Cited:
    """The citation that says most of an entry's dates; `count` is of all that support the entry."""

    source: str
    """The ref of the source."""
    paragraph: int
    source_key: int
    count: int


@dataclass(frozen=True)
class Entry:
    """One bar; `ref` is the record's, and `name` what people call it by.

    `protection` is the key of the protection that an extension prolongs. `extensions` counts those
    of a protection, recorded or known by their highest number. `cited` is None without evidence;
    of a source itself it has the first paragraph that is cited, and counts the values it supports.
    """

    kind: Kind
    key: int
    ref: str
    name: str
    period: Period
    cited: Cited | None = None
    extensions: int = 0
    protection: int | None = None
    number: int | None = None
    """The ordinal of an extension."""

    @property
    def label(self) -> str:
        """What stands above the bar: of a source its day in notation, of an extension a number."""
        if self.kind is Kind.EVIDENCE:
            return self.period.start.text
        return self.name if self.number is None else str(self.number)

    @property
    def is_drawn(self) -> bool:
        """Whether it has a place: a source that is not dated at all speaks of no day."""
        return self.kind is not Kind.EVIDENCE or self.period.is_dated

    def lies_in(self, window: Days) -> bool:
        return self.is_drawn and self.period.possible_days.meets(window)


def known_days(entries: Iterable[Entry], today: date) -> Days:
    """From the first to the last day that is known of the entries or is today."""
    days = {today}
    for entry in entries:
        for end in (entry.period.start, entry.period.end):
            days.update((end.earliest, end.latest))
    bounded = days - {date.min, date.max} | {today}
    return Days(min(bounded), max(bounded))

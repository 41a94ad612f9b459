"""Chains: a protection and the extensions that prolonged it, as far as their dates tell.

The protection's own start and end alone decide who is covered. Extensions explain the end and are
checked against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from roster.dates import UNKNOWN, PartialDate
from roster.periods.period import Period

CUT_SHORT = frozenset({"revoked", "declined", "died", "other"})
"""Reasons for which a protection ends before its last extension would."""


@dataclass(frozen=True)
class Extension:
    """One decision to prolong; `number` is the ordinal that the source gives, None without one."""

    ref: str
    number: int | None
    decided: PartialDate
    notified: PartialDate
    period: Period

    @property
    def name(self) -> str:
        """Such as “extension 8”; by its ref where it has no number."""
        return f"extension {self.ref if self.number is None else self.number}"


@dataclass(frozen=True)
class Disagreement:
    """The last extension's end is not the protection's own, in any reading."""

    extension: Extension
    is_later: bool
    """Whether the extension's end is the later of the two."""


@dataclass(frozen=True)
class MissingNumbers:
    """Ordinals that no extension has, from the one after `below` to the one before `above`."""

    below: int
    above: int


@dataclass(frozen=True)
class Chain:
    """A protection, its extensions in any order, and the days that its evidence is of.

    `evidence` holds the days on which the sources of the citations that support protection or
    extensions were published.
    """

    ref: str
    period: Period
    end_reason: str = ""
    ended_by: str = ""
    extensions: tuple[Extension, ...] = ()
    evidence: tuple[PartialDate, ...] = ()

    @property
    def renewals(self) -> int:
        """How often it was prolonged at least: extensions recorded, or their highest number."""
        return max(len(self.extensions), *self._numbers(), 0)

    def missing_numbers(self) -> list[MissingNumbers]:
        """Where the numbers of the extensions leave some out, the lowest first.

        Below the lowest number none is missing: the record need not begin with the first.
        """
        numbers = sorted(set(self._numbers()))
        return [MissingNumbers(one, next_) for one, next_ in pairwise(numbers) if next_ > one + 1]

    def disagreement(self) -> Disagreement | None:
        """The extension that lasts longest, where it ends earlier or later than the protection.

        Only what is so in every reading. That a protection cut short, such as a revoked one, ends
        before its extension does is no disagreement, unless the extension begins after that end.
        """
        if not self.extensions:
            return None
        own = self.period
        outlasting = max(self._to_be_outlasted_by(), key=_earliest_end, default=None)
        if outlasting and outlasting.period.earliest_end > own.end.latest:
            return Disagreement(outlasting, is_later=True)
        last = max(self.extensions, key=lambda extension: extension.period.end.latest)
        if last.period.end.latest < own.earliest_end:
            return Disagreement(last, is_later=False)
        return None

    @property
    def last_evidence(self) -> PartialDate | None:
        """The latest of the dates of the evidence, unknown ones aside; None when there is none."""
        dated = (day for day in self.evidence if day.text != UNKNOWN)
        return max(dated, key=lambda day: (day.latest, day.earliest), default=None)

    def days_without_evidence(self, on: date) -> int | None:
        """How many days before `on`, at least, the last evidence is of.

        None when no evidence is dated; 0 when the last may be of that day or of a later one.
        """
        last = self.last_evidence
        return max((on - last.latest).days, 0) if last else None

    def _numbers(self) -> Iterable[int]:
        return (one.number for one in self.extensions if one.number is not None)

    def _to_be_outlasted_by(self) -> Iterable[Extension]:
        """The extensions that must not end later than the protection."""
        if self.end_reason not in CUT_SHORT:
            return self.extensions
        end = self.period.end.latest
        return (one for one in self.extensions if one.period.start.earliest > end)


def _earliest_end(extension: Extension) -> date:
    return extension.period.earliest_end

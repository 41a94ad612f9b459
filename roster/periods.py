"""Periods between two partial dates, in whole days; pure Python that asks no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from roster.dates import PartialDate


class Certainty(StrEnum):
    """How sure it is that a period is in force on a day."""

    DEFINITELY = "definitely"
    POSSIBLY = "possibly"
    NO = "no"


@dataclass(frozen=True)
class Period:
    """From a start to an end, both included.

    A reading takes one possible day of the start and one of the end; readings in which the end
    lies before the start are impossible. Raises ValueError when no reading is possible.
    """

    start: PartialDate
    end: PartialDate

    def __post_init__(self) -> None:
        if self.start.earliest > self.end.latest:
            raise ValueError(
                f"The end ({self.end.describe()}) lies before the start "
                f"({self.start.describe()}): give an end that can lie on or after the start."
            )

    def in_force(self, day: date) -> Certainty:
        """Whether `day` lies in the period in every possible reading, in some, or in none."""
        if day < self.start.earliest or day > self.end.latest:
            return Certainty.NO
        # An end bounds the start and a start the end, as impossible readings do not count.
        surely_begun = min(self.start.latest, self.end.latest)
        surely_lasts = max(self.start.earliest, self.end.earliest)
        return Certainty.DEFINITELY if surely_begun <= day <= surely_lasts else Certainty.POSSIBLY

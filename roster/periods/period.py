"""One period between two partial dates, and how surely it is in force on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from roster.dates import UNKNOWN, PartialDate
from roster.periods.days import Days


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

    @property
    def latest_start(self) -> date:
        """The last day on which it can begin: an end bounds the start."""
        return min(self.start.latest, self.end.latest)

    @property
    def earliest_end(self) -> date:
        """The first day that can be its last: a start bounds the end."""
        return max(self.start.earliest, self.end.earliest)

    @property
    def possible_days(self) -> Days:
        """From the first to the last day that some reading covers."""
        return Days(self.start.earliest, self.end.latest)

    @property
    def sure_days(self) -> Days | None:
        """The days that every reading covers; None where there is no such day."""
        if self.latest_start > self.earliest_end:
            return None
        return Days(self.latest_start, self.earliest_end)

    @property
    def is_dated(self) -> bool:
        """Whether anything is known of its start or its end."""
        return self.start.text != UNKNOWN or self.end.text != UNKNOWN

    def in_force(self, day: date) -> Certainty:
        """Whether `day` lies in the period in every possible reading, in some, or in none."""
        if day < self.start.earliest or day > self.end.latest:
            return Certainty.NO
        surely = self.latest_start <= day <= self.earliest_end
        return Certainty.DEFINITELY if surely else Certainty.POSSIBLY

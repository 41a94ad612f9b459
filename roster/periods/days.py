"""Days in a row, and a stretch of the calendar divided by what lies over each of its days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Self, TypeVar

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Days:
    """From the first to the last day, both included; ValueError when the last is before it."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(
                f"The last day ({self.last}) lies before the first ({self.first}): give a last "
                "day on or after the first."
            )

    @classmethod
    def between(cls, before: date, after: date) -> Self | None:
        """The days after `before` and before `after`; None where there is none."""
        if (after - before).days < 2:
            return None
        return cls(before + _ONE_DAY, after - _ONE_DAY)

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    def meets(self, other: Days) -> bool:
        """Whether they have a day in common."""
        return self.first <= other.last and other.first <= self.last

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


EVER = Days(date.min, date.max)
"""Each day of the calendar."""

Layer = TypeVar("Layer")
Kind = TypeVar("Kind")


def divided(
    within: Days,
    layers: Mapping[Layer, Iterable[Days | None]],
    kind: Callable[[Counter[Layer]], Kind],
) -> list[tuple[Days, Kind]]:
    """The days of `within` in stretches of one kind, as long as they can be, in order.

    `kind` is told for each stretch how many days in a row of each layer lie over it.
    """
    told = ((days, kind(depths)) for days, depths in _depths(within, layers))
    joined = []
    for same, group in groupby(told, key=itemgetter(1)):
        stretches = [days for days, _ in group]
        joined.append((Days(stretches[0].first, stretches[-1].last), same))
    return joined


def _depths(
    within: Days, layers: Mapping[Layer, Iterable[Days | None]]
) -> Iterator[tuple[Days, Counter[Layer]]]:
    """Stretches of `within` in order, with how many of each layer lie over each of their days."""
    # In numbers, as there is no day after the last one of the calendar.
    begin, end = within.first.toordinal(), within.last.toordinal() + 1
    steps = defaultdict[int, Counter[Layer]](Counter, {begin: Counter(), end: Counter()})
    for layer, spans in layers.items():
        for days in spans:
            if days and days.meets(within):
                steps[max(days.first.toordinal(), begin)][layer] += 1
                steps[min(days.last.toordinal() + 1, end)][layer] -= 1
    depths = Counter[Layer]()
    for here, there in pairwise(sorted(steps)):
        depths.update(steps[here])
        yield Days(date.fromordinal(here), date.fromordinal(there - 1)), depths

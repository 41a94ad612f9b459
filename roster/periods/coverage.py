"""How surely days are covered by several periods, such as the protections of one official."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from roster.periods.days import Days, divided
from roster.periods.period import Certainty, Period


@dataclass(frozen=True)
class Stretch:
    """Days that are covered equally surely."""

    days: Days
    covered: Certainty


def coverage(periods: Iterable[Period], *, within: Days) -> list[Stretch]:
    """Each day of `within`, as surely covered as by the surest period; in order, without gaps.

    Two stretches that meet differ. The dates of two periods are independent of one another, so a
    day that is possibly covered by each of several is still only possibly covered.
    """
    asked = list(periods)
    layers: dict[Certainty, list[Days | None]] = {
        Certainty.DEFINITELY: [period.sure_days for period in asked],
        Certainty.POSSIBLY: [period.possible_days for period in asked],
    }
    return [Stretch(days, covered) for days, covered in divided(within, layers, _surest)]


def _surest(depths: Counter[Certainty]) -> Certainty:
    if depths[Certainty.DEFINITELY]:
        return Certainty.DEFINITELY
    return Certainty.POSSIBLY if depths[Certainty.POSSIBLY] else Certainty.NO

"""Breaks: where periods that should follow one another do not meet, or meet twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, StrEnum, auto

from roster.periods.days import EVER, Days, divided
from roster.periods.period import Period


class BreakKind(StrEnum):
    """What is wrong where periods do not follow one another."""

    GAP = "gap"
    """Covered before and after, but not here, in every reading."""
    POSSIBLE_GAP = "possible_gap"
    """The same, in some readings."""
    OVERLAP = "overlap"
    """Covered more than once in every reading."""
    LAPSED_UNKNOWN = "lapsed_unknown"
    """Ended on a past day that is not known, with nothing since."""


@dataclass(frozen=True)
class Break:
    kind: BreakKind
    days: Days


class _Layer(Enum):
    SURE = auto()
    POSSIBLE = auto()
    ALWAYS_BETWEEN = auto()
    """Days after one period and before another, in every reading."""
    MAYBE_BETWEEN = auto()
    """The same, in some reading."""


def breaks(periods: Iterable[Period], *, within: Days = EVER) -> list[Break]:
    """Gaps and possible gaps between periods, in order; the order of the periods does not matter.

    A day lies in a gap when no period covers it while one covers a day before and one a day
    after. A period whose start and end are both unknown could lie anywhere: it may fill a gap but
    opens none.
    """
    asked = list(periods)
    dated = [period for period in asked if period.is_dated]
    if len(dated) < 2:
        return []
    layers: dict[_Layer, list[Days | None]] = {
        _Layer.SURE: [period.sure_days for period in asked],
        _Layer.POSSIBLE: [period.possible_days for period in asked],
        _Layer.ALWAYS_BETWEEN: [
            Days.between(
                min(period.end.latest for period in dated),
                max(period.start.earliest for period in dated),
            )
        ],
        # The first to end and the last to begin may be one and the same period; the days on
        # which it alone could do both are then sure days of all the others, and no gap.
        _Layer.MAYBE_BETWEEN: [
            Days.between(
                min(period.earliest_end for period in dated),
                max(period.latest_start for period in dated),
            )
        ],
    }
    return [Break(kind, days) for days, kind in divided(within, layers, _gap) if kind]


def overlaps(periods: Iterable[Period], *, within: Days = EVER) -> list[Break]:
    """Stretches of days that two or more periods cover in every reading, in order."""
    layers = {_Layer.SURE: [period.sure_days for period in periods]}
    twice = divided(within, layers, lambda depths: depths[_Layer.SURE] > 1)
    return [Break(BreakKind.OVERLAP, days) for days, overlapping in twice if overlapping]


def lapsed_unknown(periods: Iterable[Period], *, on: date) -> Break | None:
    """The days surely not covered since the last end, up to `on`, where that end is not known.

    That is an end of `../day`, before `on`, when no other period can last as long.
    """
    asked = list(periods)
    last = max((period.end.latest for period in asked), default=date.max)
    ending_last = [period for period in asked if period.end.latest == last]
    if last >= on or not all(map(_ends_on_an_unknown_day, ending_last)):
        return None
    return Break(BreakKind.LAPSED_UNKNOWN, Days(last + timedelta(days=1), on))


def _ends_on_an_unknown_day(period: Period) -> bool:
    return period.end.earliest == date.min and period.earliest_end < period.end.latest


def _gap(depths: Counter[_Layer]) -> BreakKind | None:
    if depths[_Layer.ALWAYS_BETWEEN] and not depths[_Layer.POSSIBLE]:
        return BreakKind.GAP
    if depths[_Layer.MAYBE_BETWEEN] and not depths[_Layer.SURE]:
        return BreakKind.POSSIBLE_GAP
    return None

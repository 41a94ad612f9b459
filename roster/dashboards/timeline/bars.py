"""Bars: the days of a period within a window, and where they are drawn, in whole units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from roster.dashboards.timeline.entries import Entry
from roster.dashboards.timeline.scale import Scale
from roster.periods import Certainty, Days, Period, Stretch

LEAST_SURE = 3
"""Units of a sure stretch at least: a single day, covered or not, is seen among other years."""
LEAST = 4
"""Units of a bar at least."""
_ONE_DAY = timedelta(days=1)


class Edge(StrEnum):
    """How a bar ends on a side."""

    SHARP = "sharp"
    """On a day of the window, or on one of several."""
    GOES_ON = "goes_on"
    """On a day beyond the window."""
    FADES = "fades"
    """On no day that is known: the end is open or unknown, and what is seen may go on for ever."""


@dataclass(frozen=True)
class Piece:
    """A stretch, and where that of it is drawn which the window has."""

    x: int
    width: int
    stretch: Stretch

    @property
    def right(self) -> int:
        return self.x + self.width


@dataclass(frozen=True)
class Bar:
    """An entry's days within the window, in pieces that meet."""

    entry: Entry
    x: int
    width: int
    pieces: tuple[Piece, ...]
    start: Edge
    end: Edge

    @property
    def right(self) -> int:
        return self.x + self.width


@dataclass(frozen=True)
class Seen:
    """Stretches that meet, each of which has a day in a window, and how they end on both sides."""

    stretches: tuple[Stretch, ...]
    start: Edge
    end: Edge


def stretches(period: Period) -> list[Stretch]:
    """The days on which the period is definitely or possibly in force, in order."""
    possible, sure = period.possible_days, period.sure_days
    if sure is None:
        return [Stretch(possible, Certainty.POSSIBLY)]
    found = [Stretch(sure, Certainty.DEFINITELY)]
    if possible.first < sure.first:
        before = Days(possible.first, sure.first - _ONE_DAY)
        found.insert(0, Stretch(before, Certainty.POSSIBLY))
    if possible.last > sure.last:
        after = Days(sure.last + _ONE_DAY, possible.last)
        found.append(Stretch(after, Certainty.POSSIBLY))
    return found


def seen_in(window: Days, found: Iterable[Stretch]) -> Seen | None:
    """Those of stretches in order that have a day in the window; None where none has."""
    within = tuple(one for one in found if one.days.meets(window))
    if not within:
        return None
    first, last = within[0].days.first, within[-1].days.last
    start = end = Edge.SHARP
    if first == date.min:
        start = Edge.FADES
    elif first < window.first:
        start = Edge.GOES_ON
    if last == date.max:
        end = Edge.FADES
    elif last > window.last:
        end = Edge.GOES_ON
    return Seen(within, start, end)


def bar_of(entry: Entry, scale: Scale) -> Bar | None:
    """The bar of an entry; None where it has no day in the window."""
    seen = seen_in(scale.window, stretches(entry.period)) if entry.is_drawn else None
    if seen is None:
        return None
    pieces = placed(seen.stretches, scale)
    x, right = pieces[0].x, pieces[-1].right
    return Bar(entry, x, right - x, pieces, seen.start, seen.end)


def placed(found: Sequence[Stretch], scale: Scale) -> tuple[Piece, ...]:
    """Stretches that meet, in units; possible ones alone may be too narrow to be seen."""
    window = scale.window
    cuts = [scale.x(max(found[0].days.first, window.first))]
    cuts += [scale.x_after(min(one.days.last, window.last)) for one in found]
    cuts[-1] = max(cuts[-1], cuts[0] + LEAST)
    if cuts[-1] > scale.right:
        cuts[0], cuts[-1] = min(cuts[0], scale.right - LEAST), scale.right
    for at, one in enumerate(found):
        if one.covered is not Certainty.POSSIBLY and cuts[at + 1] - cuts[at] < LEAST_SURE:
            cuts[at] = max(cuts[0], min(cuts[at], cuts[-1] - LEAST_SURE))
            cuts[at + 1] = cuts[at] + LEAST_SURE
    return tuple(
        Piece(left, right - left, one)
        for one, left, right in zip(found, cuts, cuts[1:], strict=False)
        if right > left
    )

"""The picture of many officials: a row each, in which protections, threats and roles have lanes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from roster.dashboards.timeline.bars import Bar, bar_of
from roster.dashboards.timeline.entries import Entry, Kind
from roster.dashboards.timeline.lanes import in_lanes, shortened
from roster.dashboards.timeline.scale import Scale, Tick

LEFT, WIDTH, RIGHT = 196, 760, 960
"""Where the days begin, over how many units they reach, and how wide the whole picture is."""
HEAD = 50
NAME_WIDTH = LEFT - 12
_LEAST_ROW = 24
_PADDING = 4
_LANES = ((Kind.PROTECTION, 10), (Kind.THREAT, 7), (Kind.ROLE, 4))
"""What a row shows, and how thick: that tells them apart as well as colour does."""
_GAP = 2
MOST_LANES = 3
"""Lanes that a row has for each kind; what would take more is told by its number."""
_SECOND_LINE = 34


@dataclass(frozen=True)
class RowAsked:
    """An official by key and name, with the entries to be drawn."""

    key: int
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class RowBar:
    """A bar of a row."""

    bar: Bar
    y: int
    thickness: int


@dataclass(frozen=True)
class Row:
    """One official; `name` is cut to its room, `full_name` is not.

    `more` counts entries of the window for which there are no lanes.
    """

    key: int
    name: str
    full_name: str
    y: int
    height: int
    bars: tuple[RowBar, ...]
    more: int


@dataclass(frozen=True)
class RosterPicture:
    """All that is drawn of many officials; `today_x` is None where the window has not today."""

    scale: Scale
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    today_x: int | None
    width: int
    height: int


def roster_picture(officials: Iterable[RowAsked], scale: Scale, today: date) -> RosterPicture:
    """The officials in their order, each as high as what overlaps asks for."""
    rows, y = list[Row](), HEAD
    for official in officials:
        row = _row(official, scale, y)
        rows.append(row)
        y += row.height
    return RosterPicture(
        scale,
        tuple(scale.ticks()),
        tuple(rows),
        scale.middle(today) if today in scale.window else None,
        RIGHT,
        y,
    )


def _row(official: RowAsked, scale: Scale, top: int) -> Row:
    placed, more, y = list[RowBar](), 0, top + _PADDING
    for kind, thickness in _LANES:
        bars = (bar_of(entry, scale) for entry in official.entries if entry.kind is kind)
        lanes = in_lanes((bar.x, bar.right, bar) for bar in bars if bar)
        for lane in lanes[:MOST_LANES]:
            placed += [RowBar(bar, y, thickness) for bar in lane]
            y += thickness + _GAP
        more += sum(len(lane) for lane in lanes[MOST_LANES:])
    height = max(y - _GAP + _PADDING - top, _LEAST_ROW, _SECOND_LINE if more else 0)
    name = shortened(official.name, NAME_WIDTH)
    return Row(official.key, name, official.name, top, height, tuple(placed), more)

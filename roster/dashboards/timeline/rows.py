"""The picture of many officials: a row each, in which protections, threats and roles have lanes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from roster.dashboards.timeline.bars import Bar, bar_of
from roster.dashboards.timeline.entries import Entry, Kind
from roster.dashboards.timeline.lanes import in_lanes, shortened
from roster.dashboards.timeline.scale import Scale, Tick

LEFT, WIDTH, RIGHT = 196, 760, 960
"""Where the days begin, over how many units they reach, and how wide the whole picture is."""
HEAD = 46
NAME_WIDTH = LEFT - 12
_LEAST_ROW = 24
_PADDING = 4
_LANES = ((Kind.PROTECTION, 10), (Kind.THREAT, 7), (Kind.ROLE, 4))
"""What a row shows, and how thick: that tells them apart as well as colour does."""
_GAP = 2


@dataclass(frozen=True)
class RowAsked:
    """An official by key and name, with the entries to be drawn."""

    key: int
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class RowBar:
    bar: Bar
    y: int
    thickness: int


@dataclass(frozen=True)
class Row:
    """One official; `name` is cut to its room, `full_name` is not."""

    key: int
    name: str
    full_name: str
    y: int
    height: int
    bars: tuple[RowBar, ...]


@dataclass(frozen=True)
class RosterPicture:
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
        bars = tuple(_bars(official.entries, scale, y + _PADDING))
        used = max((bar.y + bar.thickness for bar in bars), default=y) - y + _PADDING
        height = max(_LEAST_ROW, used)
        name = shortened(official.name, NAME_WIDTH)
        rows.append(Row(official.key, name, official.name, y, height, bars))
        y += height
    return RosterPicture(
        scale,
        tuple(scale.ticks()),
        tuple(rows),
        scale.middle(today) if today in scale.window else None,
        RIGHT,
        y,
    )


def _bars(entries: Sequence[Entry], scale: Scale, y: int) -> Iterator[RowBar]:
    for kind, thickness in _LANES:
        bars = (bar_of(entry, scale) for entry in entries if entry.kind is kind)
        for lane in in_lanes((bar.x, bar.right, bar) for bar in bars if bar):
            yield from (RowBar(bar, y, thickness) for bar in lane)
            y += thickness + _GAP

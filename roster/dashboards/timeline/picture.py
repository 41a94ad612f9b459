"""The picture of one official: coverage, then track by track, all placed in whole units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from roster.dashboards.timeline.bars import Bar, Edge, Piece, Seen, bar_of, placed, seen_in
from roster.dashboards.timeline.entries import Entry, Kind
from roster.dashboards.timeline.lanes import in_lanes, label_width, shortened
from roster.dashboards.timeline.scale import Scale, Tick
from roster.periods import EVER, Certainty, coverage

LEFT, WIDTH, RIGHT = 8, 944, 960
"""Where the days begin, over how many units they reach, and how wide the whole picture is."""
HEAD = 50
"""Units above the first track: today's label, years, columns."""
_HEADING = 24
_LABEL = 14
_FOOT = 8
_STRIP = 16
_THICKNESS = {
    Kind.PROTECTION: 14,
    Kind.EXTENSION: 9,
    Kind.THREAT: 11,
    Kind.ROLE: 7,
    Kind.EVIDENCE: 12,
}
_GAP = 5
"""Units between a bar and the label of the next lane."""
_TITLES = (
    (Kind.PROTECTION, "Protections and their extensions by number"),
    (Kind.THREAT, "Threats"),
    (Kind.ROLE, "Roles"),
    (Kind.EVIDENCE, "Evidence, by the day of its source"),
)
_SAID = {
    Certainty.DEFINITELY: "definitely",
    Certainty.POSSIBLY: "possibly",
    Certainty.NO: "not covered",
}


@dataclass(frozen=True)
class Heading:
    """The title of a track; `note` says how much of it lies outside of the window."""

    text: str
    note: str
    y: int


@dataclass(frozen=True)
class PlacedBar:
    """A bar below its label; `top` and `height` are of both, `y` and `thickness` of the bar."""

    bar: Bar
    label: str
    label_x: int
    top: int
    height: int
    y: int
    thickness: int


@dataclass(frozen=True)
class CoveragePiece:
    """A stretch of the strip that says how surely the official is covered; labelled if it fits."""

    piece: Piece
    label: str


@dataclass(frozen=True)
class CoverageStrip:
    pieces: tuple[CoveragePiece, ...]
    start: Edge
    end: Edge
    y: int
    thickness: int


@dataclass(frozen=True)
class Picture:
    """All that is drawn of one official; `today_x` is None where the window has not today."""

    scale: Scale
    ticks: tuple[Tick, ...]
    headings: tuple[Heading, ...]
    strip: CoverageStrip | None
    bars: tuple[PlacedBar, ...]
    today_x: int | None
    width: int
    height: int


def picture_of(entries: Sequence[Entry], scale: Scale, today: date) -> Picture:
    """The entries of one official on the scale; tracks without entries are left out."""
    of_kind = defaultdict[Kind, list[Entry]](list)
    for entry in entries:
        of_kind[entry.kind].append(entry)
    y, headings, bars = HEAD, list[Heading](), list[PlacedBar]()
    strip = _strip(of_kind[Kind.PROTECTION], scale, y) if of_kind[Kind.PROTECTION] else None
    if strip:
        headings.append(Heading("Covered", "", y))
        y = strip.y + strip.thickness + _GAP
    for kind, title in _TITLES:
        if not of_kind[kind]:
            continue
        headings.append(Heading(title, _outside(of_kind[kind], scale), y))
        y += _HEADING
        for lane in _lanes(kind, of_kind, scale):
            bars += [_placed_bar(bar, scale, y) for bar in lane]
            y += _lane_height(lane)
    return Picture(
        scale,
        tuple(scale.ticks()),
        tuple(headings),
        strip,
        tuple(bars),
        scale.middle(today) if today in scale.window else None,
        RIGHT,
        y + _FOOT,
    )


def _strip(protections: Iterable[Entry], scale: Scale, y: int) -> CoverageStrip:
    """How surely each day of the window is covered; all of them, as coverage leaves none out."""
    ever = coverage([entry.period for entry in protections], within=EVER)
    seen = seen_in(scale.window, ever) or Seen((), Edge.SHARP, Edge.SHARP)
    told = (
        CoveragePiece(piece, _SAID[piece.stretch.covered] if _has_room(piece) else "")
        for piece in placed(seen.stretches, scale)
    )
    return CoverageStrip(tuple(told), seen.start, seen.end, y + _HEADING + _LABEL, _STRIP)


def _has_room(piece: Piece) -> bool:
    return label_width(_SAID[piece.stretch.covered]) + 4 <= piece.width


def _outside(entries: Sequence[Entry], scale: Scale) -> str:
    """How many entries lie before the window and how many after it, where some do."""
    drawn = [entry for entry in entries if entry.is_drawn]
    told = (
        (sum(entry.period.end.latest < scale.window.first for entry in drawn), "earlier"),
        (sum(entry.period.start.earliest > scale.window.last for entry in drawn), "later"),
        (len(entries) - len(drawn), "without a date"),
    )
    return ", ".join(f"{count} {where}" for count, where in told if count)


def _lanes(kind: Kind, of_kind: dict[Kind, list[Entry]], scale: Scale) -> Iterator[list[Bar]]:
    if kind is Kind.PROTECTION:
        yield from _chains(of_kind[kind], of_kind[Kind.EXTENSION], scale)
    else:
        yield from in_lanes(_extents(of_kind[kind], scale))


def _chains(
    protections: Iterable[Entry], extensions: Iterable[Entry], scale: Scale
) -> Iterator[list[Bar]]:
    """Protections with their extensions right below: those that do not overlap side by side."""
    prolonging = defaultdict[int | None, list[Entry]](list)
    for extension in extensions:
        prolonging[extension.protection].append(extension)
    chains = []
    for protection in protections:
        own = list(_extents([protection], scale))
        below = list(_extents(prolonging[protection.key], scale))
        if own or below:
            left = min(extent[0] for extent in (*own, *below))
            right = max(extent[1] for extent in (*own, *below))
            chains.append((left, right, (own, below)))
    for side_by_side in in_lanes(chains):
        if first := [bar for own, _ in side_by_side for *_, bar in own]:
            yield first
        yield from in_lanes([extent for _, below in side_by_side for extent in below])


def _extents(entries: Iterable[Entry], scale: Scale) -> Iterator[tuple[int, int, Bar]]:
    """Bars of the window, each with the ends of what it takes together with its label."""
    for entry in entries:
        if bar := bar_of(entry, scale):
            label, x = _label(bar, scale)
            yield min(bar.x, x), max(bar.right, x + label_width(label)), bar


def _label(bar: Bar, scale: Scale) -> tuple[str, int]:
    label = shortened(bar.entry.label, scale.width)
    return label, max(scale.left, min(bar.x, scale.right - label_width(label)))


def _lane_height(lane: Sequence[Bar]) -> int:
    return _LABEL + max(_THICKNESS[bar.entry.kind] for bar in lane) + _GAP


def _placed_bar(bar: Bar, scale: Scale, y: int) -> PlacedBar:
    label, x = _label(bar, scale)
    thickness = _THICKNESS[bar.entry.kind]
    return PlacedBar(bar, label, x, y, _LABEL + thickness, y + _LABEL, thickness)

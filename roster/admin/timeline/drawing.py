"""Pictures as SVG: presentation attributes and classes alone, every text escaped.

Written by hand rather than by a template, which for hundreds of bars would be what takes longest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import chain

from django.utils.safestring import SafeString

from roster.admin.timeline.marks import Mark, definitions
from roster.dashboards.timeline import Entry, Kind, Picture, RosterPicture, Zoom
from roster.dashboards.timeline.bars import Bar
from roster.dashboards.timeline.picture import CoverageStrip, PlacedBar
from roster.dashboards.timeline.rows import NAME_WIDTH, Row, RowBar
from roster.dashboards.timeline.sentences import covered_in_words

TOP = 22
"""Where the columns begin, below the word “Today”."""
_TODAY_WIDTH = 34
_LEAST_TARGET = 24
"""Units that answer to the pointer at least."""


@dataclass(frozen=True)
class Told:
    """What is told of an entry: where its bar leads, and what it stands for in words."""

    url: Callable[[Entry], str]
    words: Callable[[Entry], str]


def official_svg(picture: Picture, *, name: str, told: Told) -> SafeString:
    """The picture of one official; each bar links to its record and is named by its words."""
    body = chain(
        _scale(picture),
        _headings(picture),
        _strip(picture.strip) if picture.strip else (),
        (_labelled(bar, told) for bar in picture.bars),
    )
    return _svg(picture, name, body)


def roster_svg(
    picture: RosterPicture, *, name: str, row_url: Callable[[int], str], told: Told
) -> SafeString:
    """The picture of many officials; each name links to the official's own timeline."""
    rows = (
        part
        for row in picture.rows
        for part in (_row(row, picture.width, row_url), *(_in_row(bar, told) for bar in row.bars))
    )
    return _svg(picture, name, chain(_scale(picture), rows))


def _svg(picture: Picture | RosterPicture, name: str, body: Iterable[str]) -> SafeString:
    size = f"{picture.width} {picture.height}"
    return SafeString(  # each text in it is escaped
        f'<svg class="timeline" viewBox="0 0 {size}" role="group" aria-label="{escape(name)}">'
        f"{definitions(picture.scale, picture.height)}{''.join(body)}</svg>"
    )


def _scale(picture: Picture | RosterPicture) -> Iterator[str]:
    """What is to come, lightly shaded; the columns with their labels; and the line of today."""
    scale, height, today = picture.scale, picture.height, picture.today_x
    if today is not None:
        ahead, deep = scale.right - today, height - TOP
        yield f'<rect class="ahead" x="{today}" y="{TOP}" width="{ahead}" height="{deep}"/>'
    below = 36 if scale.zoom is Zoom.YEAR else 45
    for tick in picture.ticks:
        if tick.is_ruled:
            kind = "rule rule-year" if tick.year else "rule"
            yield f'<path class="{kind}" d="M{tick.x} {TOP}V{height}"/>'
        if tick.year:
            yield f'<text class="year" x="{tick.x + 4}" y="33">{tick.year}</text>'
        if tick.label:
            yield f'<text class="tick" x="{tick.x + 4}" y="{below}">{tick.label}</text>'
    yield f'<path class="rule" d="M{scale.right} {TOP}V{height}M{scale.left} {TOP}H{scale.right}"/>'
    if today is not None:
        at = min(max(today, scale.left + _TODAY_WIDTH // 2), scale.right - _TODAY_WIDTH // 2)
        yield f'<path class="today" d="M{today} 16V{height}"/>'
        yield f'<text class="today-label" x="{at}" y="12" text-anchor="middle">Today</text>'


def _headings(picture: Picture) -> Iterator[str]:
    x = picture.scale.left
    for heading in picture.headings:
        note = f'<tspan class="note" dx="10">{heading.note}</tspan>' if heading.note else ""
        yield f'<text class="track" x="{x}" y="{heading.y + 17}">{heading.text}{note}</text>'


def _strip(strip: CoverageStrip) -> Iterator[str]:
    last = len(strip.pieces) - 1
    for at, shown in enumerate(strip.pieces):
        piece = shown.piece
        if shown.label:
            yield f'<text class="label" x="{piece.x}" y="{strip.y - 4}">{shown.label}</text>'
        start = strip.start if at == 0 else None
        end = strip.end if at == last else None
        mark = Mark("covered", (piece,), strip.y, strip.thickness, start, end)
        yield f"<g><title>{escape(covered_in_words(piece.stretch))}</title>{mark.svg()}</g>"


def _labelled(placed: PlacedBar, told: Told) -> str:
    bar = placed.bar
    left, width = min(bar.x, placed.label_x) - 2, max(bar.width, _LEAST_TARGET) + 4
    hit = (
        f'<rect class="hit" x="{left}" y="{placed.top}" width="{width}" '
        f'height="{placed.height + 2}" rx="3"/>'
    )
    at = f'x="{placed.label_x}" y="{placed.y - 4}"'
    label = f'<text class="label" {at}>{escape(placed.label)}</text>'
    return _link(bar.entry, told, hit + label + _drawn(bar, placed.y, placed.thickness))


def _row(row: Row, width: int, row_url: Callable[[int], str]) -> str:
    """The line below a row, and the name before it; told in full where it is cut."""
    cut = row.name != row.full_name
    title = f"<title>{escape(row.full_name)}</title>" if cut else ""
    more = f'<text class="note" x="4" y="{row.y + 29}">and {row.more} more</text>'
    return (
        f'<path class="row" d="M0 {row.y + row.height}H{width}"/>'
        f'<a class="name" href="{escape(row_url(row.key))}">{title}'
        f'<rect class="hit" y="{row.y}" width="{NAME_WIDTH}" height="{row.height}" rx="3"/>'
        f'<text x="4" y="{row.y + 16}">{escape(row.name)}</text>{more if row.more else ""}</a>'
    )


def _in_row(placed: RowBar, told: Told) -> str:
    bar = placed.bar
    hit = (
        f'<rect class="hit" x="{bar.x - 1}" y="{placed.y - 1}" width="{bar.width + 2}" '
        f'height="{placed.thickness + 2}"/>'
    )
    return _link(bar.entry, told, hit + _drawn(bar, placed.y, placed.thickness))


def _link(entry: Entry, told: Told, drawn: str) -> str:
    url, words = escape(told.url(entry)), escape(told.words(entry))
    return f'<a class="bar" href="{url}"><title>{words}</title>{drawn}</a>'


def _drawn(bar: Bar, y: int, thickness: int) -> str:
    """The bar; a diamond of evidence whose day is known."""
    entry = bar.entry
    if entry.kind is Kind.EVIDENCE and entry.period.sure_days:
        half, x = thickness // 2, bar.x + bar.width // 2
        corners = f"M{x} {y}l{half} {half}l-{half} {half}l-{half} -{half}z"
        return f'<path class="evidence" d="{corners}"/>'
    return Mark(entry.kind, bar.pieces, y, thickness, bar.start, bar.end).svg()

"""Pictures as SVG: presentation attributes and classes alone, every text escaped.

Written by hand rather than by a template, which for hundreds of bars would be what takes longest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import chain

from django.utils.safestring import SafeString

from roster.admin.timeline.marks import definitions, mark
from roster.dashboards.timeline import Entry, Kind, Picture, RosterPicture, Tick, Zoom
from roster.dashboards.timeline.bars import Bar
from roster.dashboards.timeline.picture import CoverageStrip, PlacedBar
from roster.dashboards.timeline.rows import Row, RowBar
from roster.dashboards.timeline.sentences import covered_in_words

Told = Callable[[Entry], str]
"""What is told of an entry: its address, or what it stands for in words."""
_TODAY_WIDTH = 34
"""Units that the word “Today” takes."""


def official_svg(picture: Picture, *, name: str, url: Told, words: Told) -> SafeString:
    """The picture of one official; each bar links to its record and is named by its words."""
    body = chain(
        _scale(picture, picture.ticks),
        _headings(picture),
        _strip(picture.strip) if picture.strip else (),
        (_labelled(bar, url, words) for bar in picture.bars),
    )
    return _svg(picture, name, body)


def roster_svg(
    picture: RosterPicture, *, name: str, row_url: Callable[[int], str], url: Told, words: Told
) -> SafeString:
    """The picture of many officials; each name links to the official's own timeline."""
    rows = chain.from_iterable(_row(row, picture.width, row_url, url, words) for row in picture.rows)
    return _svg(picture, name, chain(_scale(picture, picture.ticks), rows))


def _svg(picture: Picture | RosterPicture, name: str, body: Iterable[str]) -> SafeString:
    size = f"{picture.width} {picture.height}"
    return SafeString(  # each text in it is escaped
        f'<svg class="timeline" viewBox="0 0 {size}" role="group" aria-label="{escape(name)}">'
        f"{definitions(picture.scale, picture.height)}{''.join(body)}</svg>"
    )


def _scale(picture: Picture | RosterPicture, ticks: Iterable[Tick]) -> Iterator[str]:
    """What is to come, lightly shaded; the columns with their labels; and the line of today."""
    scale, height, today = picture.scale, picture.height, picture.today_x
    if today is not None:
        yield f'<rect class="ahead" x="{today}" y="22" width="{scale.right - today}" height="{height - 22}"/>'
    for tick in ticks:
        if tick.is_ruled:
            yield f'<path class="rule{" rule-year" if tick.year else ""}" d="M{tick.x} 22V{height}"/>'
        if tick.year:
            yield f'<text class="year" x="{tick.x + 4}" y="33">{tick.year}</text>'
        if tick.label:
            y = 36 if scale.zoom is Zoom.YEAR else 45
            yield f'<text class="tick" x="{tick.x + 4}" y="{y}">{tick.label}</text>'
    yield f'<path class="rule" d="M{scale.right} 22V{height}M{scale.left} 22H{scale.right}"/>'
    if today is not None:
        at = min(max(today, scale.left + _TODAY_WIDTH // 2), scale.right - _TODAY_WIDTH // 2)
        yield f'<path class="today" d="M{today} 16V{height}"/>'
        yield f'<text class="today-label" x="{at}" y="12" text-anchor="middle">Today</text>'


def _headings(picture: Picture) -> Iterator[str]:
    for heading in picture.headings:
        note = f'<tspan class="note" dx="10">{heading.note}</tspan>' if heading.note else ""
        yield f'<text class="track" x="{picture.scale.left}" y="{heading.y + 17}">{heading.text}{note}</text>'


def _strip(strip: CoverageStrip) -> Iterator[str]:
    yield '<g class="covered">'
    last = len(strip.pieces) - 1
    for at, told in enumerate(strip.pieces):
        if told.label:
            yield f'<text class="label" x="{told.piece.x}" y="{strip.y - 4}">{told.label}</text>'
        start = strip.start if at == 0 else None
        end = strip.end if at == last else None
        yield f"<g><title>{escape(covered_in_words(told.piece.stretch))}</title>"
        yield mark("covered", (told.piece,), strip.y, strip.thickness, start, end)
        yield "</g>"
    yield "</g>"


def _labelled(placed: PlacedBar, url: Told, words: Told) -> str:
    bar = placed.bar
    left = min(bar.x, placed.label_x)
    width = max(bar.width, 24)
    label = f'<text class="label" x="{placed.label_x}" y="{placed.y - 4}">{escape(placed.label)}</text>'
    hit = f'<rect class="hit" x="{left - 2}" y="{placed.top}" width="{width + 4}" height="{placed.height + 2}" rx="3"/>'
    return _link(bar, hit + label, placed.y, placed.thickness, url, words)


def _row(
    row: Row, width: int, row_url: Callable[[int], str], url: Told, words: Told
) -> Iterator[str]:
    yield f'<path class="row" d="M0 {row.y + row.height}H{width}"/>'
    cut = row.name != row.full_name
    title = f"<title>{escape(row.full_name)}</title>" if cut else ""
    more = f'<text class="note" x="4" y="{row.y + 29}">and {row.more} more</text>' if row.more else ""
    yield (
        f'<a class="name" href="{escape(row_url(row.key))}">{title}'
        f'<rect class="hit" x="0" y="{row.y}" width="190" height="{row.height}" rx="3"/>'
        f'<text x="4" y="{row.y + 16}">{escape(row.name)}</text>{more}</a>'
    )
    for placed in row.bars:
        yield _in_row(placed, url, words)


def _in_row(placed: RowBar, url: Told, words: Told) -> str:
    bar = placed.bar
    hit = f'<rect class="hit" x="{bar.x - 1}" y="{placed.y - 1}" width="{bar.width + 2}" height="{placed.thickness + 2}"/>'
    return _link(bar, hit, placed.y, placed.thickness, url, words)


def _link(bar: Bar, beside: str, y: int, thickness: int, url: Told, words: Told) -> str:
    entry = bar.entry
    is_point = entry.kind is Kind.EVIDENCE and entry.period.sure_days is not None
    drawn = (
        _diamond(bar, y, thickness)
        if is_point
        else mark(entry.kind, bar.pieces, y, thickness, bar.start, bar.end)
    )
    return (
        f'<a class="bar" href="{escape(url(entry))}"><title>{escape(words(entry))}</title>'
        f"{beside}{drawn}</a>"
    )


def _diamond(bar: Bar, y: int, thickness: int) -> str:
    half, x = thickness // 2, bar.x + bar.width // 2
    return f'<path class="evidence" d="M{x} {y}l{half} {half}l-{half} {half}l-{half} -{half}z"/>'

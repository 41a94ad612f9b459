"""How a bar looks: solid where sure, hatched where possible, faded or pointed where it goes on."""

from __future__ import annotations

from collections.abc import Iterable

from roster.dashboards.timeline import Scale
from roster.dashboards.timeline.bars import Edge, Piece
from roster.periods import Certainty

HATCHED = ("covered", "protection", "extension", "threat", "role", "evidence")
_FADE = 40
"""Units over which an end fades."""
_MASKS = {
    (True, False): "fade-start",
    (False, True): "fade-end",
    (True, True): "fade-both",
}


def definitions(scale: Scale, height: int) -> str:
    """The hatching of each kind, and the masks by which bars fade at the edges of the window."""
    slant = {"threat": -45, "role": 0}
    hatchings = (
        f'<pattern id="possibly-{kind}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({slant.get(kind, 45)})"><rect class="between" width="6" '
        f'height="6"/><rect class="{kind}" width="2" height="6"/></pattern>'
        for kind in HATCHED
    )
    left, right = scale.left, scale.right
    area = f'x="0" y="0" width="{right}" height="{height}"'
    stops = '<stop offset="0" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#fff"/>'
    gradients = (
        f'<linearGradient id="from-{name}" gradientUnits="userSpaceOnUse" x1="{begin}" '
        f'x2="{end}">{stops}</linearGradient>'
        for name, begin, end in (
            ("start", left, left + _FADE),
            ("end", right, right - _FADE),
        )
    )
    middle = (left + right) // 2

    def mask(name: str, starts: str, ends: str) -> str:
        return (
            f'<mask id="fade-{name}" maskUnits="userSpaceOnUse" {area}>'
            f'<rect x="{left}" y="0" width="{middle - left}" height="{height}" fill="{starts}"/>'
            f'<rect x="{middle}" y="0" width="{right - middle}" height="{height}" fill="{ends}"/>'
            "</mask>"
        )

    masks = (
        mask("start", "url(#from-start)", "#fff"),
        mask("end", "#fff", "url(#from-end)"),
        mask("both", "url(#from-start)", "url(#from-end)"),
    )
    return f"<defs>{''.join((*hatchings, *gradients, *masks))}</defs>"


def mark(
    kind: str,
    pieces: Iterable[Piece],
    y: int,
    thickness: int,
    start: Edge | None,
    end: Edge | None,
) -> str:
    """The pieces of a bar, with its ends; None of an end that is another piece's affair."""
    drawn = list(pieces)
    rects = "".join(_rect(kind, piece, y, thickness) for piece in drawn)
    arrows = ""
    if start is Edge.GOES_ON:
        arrows += _arrow(kind, drawn[0].x, y, thickness, -1)
    if end is Edge.GOES_ON:
        arrows += _arrow(kind, drawn[-1].x + drawn[-1].width, y, thickness, 1)
    faded = _MASKS.get((start is Edge.FADES, end is Edge.FADES))
    return (f'<g mask="url(#{faded})">{rects}</g>' if faded else rects) + arrows


def _rect(kind: str, piece: Piece, y: int, thickness: int) -> str:
    at = f'x="{piece.x}" y="{y}" width="{piece.width}" height="{thickness}"'
    match piece.stretch.covered:
        case Certainty.DEFINITELY:
            return f'<rect class="{kind}" {at}/>'
        case Certainty.POSSIBLY:
            return f'<rect class="{kind}-edge" {at} fill="url(#possibly-{kind})"/>'
        case Certainty.NO:
            return f'<path class="none" d="M{piece.x} {y + thickness // 2}h{piece.width}"/>'


def _arrow(kind: str, x: int, y: int, thickness: int, direction: int) -> str:
    """A point that stands out of the window: the bar goes on there."""
    half = thickness // 2
    return f'<path class="{kind}" d="M{x} {y}l{6 * direction} {half}l{-6 * direction} {thickness - half}z"/>'

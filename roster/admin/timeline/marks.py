"""How a bar looks: solid where sure, hatched where possible, faded or pointed where it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from roster.dashboards.timeline import Scale
from roster.dashboards.timeline.bars import Edge, Piece
from roster.periods import Certainty

HATCHED = ("covered", "protection", "extension", "threat", "role", "evidence")
_SLANT = {"threat": -45, "role": 0}
"""Degrees by which the hatching of a kind leans, where that is not 45."""
_FADE = 40
"""Units over which an end fades."""
_FADING = {(True, False): "start", (False, True): "end", (True, True): "both"}
"""The ends of a bar that fade, at its start and at its end, and what that is called."""
_ARROW = 6
"""Units by which a bar that goes on stands out of the window."""


def definitions(scale: Scale, height: int) -> str:
    """The hatching of each kind, and the masks by which bars fade at the edges of the window."""
    hatchings = (
        f'<pattern id="possibly-{kind}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({_SLANT.get(kind, 45)})"><rect class="between" width="6" '
        f'height="6"/><rect class="{kind}" width="2" height="6"/></pattern>'
        for kind in HATCHED
    )
    area = f'x="0" y="0" width="{scale.right + _ARROW}" height="{height}"'
    masks = (
        f'<linearGradient id="from-{name}" gradientUnits="userSpaceOnUse" x1="{scale.left}" '
        f'x2="{scale.right}">{_stops(scale, *ends)}</linearGradient>'
        f'<mask id="fade-{name}" maskUnits="userSpaceOnUse" {area}>'
        f'<rect {area} fill="url(#from-{name})"/></mask>'
        for ends, name in _FADING.items()
    )
    return f"<defs>{''.join((*hatchings, *masks))}</defs>"


def _stops(scale: Scale, fades_at_start: bool, fades_at_end: bool) -> str:
    """How much of a bar is seen from the left of the window to its right."""
    percent = round(100 * _FADE / scale.width)
    seen = (
        *(((0, 0), (percent, 1)) if fades_at_start else ((0, 1),)),
        *(((100 - percent, 1), (100, 0)) if fades_at_end else ((100, 1),)),
    )
    return "".join(
        f'<stop offset="{offset}%" stop-color="#fff" stop-opacity="{opacity}"/>'
        for offset, opacity in seen
    )


@dataclass(frozen=True)
class Mark:
    """Pieces that meet, with their ends; None of an end that is another piece's affair."""

    kind: str
    pieces: tuple[Piece, ...]
    y: int
    thickness: int
    start: Edge | None
    end: Edge | None

    def svg(self) -> str:
        pieces = "".join(map(self._piece, self.pieces))
        faded = _FADING.get((self.start is Edge.FADES, self.end is Edge.FADES))
        if faded:
            pieces = f'<g mask="url(#fade-{faded})">{pieces}</g>'
        if self.start is Edge.GOES_ON:
            pieces += self._arrow(self.pieces[0].x, -_ARROW)
        if self.end is Edge.GOES_ON:
            pieces += self._arrow(self.pieces[-1].right, _ARROW)
        return pieces

    def _piece(self, piece: Piece) -> str:
        at = f'x="{piece.x}" y="{self.y}" width="{piece.width}" height="{self.thickness}"'
        match piece.stretch.covered:
            case Certainty.DEFINITELY:
                return f'<rect class="{self.kind}" {at}/>'
            case Certainty.POSSIBLY:
                return f'<rect class="{self.kind}-edge" {at} fill="url(#possibly-{self.kind})"/>'
            case Certainty.NO:
                middle = self.y + self.thickness // 2
                return f'<path class="none" d="M{piece.x} {middle}h{piece.width}"/>'

    def _arrow(self, x: int, width: int) -> str:
        """A point that stands out of the window: the bar goes on there."""
        above = self.thickness // 2
        below = self.thickness - above
        return f'<path class="{self.kind}" d="M{x} {self.y}l{width} {above}l{-width} {below}z"/>'

"""Paragraphs as they are read: their words in segments, and what rests on which of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from roster.models import Citation, Paragraph
from roster.provenance.passages import Placement
from roster.provenance.placing import placement_of
from roster.provenance.states import EvidenceState, states_of, with_states


@dataclass(frozen=True)
class Resting:
    """A citation of a paragraph, with its record; `number` counts those of the paragraph from 1.

    `placement` is None of a quote that stands nowhere, of one whose paragraph has no text here,
    and of a citation without a quote, which rests on the whole paragraph.
    """

    number: int
    citation: Citation
    states: tuple[EvidenceState, ...]
    placement: Placement | None

    @property
    def is_of_whole_paragraph(self) -> bool:
        return not self.citation.quote


@dataclass(frozen=True)
class Segment:
    """Words on all of which the same citations rest; `ending` are those that end with them."""

    text: str
    resting: tuple[Resting, ...] = ()
    ending: tuple[Resting, ...] = ()


@dataclass(frozen=True)
class ReadParagraph:
    """A paragraph, its text as segments, in which no character is lost, and all that rests on it.

    What rests on words comes in the order of the words, then what rests on the whole paragraph,
    then what is placed nowhere.
    """

    paragraph: Paragraph
    segments: tuple[Segment, ...]
    resting: tuple[Resting, ...]

    @property
    def is_unverified(self) -> bool:
        """Whether its text is not here."""
        return not self.paragraph.text


def read_paragraphs(
    paragraphs: Sequence[Paragraph], *, with_citations: bool = True
) -> tuple[ReadParagraph, ...]:
    """The paragraphs in their order; one query, for all that rests on them."""
    citations: dict[int, list[Citation]] = defaultdict(list)
    if with_citations:
        found = Citation.objects.filter(paragraph__in=[paragraph.pk for paragraph in paragraphs])
        for citation in with_states(found.with_records()).order_by("id"):
            citations[citation.paragraph_id].append(citation)
    return tuple(_read(paragraph, citations[paragraph.pk]) for paragraph in paragraphs)


def segments_of(text: str, resting: Iterable[Resting]) -> tuple[Segment, ...]:
    """The text cut wherever a citation's words begin or end."""
    placed = [(one.placement, one) for one in resting if one.placement]
    starting: dict[int, list[Resting]] = defaultdict(list)
    ending: dict[int, list[Resting]] = defaultdict(list)
    for placement, one in placed:
        starting[placement.start].append(one)
        ending[placement.end].append(one)
    return tuple(_segments(text, starting, ending))


def _segments(
    text: str, starting: dict[int, list[Resting]], ending: dict[int, list[Resting]]
) -> Iterator[Segment]:
    cuts = sorted({0, len(text), *starting, *ending})
    open_now: dict[int, Resting] = {}
    for start, end in pairwise(cuts):
        for one in starting.get(start, ()):
            open_now[one.number] = one
        closing = tuple(ending.get(end, ()))
        yield Segment(text[start:end], tuple(open_now.values()), closing)
        for one in closing:
            open_now.pop(one.number, None)


def _read(paragraph: Paragraph, citations: list[Citation]) -> ReadParagraph:
    places: list[tuple[Citation, Placement | None]] = []
    for citation in citations:
        citation.paragraph = paragraph
        places.append((citation, placement_of(citation)))
    places.sort(key=_reading_order)
    resting = tuple(
        Resting(number, citation, states_of(citation), placement)
        for number, (citation, placement) in enumerate(places, 1)
    )
    return ReadParagraph(paragraph, segments_of(paragraph.text, resting), resting)


def _reading_order(placed: tuple[Citation, Placement | None]) -> tuple[int, int, int, int]:
    citation, placement = placed
    if placement:
        return (0, placement.start, placement.end, citation.pk)
    return (2 if citation.quote else 1, 0, 0, citation.pk)

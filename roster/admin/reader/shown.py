"""How the reader shows a source: its head, its paragraphs in segments, and what rests on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.text import capfirst

from roster.admin.display import (
    EMPTY,
    Cell,
    column_heading,
    in_words,
    reader_url,
    row_text,
    row_url,
)
from roster.admin.visible import visible
from roster.fields import PartialDateField
from roster.models import Citation, Source
from roster.models.citations import CITABLE
from roster.models.records import Record
from roster.provenance.reading import ReadParagraph, Resting, Segment
from roster.provenance.states import EvidenceState

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roster.admin.site import RosterSite

SHOWN_STATES = (EvidenceState.STALE, EvidenceState.UNANCHORED, EvidenceState.DISPUTED)
"""States that are said of each citation; a text that is not here is said of its paragraph."""
_WEB = ("https://", "http://")


@dataclass(frozen=True)
class Entry:
    """A citation beside its paragraph; `is_placed` where it has words to be highlighted.

    Number and key are text, which a template need not format: there are very many of them.
    `quote` is empty where the highlighted words are the quote; `value_now` unless it is stale.
    """

    number: str
    key: str
    stance: str
    disputes: bool
    record: Cell
    heading: str
    url: str
    value: str
    value_now: str
    states: tuple[EvidenceState, ...]
    is_placed: bool
    is_of_whole_paragraph: bool
    score: int
    quote: SafeString
    credibility: str
    note: SafeString

    @property
    def name(self) -> str:
        """The entry in a few words, for who does not see where it stands."""
        return f"{self.number}: {self.stance.lower()} {self.heading.lower()} of {self.record.text}"


@dataclass(frozen=True)
class ShownSegment:
    """Words and how they look: `look` are the style sheet's names for what rests on them."""

    words: SafeString
    look: str
    keys: str
    ending: tuple[Entry, ...]


@dataclass(frozen=True)
class ShownParagraph:
    """A paragraph of the page; `next_unused` leads on from one on which nothing rests."""

    number: str
    segments: tuple[ShownSegment, ...]
    summary: SafeString
    entries: tuple[Entry, ...]
    is_unverified: bool
    next_unused: Cell | None


@dataclass(frozen=True)
class Original:
    """Where the document itself stands: its address and its host."""

    url: str
    host: str


@dataclass(frozen=True)
class SourceHead:
    """What is said of a source above its text; links to other versions lead to their text."""

    title: SafeString
    lines: tuple[tuple[str, str], ...]
    original: Original | None
    supersedes: Cell | None
    superseded_by: tuple[Cell, ...] = field(default=())


def head_of(source: Source) -> SourceHead:
    """The head of a source; one query for the versions that supersede it."""
    said = {
        "Publisher": source.publisher,
        "Published": in_words(source.published) if source.published else "",
        "Language": source.language,
        "Reliability": source.get_reliability_display() if source.reliability else "",
    }
    earlier = source.supersedes
    return SourceHead(
        title=visible(source.title),
        lines=tuple((heading, text) for heading, text in said.items() if text),
        original=_original(source.url),
        supersedes=_version(earlier) if earlier else None,
        superseded_by=tuple(map(_version, source.superseded_by.order_by("ref"))),
    )


def shown_paragraphs(
    read: Iterable[ReadParagraph],
    unused_after: Mapping[int, Cell],
    request: HttpRequest,
    site: RosterSite,
) -> list[ShownParagraph]:
    """The paragraphs as the page shows them; records link to their pages for who may view those.

    `unused_after` has, by number, where the next paragraph is on which nothing rests.
    """
    linked = {
        kind
        for kind, model in CITABLE.items()
        if site.get_model_admin(model).has_view_permission(request)
    }
    records = _Records(linked)
    return [_shown(one, unused_after, records) for one in read]


def _shown(
    read: ReadParagraph, unused_after: Mapping[int, Cell], records: _Records
) -> ShownParagraph:
    entries = {one.number: _entry(one, records) for one in read.resting}
    paragraph = read.paragraph
    return ShownParagraph(
        number=str(paragraph.number),
        segments=tuple(_segment(segment, entries) for segment in read.segments),
        summary=visible(paragraph.summary),
        entries=tuple(entries.values()),
        is_unverified=read.is_unverified,
        next_unused=unused_after.get(paragraph.number),
    )


def _segment(segment: Segment, entries: Mapping[int, Entry]) -> ShownSegment:
    resting = [entries[one.number] for one in segment.resting]
    look = {
        "disputes": any(entry.disputes for entry in resting),
        "supports": any(not entry.disputes for entry in resting),
        "stale": any(EvidenceState.STALE in entry.states for entry in resting),
        "many": len(resting) > 1,
    }
    return ShownSegment(
        words=visible(segment.text),
        look=" ".join(name for name, holds in look.items() if holds),
        keys=" ".join(entry.key for entry in resting),
        ending=tuple(entries[one.number] for one in segment.ending),
    )


def _entry(resting: Resting, records: _Records) -> Entry:
    citation: Any = resting.citation
    placement = resting.placement
    is_stale = EvidenceState.STALE in resting.states
    is_exact = bool(placement and placement.is_exact)
    return Entry(
        number=str(resting.number),
        key=str(citation.pk),
        stance=citation.get_stance_display(),
        disputes=citation.disputes,
        record=records.cell(citation),
        heading=column_heading(citation.field),
        url=row_url(citation),
        value=cell_in_words(citation.kind, citation.field, citation.value),
        value_now=cell_in_words(citation.kind, citation.field, citation.value_now)
        if is_stale
        else "",
        states=tuple(state for state in resting.states if state in SHOWN_STATES),
        is_placed=placement is not None,
        is_of_whole_paragraph=resting.is_of_whole_paragraph,
        score=placement.score if placement else 0,
        quote=visible("") if is_exact else visible(citation.quote),
        credibility=citation.get_credibility_display() if citation.credibility else "",
        note=visible(citation.note),
    )


class _Records:
    """Records by name, each made once a page: many citations are of the same."""

    def __init__(self, linked: set[str]) -> None:
        self._linked = linked
        self._cells: dict[Record, Cell] = {}

    def cell(self, citation: Citation) -> Cell:
        record = citation.record
        if record is None:
            return Cell(EMPTY)
        if record not in self._cells:
            kind = capfirst(str(record._meta.verbose_name))
            url = row_url(record) if citation.kind in self._linked else ""
            self._cells[record] = Cell(f"{kind}: {row_text(record)}", url)
        return self._cells[record]


def cell_in_words(kind: str, column: str, cell: str) -> str:
    """A CSV cell that a field of this kind of record has or had, as the screen says values."""
    if isinstance(CITABLE[kind]._meta.get_field(column), PartialDateField):
        try:
            return in_words(cell)
        except ValueError:
            return cell
    return _choices(kind, column).get(cell, cell) or EMPTY


@cache
def _choices(kind: str, column: str) -> dict[str, str]:
    """The names of a column's choices."""
    chosen_from: Any = CITABLE[kind]._meta.get_field(column)
    return {str(code): str(name) for code, name in getattr(chosen_from, "flatchoices", ())}


def _original(url: str) -> Original | None:
    """The address of a document, if it is one of the web."""
    scheme = next((scheme for scheme in _WEB if url.startswith(scheme)), "")
    return Original(url, url.removeprefix(scheme).partition("/")[0]) if scheme else None


def _version(source: Source) -> Cell:
    return Cell(row_text(source), reader_url(source))

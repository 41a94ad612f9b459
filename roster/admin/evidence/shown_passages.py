"""One citation as pages show it: the words among their sentences, the source, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from roster.admin.display import Cell, cell_text, in_words, row_text, row_url
from roster.models import Citation
from roster.models.citations import CITABLE
from roster.provenance.independence import related_sources
from roster.provenance.passages import Context, Placement, searchable
from roster.provenance.placing import placement_of
from roster.provenance.states import EvidenceState, states_of, with_states

if TYPE_CHECKING:
    from django.db import models

    from roster.models import Paragraph
    from roster.provenance.independence import SourceFamilies

MOST_AROUND = 400
"""Characters that are shown of the sentences on each side of a quote."""


@dataclass(frozen=True)
class Passage:
    """A citation with its words, and what its source and its paragraph are.

    `words` are those of the paragraph where the quote is placed there, else the quote alone.
    `likeness`, of 100, is set where they are not the quote's letter by letter; `value` where it
    was cited for another than today's; `newer` where the source has a newer version.
    """

    citation: Cell
    disputes: bool
    words: Context
    quote: str
    likeness: int | None
    summary: str
    paragraph: Cell
    source: Cell
    newer: Cell | None
    published: str
    reliability: str
    credibility: str
    value: str
    note: str
    states: tuple[EvidenceState, ...]


def shown_passage(
    citation: Citation,
    states: tuple[EvidenceState, ...],
    sources: SourceFamilies,
    seen: frozenset[str],
) -> Passage:
    """The citation, fetched with its paragraph, as far as it may be viewed.

    `sources` has the paragraph's; `seen` are the tables of which the user may view the rows.
    """
    paragraph = citation.paragraph
    source = sources[paragraph.source_id]
    newest = sources.newest_version(source.pk)
    placement = placement_of(citation) if _is_seen(paragraph, seen) else None
    return Passage(
        citation=Cell(citation.get_stance_display(), row_url(citation)),
        disputes=citation.disputes,
        words=_among_sentences(paragraph, placement) if placement else _alone(citation.quote),
        quote=citation.quote,
        likeness=placement.score if placement and not placement.is_exact else None,
        summary=paragraph.summary if _is_seen(paragraph, seen) and not paragraph.text else "",
        paragraph=_linked(paragraph, seen),
        source=_linked(source, seen),
        newer=Cell(row_text(newest), _linked(newest, seen).url) if newest else None,
        published=in_words(source.published) if source.published else "",
        reliability=source.get_reliability_display() or "not rated",
        credibility=citation.get_credibility_display() or "not rated",
        value=_value_cited(citation) if EvidenceState.STALE in states else "",
        note=citation.note,
        states=states,
    )


def passage_of(citation: Citation, seen: frozenset[str]) -> Passage:
    """One citation alone, as the database has it."""
    found = with_states(Citation.objects.filter(pk=citation.pk)).select_related("paragraph").get()
    sources = related_sources([found.paragraph.source_id])
    return shown_passage(found, states_of(found), sources, seen)


def _among_sentences(paragraph: Paragraph, placement: Placement) -> Context:
    """The words with the sentences around them, each side cut to what a page bears."""
    found = searchable(paragraph.text).context(placement)
    before, after = found.before, found.after
    if len(before) > MOST_AROUND:
        before = f"…{before[-MOST_AROUND:]}"
    if len(after) > MOST_AROUND:
        after = f"{after[:MOST_AROUND]}…"
    return Context(before, found.words, after)


def _alone(quote: str) -> Context:
    return Context("", quote, "")


def _value_cited(citation: Citation) -> str:
    return cell_text(CITABLE[citation.kind or ""], citation.field, citation.value)


def _linked(row: models.Model, seen: frozenset[str]) -> Cell:
    return Cell(str(row), row_url(row) if _is_seen(row, seen) else "")


def _is_seen(row: Any, seen: frozenset[str]) -> bool:
    return row._meta.db_table in seen

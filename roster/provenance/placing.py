"""Placing quotes: what a citation keeps of where its quote stands, and what is said when nowhere.

A quote that stands in the text letter by letter keeps nothing. One that does not keeps the words
it was placed on, together with the quote that they were found for: when either is no longer as it
was, the citation is unanchored until its quote is placed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from roster.models import Citation, Paragraph
from roster.provenance.passages import Placement, searchable
from roster.text.characters import quoted

ANCHOR = ("anchor_quote", "anchor_words")
"""The columns that `place` sets."""
BATCH = 500


class QuoteOutcome(StrEnum):
    """How a quote would stand in a text."""

    UNANCHORED = "unanchored"
    APPROXIMATE = "approximate"
    EXACT = "exact"
    NONE = "no quote"


@dataclass(frozen=True)
class QuotePlace:
    """Where the quote of a citation would stand in a text; of an approximate one, on which words.

    `score` says how alike quote and words are, of 100.
    """

    citation: Citation
    outcome: QuoteOutcome
    score: int = 0
    words: str = ""

    @property
    def record_label(self) -> str:
        """The record that the citation is about, which was fetched with it."""
        record = self.citation.record
        return record.label if record else ""


def place_of_quote(citation: Citation, text: str) -> QuotePlace:
    """Where the citation's quote would stand if this were the text of its paragraph."""
    if not citation.quote or not text:
        return QuotePlace(citation, QuoteOutcome.NONE)
    within = searchable(text)
    found = within.place(citation.quote)
    if found is None:
        return QuotePlace(citation, QuoteOutcome.UNANCHORED)
    outcome = QuoteOutcome.EXACT if found.is_exact else QuoteOutcome.APPROXIMATE
    return QuotePlace(citation, outcome, found.score, within.words(found))


def placement_of(citation: Citation) -> Placement | None:
    """Where the citation's quote stands, with its score; None when unanchored or without text."""
    text = searchable(citation.paragraph.text)
    if not citation.quote or not citation.paragraph.text:
        return None
    if exact := text.text.find(citation.quote) + 1:
        return Placement(exact - 1, exact - 1 + len(citation.quote), 100)
    if citation.anchor_quote != citation.quote:
        return None
    start = text.text.find(citation.anchor_words)
    if start < 0:
        return None
    return Placement(start, start + len(citation.anchor_words), likeness(citation))


def likeness(citation: Citation) -> int:
    """How alike, of 100, a quote and the words are that it was placed on."""
    found = searchable(citation.anchor_words).place(citation.quote)
    return found.score if found else 0


def place(citation: Citation) -> bool:
    """Set the citation's anchor for its paragraph's text, unsaved; whether that changed it.

    Without a text the anchor stays: the words may be needed when the text comes back.
    """
    paragraph = citation.paragraph
    if not paragraph.text:
        return False
    text = searchable(paragraph.text)
    found = text.place(citation.quote)
    wanted = ("", "")
    if found and not found.is_exact:
        wanted = (citation.quote, text.words(found))
    if wanted == (citation.anchor_quote, citation.anchor_words):
        return False
    citation.anchor_quote, citation.anchor_words = wanted
    return True


def place_quotes(paragraphs: Iterable[Paragraph]) -> int:
    """Place every quote of these paragraphs again and save what changed; how many did.

    Inside the caller's changeset.
    """
    return place_all(_citations(paragraphs))


def place_all(citations: Iterable[Citation]) -> int:
    """Place the quotes of these citations, fetched with paragraphs, and save what changed.

    How many changed. Inside the caller's changeset.
    """
    changed = [citation for citation in citations if place(citation)]
    Citation.objects.bulk_update(changed, ANCHOR, batch_size=BATCH)
    return len(changed)


def quote_refusal(quote: str, paragraph: Paragraph) -> str | None:
    """Why a quote cannot be cited, where the text is here and has no such words; else None.

    Other quotation marks, dashes and white space are no reason; other words are, and the nearest
    are offered.
    """
    if not quote or not paragraph.text:
        return None
    text = searchable(paragraph.text)
    if text.has(quote):
        return None
    sentence = f"{quoted(quote)} does not stand in {paragraph.label}"
    nearest = text.nearest(quote)
    if nearest is None:
        return f"{sentence}: give words as they stand there."
    words = quoted(text.words(nearest), length=200)
    return f"{sentence}. The nearest words there are {words} ({nearest.score} % alike)."


def _citations(paragraphs: Iterable[Paragraph]) -> Iterator[Citation]:
    """The citations of those of the paragraphs that have a text, each with its paragraph."""
    by_key = {paragraph.pk: paragraph for paragraph in paragraphs if paragraph.text}
    keys = list(by_key)
    for start in range(0, len(keys), BATCH):
        among = Citation.objects.filter(paragraph__in=keys[start : start + BATCH])
        for citation in among.order_by("id").iterator():
            citation.paragraph = by_key[citation.paragraph_id]
            yield citation

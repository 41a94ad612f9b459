"""A text beside its source as the screen shows it: sentences, both wordings, what rests on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import groupby, islice

from roster.admin.display import Cell, column_heading, row_url
from roster.models import Citation
from roster.provenance.attaching import ComparedParagraph, Comparison
from roster.provenance.placing import QuoteOutcome, QuotePlace
from roster.provenance.wording import Stretch, side_by_side

MOST_SHOWN = 200
"""Paragraphs, or quotes, of one kind that a preview shows."""
LONGEST_COMPARED = 20_000
"""Characters of a paragraph whose words are compared one by one."""
LONGEST_SHOWN = 800
"""Characters of a stretch of words that are shown; of a longer one its two ends."""


@dataclass(frozen=True)
class RestingFacts:
    """A record and those of its fields that rest on a paragraph, as text."""

    record: Cell
    fields: str


@dataclass(frozen=True)
class ShownQuote:
    """A citation whose quote does not stand in its paragraph letter by letter."""

    paragraph: str
    record: Cell
    citation: Cell
    quote: str
    words: str
    score: int

    @property
    def is_unanchored(self) -> bool:
        return not self.words


@dataclass(frozen=True)
class ShownParagraph:
    """A paragraph to decide on: how it stands, and its two wordings side by side."""

    number: int
    sentence: str
    summary: str
    old: list[Stretch]
    new: list[Stretch]
    facts: list[RestingFacts]
    can_be_taken: bool
    is_taken: bool


@dataclass(frozen=True)
class ShownLine:
    """A paragraph that is stored unasked, by its first words."""

    sentence: str
    words: str


@dataclass(frozen=True)
class ShownComparison:
    """A comparison as its preview shows it, no more than a page bears."""

    counts: list[tuple[str, int, str]]
    """How paragraphs stand, how many do, and what that means."""
    quote_counts: list[tuple[str, int]]
    quotes: list[ShownQuote]
    to_decide: list[ShownParagraph]
    undecided: int
    """Paragraphs to decide on that are not shown, and so are left."""
    unasked: list[ShownLine]
    more_unasked: int


def shown_comparison(
    comparison: Comparison, *, accepted: Collection[int], with_citations: bool
) -> ShownComparison:
    """The comparison for a page; what is cited is left out for who may not view citations."""
    to_decide, unasked = comparison.to_decide, comparison.taken_unasked
    quotes = [
        (one, quote)
        for one in comparison.paragraphs
        if one.text and with_citations
        for quote in one.quotes
    ]
    inexact = (
        shown_quote(f"¶{one.number}", quote)
        for one, quote in quotes
        if quote.outcome in (QuoteOutcome.UNANCHORED, QuoteOutcome.APPROXIMATE)
    )
    return ShownComparison(
        counts=[(str(s), n, s.meaning) for s, n in comparison.counts.items()],
        quote_counts=[
            (str(outcome), sum(quote.outcome is outcome for _one, quote in quotes))
            for outcome in QuoteOutcome
        ]
        if with_citations
        else [],
        quotes=list(islice(inexact, MOST_SHOWN)),
        to_decide=[
            _shown(one, is_taken=one.number in accepted, with_citations=with_citations)
            for one in to_decide[:MOST_SHOWN]
        ],
        undecided=len(to_decide[MOST_SHOWN:]),
        unasked=[ShownLine(one.sentence, _cut(one.text, 160)) for one in unasked[:MOST_SHOWN]],
        more_unasked=len(unasked[MOST_SHOWN:]),
    )


def shown_quote(paragraph: str, quote: QuotePlace) -> ShownQuote:
    """A quote with the words that it would be placed on, if any."""
    citation = quote.citation
    return ShownQuote(
        paragraph,
        _record_cell(citation),
        Cell(column_heading(citation.field), row_url(citation)),
        citation.quote,
        quote.words,
        quote.score,
    )


def resting_facts(citations: Iterable[Citation]) -> list[RestingFacts]:
    """The records that the citations are of, each with its fields."""
    found = {(_record_cell(one), column_heading(one.field)) for one in citations}
    in_order = sorted(found, key=lambda fact: (fact[0].text, fact[1]))
    return [
        RestingFacts(record, ", ".join(column for _record, column in facts))
        for record, facts in groupby(in_order, lambda fact: fact[0])
    ]


def shown_wordings(old: str, new: str) -> tuple[list[Stretch], list[Stretch]]:
    """Both wordings with what differs marked, no longer than a page bears."""
    if max(len(old), len(new)) > LONGEST_COMPARED:
        ours, theirs = [Stretch(old)] if old else [], [Stretch(new)] if new else []
    else:
        ours, theirs = side_by_side(old, new)
    return _shortened(ours), _shortened(theirs)


def _shown(one: ComparedParagraph, *, is_taken: bool, with_citations: bool) -> ShownParagraph:
    old, new = shown_wordings(one.paragraph.text if one.paragraph else "", one.text)
    citations = [quote.citation for quote in one.quotes] if with_citations else []
    return ShownParagraph(
        number=one.number,
        sentence=one.sentence,
        summary=one.paragraph.summary if one.paragraph else "",
        old=old,
        new=new,
        facts=resting_facts(citations),
        can_be_taken=bool(one.text) and one.can_be_taken,
        is_taken=is_taken,
    )


def _record_cell(citation: Citation) -> Cell:
    record = citation.record
    return Cell(record.label, row_url(record)) if record else Cell("")


def _shortened(stretches: list[Stretch]) -> list[Stretch]:
    half = LONGEST_SHOWN // 2
    return [
        stretch
        if len(stretch.text) <= LONGEST_SHOWN
        else replace(stretch, text=f"{stretch.text[:half]} […] {stretch.text[-half:]}")
        for stretch in stretches
    ]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"

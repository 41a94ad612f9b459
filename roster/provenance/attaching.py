"""A text beside the paragraphs of the source that it is said to be of; nothing is written here.

Paragraphs are recognised by their fingerprints, at their own number first, then wherever the text
has them. What is left over is compared with what stands between its neighbours.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from roster.models import Citation, Paragraph, Source
from roster.provenance.documents import Document
from roster.provenance.fingerprints import fingerprint
from roster.provenance.placing import QuotePlace, place_of_quote


class Standing(StrEnum):
    """How a paragraph of the source and one of the text stand to each other."""

    DIFFERS = "differs"
    MISSING = "missing"
    SURPLUS = "surplus"
    UNFINGERPRINTED = "unfingerprinted"
    MATCHES = "matches"
    ATTACHED = "attached"

    @property
    def meaning(self) -> str:
        """What it says of a paragraph, as one sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Standing.DIFFERS: "The text has other words than the source had.",
    Standing.MISSING: "The source has it, and the text has not.",
    Standing.SURPLUS: "The text has it, and the source has not.",
    Standing.UNFINGERPRINTED: "The source has neither text nor fingerprint to compare with.",
    Standing.MATCHES: "The text is the one that the fingerprint was taken of.",
    Standing.ATTACHED: "The same text is here already.",
}
MISMATCHES = (Standing.DIFFERS, Standing.MISSING, Standing.SURPLUS)


@dataclass(frozen=True)
class ComparedParagraph:
    """A paragraph of the source, of the text, or of both.

    `number` is the source's, or the one that a surplus paragraph would get; `position` is the
    number that it has in the text, None for a missing one.
    """

    number: int
    standing: Standing
    text: str = ""
    position: int | None = None
    paragraph: Paragraph | None = None
    quotes: tuple[QuotePlace, ...] = ()
    can_be_taken: bool = True

    @property
    def sentence(self) -> str:
        """What is to be said of it: which paragraph, and how it stands."""
        stands = f"stands as number {self.position} in this text"
        match self.standing:
            case Standing.DIFFERS if self.is_elsewhere:
                return f"Paragraph {self.number} differs: what {stands} is not what it was."
            case Standing.DIFFERS:
                return f"Paragraph {self.number} differs: its words are not what they were."
            case Standing.MISSING:
                return f"Paragraph {self.number} is not in this text."
            case Standing.SURPLUS if not self.can_be_taken:
                return (
                    f"Number {self.number} of this text is no paragraph of the source, and the "
                    "number is another’s: it can only be left."
                )
            case Standing.SURPLUS:
                return f"Number {self.number} of this text is no paragraph of the source."
            case Standing.UNFINGERPRINTED:
                return f"Paragraph {self.number} has no fingerprint to compare with."
            case _ if self.is_elsewhere:
                return f"Paragraph {self.number} {stands}."
            case Standing.ATTACHED:
                return f"Paragraph {self.number} has this text already."
            case _:
                return f"Paragraph {self.number} matches."

    @property
    def is_elsewhere(self) -> bool:
        """Whether the text has it at another number."""
        return self.position not in (None, self.number)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The record and field of each citation that rests on it, each once, by record."""
        return sorted({(quote.record_label, quote.citation.field) for quote in self.quotes})


@dataclass(frozen=True)
class Comparison:
    """A source's paragraphs and a text's, by number; a surplus one after one of the same number."""

    source: Source
    document: Document
    paragraphs: tuple[ComparedParagraph, ...]

    def of(self, *standings: Standing) -> list[ComparedParagraph]:
        """The paragraphs that stand so."""
        return [one for one in self.paragraphs if one.standing in standings]

    @cached_property
    def counts(self) -> dict[Standing, int]:
        return {standing: len(self.of(standing)) for standing in Standing}

    @property
    def is_new_text(self) -> bool:
        """Whether the source has no paragraph yet, so that all of the text is taken."""
        return self.counts[Standing.SURPLUS] == len(self.paragraphs)

    @property
    def mismatches(self) -> list[ComparedParagraph]:
        """The paragraphs that somebody has to decide on."""
        return [] if self.is_new_text else self.of(*MISMATCHES)

    @property
    def taken_unasked(self) -> list[ComparedParagraph]:
        """The paragraphs that are stored without anybody's decision.

        One without fingerprint is among them as long as every other stands where it should.
        """
        standings = [Standing.MATCHES]
        if self.is_new_text:
            standings.append(Standing.SURPLUS)
        if not self.mismatches:
            standings.append(Standing.UNFINGERPRINTED)
        return self.of(*standings)

    @property
    def to_decide(self) -> list[ComparedParagraph]:
        """The paragraphs that are left unless somebody takes them, where that is possible."""
        return [*self.mismatches, *(self.of(Standing.UNFINGERPRINTED) if self.mismatches else ())]

    @property
    def other_date(self) -> bool:
        """Whether the text gives another publication date than the source has."""
        given, known = self.document.published, self.source.published
        return bool(given and known and given != known)

    def digest(self) -> str:
        """A text that is the same as long as source and text would compare the same."""
        said = [[self.source.pk, str(self.source.published), self.document.published]]
        for one in self.paragraphs:
            row = one.paragraph
            stored = [row.pk, row.fingerprint, fingerprint(row.text)] if row else []
            quotes = [[quote.citation.pk, quote.citation.quote] for quote in one.quotes]
            said.append([one.number, one.standing, one.position, one.text, stored, quotes])
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def compare(source: Source, document: Document, *, lock: bool = False) -> Comparison:
    """The source as it is now beside the text, in two queries.

    With `lock`, inside a transaction, its paragraphs are the caller's to change.
    """
    rows = source.paragraphs.order_by("number")
    compared = _compared(list(rows.select_for_update() if lock else rows), document.paragraphs)
    cited = defaultdict(list)
    of_source = Citation.objects.with_records().filter(paragraph__source=source)
    for citation in of_source.order_by("field", "id"):
        cited[citation.paragraph_id].append(citation)
    return Comparison(source, document, tuple(_with_quotes(one, cited) for one in compared))


def _with_quotes(one: ComparedParagraph, cited: dict[int, list[Citation]]) -> ComparedParagraph:
    if one.paragraph is None:
        return one
    quotes = (place_of_quote(citation, one.text) for citation in cited[one.paragraph.pk])
    return replace(one, quotes=tuple(quotes))


def _compared(rows: list[Paragraph], texts: tuple[str, ...]) -> list[ComparedParagraph]:
    digests = [fingerprint(text) for text in texts]
    known = {row.number: row.fingerprint or (row.text and fingerprint(row.text)) for row in rows}
    positions = _positions(known, digests)
    found = []
    for row in rows:
        position = positions.get(row.number)
        if position is None:
            found.append(ComparedParagraph(row.number, Standing.MISSING, paragraph=row))
            continue
        text, digest = texts[position - 1], digests[position - 1]
        standing = _standing(row, known[row.number], digest)
        found.append(ComparedParagraph(row.number, standing, text, position, row))
    for position in sorted(set(range(1, len(texts) + 1)) - set(positions.values())):
        is_free = position not in known
        found.append(
            ComparedParagraph(
                position, Standing.SURPLUS, texts[position - 1], position, can_be_taken=is_free
            )
        )
    return sorted(found, key=lambda one: (one.number, one.paragraph is None))


def _standing(row: Paragraph, known: str, digest: str) -> Standing:
    if not known:
        return Standing.UNFINGERPRINTED
    if known != digest:
        return Standing.DIFFERS
    return Standing.ATTACHED if row.text and fingerprint(row.text) == digest else Standing.MATCHES


def _positions(known: dict[int, str], digests: list[str]) -> dict[int, int]:
    """By number of a paragraph: the number that it, or what stands in its place, has in the text.

    `known` are the fingerprints by number, in ascending order.
    """
    found = {
        number: number
        for number, digest in known.items()
        if digest and digests[number - 1 : number] == [digest]
    }
    free: dict[str, deque[int]] = defaultdict(deque)
    for position, digest in enumerate(digests, 1):
        if position not in found:
            free[digest].append(position)
    for number, digest in known.items():
        if number not in found and free.get(digest):
            found[number] = free[digest].popleft()
    return found | dict(_between_neighbours(list(known), found, len(digests)))


def _between_neighbours(
    numbers: list[int], found: dict[int, int], length: int
) -> Iterator[tuple[int, int]]:
    """For each paragraph not found: what stands as far from a neighbour as it did, if anything."""
    taken = set(found.values())
    after: dict[int, int] = {}
    shift = None
    for number in reversed(numbers):
        shift = found[number] - number if number in found else shift
        after[number] = shift or 0
    shift = None
    for number in numbers:
        if number in found:
            shift = found[number] - number
            continue
        shifts = (after[number] if shift is None else shift, after[number])
        candidates = (number + places for places in shifts)
        position = next((p for p in candidates if 1 <= p <= length and p not in taken), None)
        if position is not None:
            taken.add(position)
            yield number, position

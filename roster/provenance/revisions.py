"""A new version of a source beside the old: what became of paragraphs, and of what is cited.

Nothing is written here. A citation follows its paragraph where that is the same, and its words
where they are still said; the others are lost to the new version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from roster.models import Citation, Paragraph, Source
from roster.provenance.aligning import Fate, Pair, Wording, align
from roster.provenance.documents import Document
from roster.provenance.fingerprints import fingerprint
from roster.provenance.passages import Placement, searchable
from roster.provenance.states import with_states

LONGEST_SEARCHED = 2_000_000
"""Characters of a version in all of which a changed quote is looked for."""


class Outcome(StrEnum):
    """What becomes of a citation when its source gets a new version."""

    LOST = "lost"
    REANCHORED = "re-anchored"
    CARRIED = "carried over"

    @property
    def meaning(self) -> str:
        """What it says of a citation, as one sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Outcome.LOST: "The new version does not say it: the citation stays on the old.",
    Outcome.REANCHORED: "The new version says it in a paragraph that was changed, or elsewhere.",
    Outcome.CARRIED: "Its paragraph is the same in the new version.",
}


@dataclass(frozen=True)
class CarriedCitation:
    """A citation of the old version and its place in the new.

    `number` is that of the paragraph in the new version, None when lost; `words` are those there
    that the quote is placed on, `score` how alike they are, or, without a quote, the paragraphs.
    """

    citation: Any
    """A Citation that `with_states` fetched."""
    outcome: Outcome
    number: int | None = None
    words: str = ""
    score: int = 0
    is_in_its_place: bool = True
    """Whether that is where the old paragraph went."""

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to look: the same paragraph, or the same words where it went."""
        is_same = self.is_in_its_place and self.score == 100
        return self.outcome is Outcome.CARRIED or (self.outcome is Outcome.REANCHORED and is_same)


@dataclass(frozen=True)
class Revision:
    """The old version beside the new: pairs in the order of the new, citations by record."""

    old: Source
    newer: Source | None
    document: Document | None
    pairs: tuple[Pair, ...]
    citations: tuple[CarriedCitation, ...]

    @cached_property
    def counts(self) -> dict[Fate, int]:
        return {fate: sum(pair.fate is fate for pair in self.pairs) for fate in Fate}

    @cached_property
    def outcomes(self) -> dict[Outcome, int]:
        return {
            outcome: sum(one.outcome is outcome for one in self.citations) for outcome in Outcome
        }

    @property
    def touched(self) -> list[CarriedCitation]:
        """The citations whose paragraph is not the same: the facts that the correction touches."""
        return [one for one in self.citations if one.outcome is not Outcome.CARRIED]

    def digest(self) -> str:
        """A text that is the same as long as the two versions would compare the same."""
        said: list[Any] = [self.old.pk, self.newer.pk if self.newer else None]
        for pair in self.pairs:
            sides = [[s.number, s.fingerprint, s.text] if s else [] for s in (pair.old, pair.new)]
            said.append([pair.fate, *sides])
        for one in self.citations:
            quote, value = one.citation.quote, one.citation.value_now
            said.append([one.citation.pk, quote, value, one.outcome, one.number, one.words])
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def revise(
    old: Source,
    *,
    document: Document | None = None,
    newer: Source | None = None,
    lock: bool = False,
) -> Revision:
    """The old version beside the new: a text, or a source that is here; in four queries at most.

    With `lock`, inside a transaction, the paragraphs of both are the caller's to change.
    """
    before = _wordings(old, lock=lock)
    if newer:
        after = _wordings(newer, lock=lock)
    else:
        texts = document.paragraphs if document else ()
        after = [Wording(n, fingerprint(text), text) for n, text in enumerate(texts, 1)]
    pairs = align(before, after)
    cited = Citation.objects.with_records().with_places().filter(paragraph__source=old)
    cited = with_states(cited).order_by("field", "id")
    known = set(_keys_of(newer)) if newer else set()
    citations = _carried(cited, pairs, known)
    by_record = sorted(citations, key=lambda one: one.citation.record.label)
    return Revision(old, newer, document, tuple(pairs), tuple(by_record))


def _wordings(source: Source, *, lock: bool) -> list[Wording]:
    rows = source.paragraphs.order_by("number")
    return [_wording(row) for row in (rows.select_for_update() if lock else rows)]


def _wording(row: Paragraph) -> Wording:
    known = row.fingerprint or (fingerprint(row.text) if row.text else "")
    return Wording(row.number, known, row.text)


def _carried(
    citations: Any, pairs: Sequence[Pair], known: set[tuple[object, ...]]
) -> Iterator[CarriedCitation]:
    """What becomes of each citation; one that the new version would have twice is lost."""
    went = {pair.old.number: pair for pair in pairs if pair.old}
    elsewhere = _Elsewhere([pair.new for pair in pairs if pair.new])
    for citation in citations:
        one = _placed(citation, went[citation.paragraph.number], elsewhere)
        key = _key(citation, one.number)
        if one.number is not None and key in known:
            one = CarriedCitation(citation, Outcome.LOST)
        known.add(key)
        yield one


def _placed(citation: Any, pair: Pair, elsewhere: _Elsewhere) -> CarriedCitation:
    new = pair.new
    if new and pair.fate in (Fate.UNCHANGED, Fate.MOVED):
        return CarriedCitation(citation, Outcome.CARRIED, new.number, citation.quote, 100)
    if new and not citation.quote:
        return CarriedCitation(citation, Outcome.REANCHORED, new.number, score=pair.score)
    if new and (found := searchable(new.text).place(citation.quote)):
        return _reanchored(citation, new, found)
    if found_elsewhere := elsewhere.place(citation.quote):
        wording, found = found_elsewhere
        return _reanchored(citation, wording, found, is_in_its_place=False)
    return CarriedCitation(citation, Outcome.LOST)


def _reanchored(
    citation: Any, wording: Wording, found: Placement, *, is_in_its_place: bool = True
) -> CarriedCitation:
    words = searchable(wording.text).words(found)
    return CarriedCitation(
        citation, Outcome.REANCHORED, wording.number, words, found.score, is_in_its_place
    )


class _Elsewhere:
    """The new version, searched for words whose paragraph went or no longer says them."""

    def __init__(self, wordings: list[Wording]) -> None:
        self._wordings = [wording for wording in wordings if wording.text]

    def place(self, quote: str) -> tuple[Wording, Placement] | None:
        """Where the quote stands letter by letter; else, in a version that is not too long, where
        the words are that are most like it."""
        if not quote.strip():
            return None
        for wording in self._wordings:
            if (start := wording.text.find(quote)) >= 0:
                return wording, Placement(start, start + len(quote), 100)
        if not self._is_searched:
            return None
        found = searchable(self._all).place(quote)
        return self._within_one(found) if found else None

    @cached_property
    def _is_searched(self) -> bool:
        return sum(len(wording.text) for wording in self._wordings) <= LONGEST_SEARCHED

    @cached_property
    def _all(self) -> str:
        return "\n".join(wording.text for wording in self._wordings)

    def _within_one(self, found: Placement) -> tuple[Wording, Placement] | None:
        """The paragraph in which all of a placement in the whole version lies."""
        begins = 0
        for wording in self._wordings:
            ends = begins + len(wording.text)
            if begins <= found.start and found.end <= ends:
                return wording, Placement(found.start - begins, found.end - begins, found.score)
            begins = ends + 1
        return None


def _keys_of(newer: Source) -> Iterator[tuple[object, ...]]:
    """What the new version is cited for already."""
    cited = Citation.objects.filter(paragraph__source=newer).select_related("paragraph")
    return (_key(citation, citation.paragraph.number) for citation in cited)


def _key(citation: Citation, number: int | None) -> tuple[object, ...]:
    """What may be cited once: the field of a record, a paragraph's number, the quote."""
    kind = citation.kind
    return (kind, getattr(citation, f"{kind}_id"), citation.field, number, citation.quote)

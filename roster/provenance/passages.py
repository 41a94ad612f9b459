"""Passages: where in a paragraph's text the words of a quote stand; knows text, no tables.

Words are placed exactly where they can be; else as the same letters with other quotation marks,
dashes or white space; else, with a few letters different, on the words that are most alike. What
changes a figure or turns a statement into its contrary is never alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from rapidfuzz import fuzz

LEAST_SCORE = 88
"""Of 100: how alike words must be for a quote to be placed on them."""
FEWEST_LETTERS = 12
"""A quote with fewer characters is placed on exactly its letters or not at all."""

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        # Characters that are not seen: soft hyphen, zero-width spaces and joiners.
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060", ""),
    }
)
_FIGURES = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NEGATIONS = frozenset(
    {"no", "not", "none", "nor", "never", "neither", "nobody", "nothing", "without", "cannot"}
)
_SENTENCE_END = re.compile(
    # A full stop after one to three letters, the first a capital, is of a title: Gen., Ms., U.S.
    r"(?<!\b[A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})[.!?…][\"'”’)\]]*(?=\s)"
)


@dataclass(frozen=True)
class Placement:
    """Where a quote stands in a text: from `start` up to `end`, and how alike, of 100."""

    start: int
    end: int
    score: int

    @property
    def is_exact(self) -> bool:
        return self.score == 100


@dataclass(frozen=True)
class Context:
    """A passage with the rest of its sentences before and after it."""

    before: str
    words: str
    after: str


@lru_cache(maxsize=64)
def searchable(text: str) -> SearchableText:
    """The text ready to be searched for many quotes."""
    return SearchableText(text)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order, without the white space between them."""
    cuts = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    stretches = (text[start:end].strip() for start, end in pairwise(cuts))
    return tuple(filter(None, stretches))


class SearchableText:
    """A paragraph's text in which quotes are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def place(self, quote: str) -> Placement | None:
        """Where the quote stands; None where no words are enough like it."""
        if placed := self._placed_exactly(quote) or self._placed_by_letters(quote):
            return placed
        if len(quote) < FEWEST_LETTERS:
            return None
        nearest = self.nearest(quote)
        if nearest is None or nearest.score < LEAST_SCORE:
            return None
        words = self.words(nearest)
        return nearest if _says_the_same(quote, words) else None

    def has(self, quote: str) -> bool:
        """Whether the quote stands there, other quotation marks, dashes and spaces aside."""
        return bool(self._placed_exactly(quote) or self._placed_by_letters(quote))

    def nearest(self, quote: str) -> Placement | None:
        """The words most like the quote, whole words only; None where nothing is like it."""
        sought = _folded(quote)[0].strip()
        letters, places = self._folded
        if not sought or not letters:
            return None
        found = fuzz.partial_ratio_alignment(sought, letters, score_cutoff=1)
        if found is None or found.dest_end == found.dest_start:
            return None
        start, end = _whole_words(self.text, places[found.dest_start], places[found.dest_end])
        score = min(99, int(fuzz.ratio(sought, _folded(self.text[start:end])[0])))
        return Placement(start, end, score)

    def words(self, placement: Placement) -> str:
        """The words as they stand in the text."""
        return self.text[placement.start : placement.end]

    def context(self, placement: Placement) -> Context:
        """The passage with the sentences that it stands in."""
        before = self.text[: placement.start]
        after = self.text[placement.end :]
        begins = [end.end() for end in _SENTENCE_END.finditer(before)]
        ends = _SENTENCE_END.search(after)
        return Context(
            before[begins[-1] :].lstrip() if begins else before,
            self.words(placement),
            after[: ends.end()] if ends else after,
        )

    def _placed_exactly(self, quote: str) -> Placement | None:
        start = self.text.find(quote) if quote.strip() else -1
        return None if start < 0 else Placement(start, start + len(quote), 100)

    def _placed_by_letters(self, quote: str) -> Placement | None:
        sought = _folded(quote, case=False)[0].strip()
        letters, places = self._letters
        at = letters.find(sought) if sought else -1
        if at < 0:
            return None
        start, end = places[at], places[at + len(sought)]
        words = self.text[start:end].rstrip()
        if _folded(words, case=False)[0] != sought:  # it ends inside a letter, before its accent
            return None
        return Placement(start, start + len(words), min(99, int(fuzz.ratio(quote, words))))

    @cached_property
    def _letters(self) -> tuple[str, list[int]]:
        return _folded(self.text, case=False)

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        return _folded(self.text)


def _folded(text: str, *, case: bool = True) -> tuple[str, list[int]]:
    """The letters that count, and for each, and the end, its place in `text`."""
    pieces: list[str] = []
    blank = False
    for character in text:
        if character.isspace():
            pieces.append("" if blank else " ")
            blank = True
            continue
        piece = unicodedata.normalize("NFKD", character).translate(_ALIKE)
        pieces.append(piece.casefold() if case else piece)
        blank = blank and not piece
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), [*places, len(text)]


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch widened to whole words, without white space at its ends."""
    while start > 0 and text[start - 1].isalnum() and text[start : start + 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1 : end].isalnum():
        end += 1
    stretch = text[start:end]
    return start + len(stretch) - len(stretch.lstrip()), end - len(stretch) + len(stretch.rstrip())


def _says_the_same(quote: str, words: str) -> bool:
    """Whether the figures and the negations are the same, as small edits must leave them."""
    return _FIGURES.findall(quote) == _FIGURES.findall(words) and _negations(quote) == _negations(
        words
    )


def _negations(text: str) -> Counter[str]:
    words = (word.casefold().replace("’", "'") for word in _WORDS.findall(text))
    return Counter("not" if word.endswith("n't") else word for word in words if _denies(word))


def _denies(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")

"""Where the words of a query stand in a text, told by their folded letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from roster.text.folding import folded_words

CUT = "…"


@dataclass(frozen=True)
class Stretch:
    """A stretch of a text; `is_found` where it is what a query asks for."""

    text: str
    is_found: bool


def words_in(text: str, words: Iterable[str]) -> frozenset[str]:
    """Those of the folded `words` that stand anywhere in a word of `text`."""
    folded = [letters for letters, _ in folded_words(text)]
    return frozenset(word for word in words if any(word in letters for letters in folded))


def marked(text: str, words: Sequence[str]) -> list[Stretch]:
    """The whole `text` in stretches: each place where one of the folded `words` stands is found.

    A letter that folds to several (`ß`) is found with any of them; the marks that Unicode sets
    upon a letter go with it.
    """
    found: set[int] = set()
    for letters, places in folded_words(text):
        for word in words:
            start = letters.find(word)
            while start >= 0:
                found.update(range(places[start], places[start + len(word) - 1] + 1))
                start = letters.find(word, start + 1)
    for place, character in enumerate(text):
        if place - 1 in found and unicodedata.category(character).startswith("M"):
            found.add(place)
    grouped = groupby(range(len(text)), key=found.__contains__)
    return [Stretch("".join(text[one] for one in places), is_in) for is_in, places in grouped]


def shortened(stretches: Sequence[Stretch], length: int) -> list[Stretch]:
    """About `length` characters around the first found stretch, with “…” where it is cut."""
    text = "".join(one.text for one in stretches)
    if len(text) <= length:
        return list(stretches)
    before = 0
    for one in stretches:
        if one.is_found:
            break
        before += len(one.text)
    first = max(0, min(before - length // 3, len(text) - length))
    kept, place = [], 0
    for one in stretches:
        part = one.text[max(0, first - place) : max(0, first + length - place)]
        if part:
            kept.append(Stretch(part, one.is_found))
        place += len(one.text)
    ends = [Stretch(CUT, is_found=False)]
    return [*ends * (first > 0), *kept, *ends * (first + length < len(text))]

"""Two versions of a document, paragraph by paragraph; knows wordings, no tables.

The same paragraph is known by its fingerprint; of the others, those whose words are most alike are
one that was changed. No paragraph of either version is taken for two of the other.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel, LCSseq

LEAST_LIKENESS = 50
"""Of 100: how many words of two paragraphs must be the same for one to be the other, changed."""
MOST_WORDS = 500
"""Words of a paragraph, from its first, that are compared."""
NEIGHBOURS = 50
"""Paragraphs before and after its place among which a changed one is looked for."""

FIRST_SURROGATE, SURROGATES = 0xD800, 0x800


class Fate(StrEnum):
    """What became of a paragraph from one version to the next."""

    CHANGED = "changed"
    GONE = "gone"
    NEW = "new"
    MOVED = "moved"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Wording:
    """A paragraph of one version; its text, or its fingerprint, may not be known."""

    number: int
    fingerprint: str
    text: str


@dataclass(frozen=True)
class Pair:
    """A paragraph in both versions, or in one; `score` says how alike they are, of 100."""

    fate: Fate
    old: Wording | None = None
    new: Wording | None = None
    score: int = 0


def align(old: Sequence[Wording], new: Sequence[Wording]) -> list[Pair]:
    """What became of each paragraph, in the order of the new version, then what is gone.

    Unchanged are those that keep their order among each other; a paragraph put in between moves
    none of the others.
    """
    found = _in_order(old, new)
    fates = dict.fromkeys(found, Fate.UNCHANGED)
    scores = dict.fromkeys(found, 100)
    for place, other in _elsewhere(old, new, found):
        found[place], fates[place], scores[place] = other, Fate.MOVED, 100
    for place, other, score in _alike(old, new, found):
        found[place], fates[place], scores[place] = other, Fate.CHANGED, score
    came_from = {other: place for place, other in found.items()}
    pairs = []
    for other, wording in enumerate(new):
        came = came_from.get(other)
        if came is None:
            pairs.append(Pair(Fate.NEW, new=wording))
        else:
            pairs.append(Pair(fates[came], old[came], wording, scores[came]))
    gone = (Pair(Fate.GONE, old=one) for place, one in enumerate(old) if place not in found)
    return [*pairs, *gone]


def _in_order(old: Sequence[Wording], new: Sequence[Wording]) -> dict[int, int]:
    """By place in the old version: the place of the same paragraph, for the most that keep order.

    A paragraph without fingerprint is the same as no other.
    """
    ours = [one.fingerprint or f"old {place}" for place, one in enumerate(old)]
    theirs = [one.fingerprint or f"new {place}" for place, one in enumerate(new)]
    found: dict[int, int] = {}
    for step in LCSseq.opcodes(ours, theirs):
        if step.tag == "equal":
            span = step.src_end - step.src_start
            found |= {step.src_start + n: step.dest_start + n for n in range(span)}
    return found


def _elsewhere(
    old: Sequence[Wording], new: Sequence[Wording], found: dict[int, int]
) -> list[tuple[int, int]]:
    """The same paragraphs in another order, by place in the old and the new version."""
    free: dict[str, deque[int]] = defaultdict(deque)
    taken = set(found.values())
    for other, wording in enumerate(new):
        if wording.fingerprint and other not in taken:
            free[wording.fingerprint].append(other)
    return [
        (place, free[one.fingerprint].popleft())
        for place, one in enumerate(old)
        if place not in found and free.get(one.fingerprint)
    ]


def _alike(
    old: Sequence[Wording], new: Sequence[Wording], found: dict[int, int]
) -> Iterator[tuple[int, int, int]]:
    """Places of paragraphs that were changed, the most alike first, with how alike they are."""
    taken = set(found.values())
    free = [other for other, wording in enumerate(new) if wording.text and other not in taken]
    letters: dict[str, str] = {}
    words = {other: _words(new[other].text, letters) for other in free}
    candidates = []
    for place, one in enumerate(old):
        if place in found or not one.text:
            continue
        ours = _words(one.text, letters)
        expected = bisect(free, place)
        for other in free[max(0, expected - NEIGHBOURS) : expected + NEIGHBOURS]:
            likeness = Indel.normalized_similarity(
                ours, words[other], score_cutoff=LEAST_LIKENESS / 100
            )
            if (score := int(100 * likeness)) >= LEAST_LIKENESS:
                candidates.append((-score, abs(place - other), place, other))
    done: set[int] = set()
    for score, _distance, place, other in sorted(candidates):
        if place not in done and other not in taken:
            done.add(place)
            taken.add(other)
            yield place, other, min(99, -score)


def _words(text: str, letters: dict[str, str]) -> str:
    """The first words of a text, each as one letter of its own: texts are compared much faster.

    `letters` are those given so far, beyond ASCII and short of the surrogates, then beyond them.
    """
    found = []
    for word in text.split()[:MOST_WORDS]:
        number = 0x100 + len(letters)
        letter = chr(number if number < FIRST_SURROGATE else number + SURROGATES)
        found.append(letters.setdefault(word, letter))
    return "".join(found)

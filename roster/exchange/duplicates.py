"""Possible duplicates: new officials of a file whose name is nearly that of another official.

Names are compared folded, their words sorted, an alias like a name. The same name is always found;
names that are nearly the same only where they share a word, as the words a name has in common with
few others are looked through first and the commonest are left out when there are too many.
A hint for people: it never keeps a row from being imported.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import Indel

from roster.exchange.planning.names import NewOfficial, folded_names
from roster.exchange.plans import NearName, PossibleDuplicate, PossibleDuplicates
from roster.models import Official

NEAR = 0.92
"""From which similarity on two folded names are near: of most names one letter may differ."""
MOST_NEAR = 5
"""Officials that are named for one row of the file."""
MOST_COMPARISONS = 20_000_000
"""Pairs of names that are compared for one file, which takes a second or two."""
_AT_A_TIME = 2_000


def possible_duplicates(new: Sequence[NewOfficial]) -> PossibleDuplicates:
    """Those of the new officials that have a near name, with whose it is: here, or further up."""
    names = _Names(new)
    near, has_compared_all = names.near()
    rows = []
    for official in new:
        found = list(islice(names.others(official, near), MOST_NEAR + 1))
        if found:
            rows.append(
                PossibleDuplicate(
                    official.line,
                    official.ref,
                    official.name,
                    tuple(found[:MOST_NEAR]),
                    has_more=len(found) > MOST_NEAR,
                )
            )
    return PossibleDuplicates(rows, is_complete=has_compared_all)


class _Names:
    """The names of a file's new officials, folded, and those here that have a word of theirs.

    Of a name that several rows of the file have, the first row stands for all.
    """

    def __init__(self, new: Sequence[NewOfficial]) -> None:
        self._new: dict[str, NearName] = {}
        self._here: dict[str, list[NearName]] = defaultdict(list)
        for official in new:
            for folded in official.folded:
                first = NearName(official.name, official.ref, line=official.line)
                self._new.setdefault(folded, first)
        self._words = {word for folded in self._new for word in folded.split()}
        if self._words:
            self._find_here()

    def _find_here(self) -> None:
        rows = Official.objects.order_by().values_list("pk", "ref", "name", "aliases", "search_key")
        for key, ref, name, aliases, folded in rows.iterator(chunk_size=_AT_A_TIME):
            if not self._words.isdisjoint(folded.split()):
                for each in folded_names(name, aliases, folded):
                    self._here[each].append(NearName(name, ref, key=key))

    def near(self) -> tuple[dict[str, dict[str, float]], bool]:
        """The near names of each name of the file; whether all that share a word were compared."""
        near: dict[str, dict[str, float]] = defaultdict(dict)
        left = MOST_COMPARISONS
        for asked, block in self._blocks():
            lengths = [len(name) for name in block]
            for name in asked:
                first = bisect_left(lengths, len(name) * NEAR / (2 - NEAR))
                last = bisect_right(lengths, len(name) * (2 - NEAR) / NEAR)
                left -= last - first
                if left < 0:
                    return near, False
                found = process.extract(
                    name,
                    block[first:last],
                    scorer=Indel.normalized_similarity,
                    score_cutoff=NEAR,
                    limit=None,
                )
                near[name].update((other, score) for other, score, _place in found)
        return near, True

    def _blocks(self) -> list[tuple[list[str], list[str]]]:
        """For each word the file's names that have it, and all names that have it by length.

        The blocks with the fewest comparisons come first.
        """
        asked, having = defaultdict(list), defaultdict(list)
        for name in self._new:
            for word in name.split():
                asked[word].append(name)
        for name in sorted({*self._new, *self._here}, key=len):
            for word in self._words.intersection(name.split()):
                having[word].append(name)
        blocks = [(asked[word], having[word]) for word in asked if len(having[word]) > 1]
        return sorted(blocks, key=lambda block: len(block[0]) * len(block[1]))

    def others(
        self, official: NewOfficial, near: dict[str, dict[str, float]]
    ) -> Iterator[NearName]:
        """Whoever else has a near name, the nearest first: officials here, and rows above."""
        scores: dict[str, float] = {}
        for folded in official.folded:
            for other, score in ({folded: 1.0} | near.get(folded, {})).items():
                scores[other] = max(score, scores.get(other, 0.0))
        seen = set()
        for other in sorted(scores, key=lambda name: (-scores[name], name)):
            first = self._new.get(other)
            above = [first] if first and (first.line or 0) < official.line else []
            for one in (*self._here.get(other, ()), *above):
                if one not in seen:
                    seen.add(one)
                    yield one

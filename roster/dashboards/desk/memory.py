"""What was reckoned of a day, kept as long as nothing is written and the day is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.core.cache import cache

from roster.history.marks import Mark, Written, current_mark, written_since

Kept = TypeVar("Kept")
MOST_BUCKETS = 20
"""Where more of them are touched, all are counted anew."""
KEPT_SECONDS = 2 * 24 * 60 * 60
"""After two days nobody asks about a day any more."""
Bucket = Any
"""Names rows that are counted together, so that a write has few of them counted anew."""


@dataclass(frozen=True)
class Tally:
    """Something that is counted under several names, in buckets each by itself.

    `count` counts all buckets, or only those that it is given; by name and bucket. `touched` says
    in which buckets a count may be another after these writes; None where in any.
    """

    name: str
    count: Callable[[Collection[Bucket] | None], dict[tuple[Any, Bucket], int]]
    touched: Callable[[list[Written]], set[Bucket] | None]
    follows_the_day: bool = True
    """Whether another day may have other counts of the same rows."""


@dataclass(frozen=True)
class Memory:
    """Answers about a day, as of a mark of the ledger: a kept one is the one that would be found.

    An answer must follow from the day and from the tables that the ledger watches alone, and be
    nobody's own: it is told to whoever comes next.
    """

    day: date
    mark: Mark = field(default_factory=current_mark)
    _written: dict[Mark, list[Written] | None] = field(default_factory=dict, init=False)
    """What was written since earlier marks, asked once."""

    def recall(self, name: str, ask: Callable[[], Kept]) -> Kept:
        """What `ask` answers; it is asked only where nothing of this day and mark is kept."""
        key = _key(name, self.day)
        kept = _kept(key)
        if kept and kept[0] == self.mark:
            answer: Kept = kept[1]
            return answer
        return self._keep(key, ask())

    def total(self, tally: Tally) -> Counter[Any]:
        """How many there are by name; what was counted before is counted anew where touched."""
        key = _key(tally.name, self.day if tally.follows_the_day else None)
        kept = _kept(key)
        if kept is None:
            counts = self._keep(key, tally.count(None))
        elif kept[0] == self.mark:
            counts = kept[1]
        else:
            counts = self._keep(key, self._brought_up_to_date(tally, *kept))
        total = Counter[Any]()
        for (name, _bucket), number in counts.items():
            total[name] += number
        return total

    def _brought_up_to_date(
        self, tally: Tally, mark: Mark, counts: dict[tuple[Any, Bucket], int]
    ) -> dict[tuple[Any, Bucket], int]:
        if mark not in self._written:
            self._written[mark] = written_since(mark)
        written = self._written[mark]
        touched = None if written is None else tally.touched(written)
        if touched is None or len(touched) > MOST_BUCKETS:
            return tally.count(None)
        left = {at: number for at, number in counts.items() if at[1] not in touched}
        return left | (tally.count(touched) if touched else {})

    def _keep(self, key: str, answer: Kept) -> Kept:
        cache.set(key, (self.mark, answer), timeout=KEPT_SECONDS)
        return answer


def _kept(key: str) -> tuple[Mark, Any] | None:
    kept: tuple[Mark, Any] | None = cache.get(key)
    return kept


def _key(name: str, day: date | None) -> str:
    """Of each day by itself: in the zones of two users it need not be the same."""
    return f"roster.desk.{name}.{day or 'any'}"

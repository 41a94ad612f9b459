"""Words that the sentences of undo and restore are made of."""

from __future__ import annotations

from collections.abc import Iterable

from roster.history.past.changes import PastChange


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last


def positions(changes: Iterable[PastChange | None]) -> tuple[int, ...]:
    """The places in the ledger of the changesets that these changes belong to, in order."""
    return tuple(sorted({c.position for c in changes if c and c.position is not None}))


def row_count(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def sentence_of(words: str) -> str:
    """The words beginning with a capital letter."""
    return words[:1].upper() + words[1:]

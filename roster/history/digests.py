"""What a digest is made of: the bytes of changes, as the database holds them.

Each part is preceded by its length, so that no two different sequences give the same bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from roster.history.engines import engine_of

PAGE = 2_000
"""Rows fetched at a time: memory stays the same whatever the size of an act."""

Row = tuple[Any, ...]


def sealed(parts: Iterable[object]) -> str:
    """HMAC-SHA256 over `parts` with the key that is not in the database."""
    key = settings.ROSTER_LEDGER_KEY.encode()
    return hmac.new(key, _packed(parts), hashlib.sha256).hexdigest()


def _packed(parts: Iterable[object]) -> bytes:
    texts = [
        part if part is None or isinstance(part, bytes) else str(part).encode() for part in parts
    ]
    return b"".join([b"-" if text is None else b"%d:%b" % (len(text), text) for text in texts])


class ChangesDigest:
    """A running digest over rows of `change_rows`: the act's own by id, then those it binds."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.count = 0
        self.first = 0
        self.last = 0

    def add(self, row: Row) -> None:
        """Take in one change of the act itself."""
        self.last = row[0]
        self.first = self.first or self.last
        self.count += 1
        self._hash.update(_packed(row))

    def bind(self, row: Row) -> None:
        """Take in a change made outside, after all of the act's own."""
        self._hash.update(_packed(row))

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def change_rows(
    connection: BaseDatabaseWrapper,
    *,
    where: str,
    params: Sequence[int] = (),
) -> Iterator[Row]:
    """All columns of the changes `c` of which `where` is true, id first, in order of id.

    Needs a transaction, and holds a page at a time.
    """
    engine = engine_of(connection)
    columns = ", ".join(
        (
            "c.id, c.changeset_id",
            engine.exact(engine.clock_text("c.clock")),
            engine.exact('c."table"'),
            'c."key"',
            *(engine.exact(f"c.{column}") for column in ("act", "before", "after")),
            "c.official_id",
            engine.exact("c.database_user"),
        )
    )
    sql = f"SELECT {columns} FROM roster_change c WHERE {where} ORDER BY c.id"
    return fetched(connection, sql, params)


def fetched(
    connection: BaseDatabaseWrapper,
    sql: str,
    params: Sequence[int] | Mapping[str, int | str | None] = (),
) -> Iterator[Row]:
    """The rows of a query, a page at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(PAGE):
            yield from rows


def id_ranges(ids: Iterable[int]) -> str:
    """Ascending ids as text, runs shortened: 7, 8, 9, 12 → `7-9,12`."""
    runs: list[list[int]] = []
    for number in ids:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{low}-{high}" if low < high else str(low) for low, high in runs)


def ranges_of(text: str) -> list[tuple[int, int]]:
    """The runs of `id_ranges`, both ends included."""
    runs = (run.partition("-") for run in text.split(",") if run)
    return [(int(low), int(high or low)) for low, _, high in runs]

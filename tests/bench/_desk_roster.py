"""A roster of a thousand rows a table that grows large: written in sets, captured by the ledger."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection

from tests.bench import _desk_rows as rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db import models

SMALL = 1_000
BUSY_BARS = 500
ROWS_A_STATEMENT = 80
"""More do not make SQLite quicker."""


def sizes(officials: int) -> dict[str, int]:
    """How many rows each kind has in a roster with so many officials; a thousand at least."""
    wanted = {
        "official": officials,
        "role": officials,
        "threat_source": officials // 50,
        "threat": officials // 2,
        "protection": officials,
        "extension": officials * rows.EXTENSIONS_A_PROTECTION,
        "source": officials // 50,
        "paragraph": officials // 2,
        "citation": officials,
    }
    return {kind: max(count, SMALL) for kind, count in wanted.items()}


class Roster:
    """The rows of each kind that were written so far."""

    def __init__(self) -> None:
        self.sizes = dict.fromkeys(sizes(SMALL), 0)

    def grow(self, wanted: dict[str, int], *, rows_a_changeset: int) -> None:
        """Write what is lacking of each kind, and let the server tidy up."""
        for kind, count in wanted.items():
            made: Callable[..., rows.Values] = getattr(rows, kind)
            if kind == "citation":
                made = partial(made, paragraphs=wanted["paragraph"])
            lacking = iter(range(self.sizes[kind] + 1, count + 1))
            while batch := list(islice(lacking, rows_a_changeset)):
                _write(kind, [{"id": n, **made(n)} for n in batch])
        self.sizes = wanted
        _settle()

    def add_busy_official(self) -> int:
        """Write one official more, with extensions enough for a timeline of BUSY_BARS; the key."""
        key, first = self.sizes["official"] + 1, self.sizes["extension"] + 1
        _write("official", [{"id": key, **rows.official(key)}])
        _write("protection", [{"id": key, **rows.protection(key)}])
        ref = f"official-{key}/protection"
        bars = [
            {"id": first + n, **rows.extension(n + 1), "protection_id": key, "ref": f"{ref}/{n}"}
            for n in range(BUSY_BARS - 1)
        ]
        _write("extension", bars)
        return key


def _write(kind: str, written: list[rows.Values]) -> None:
    """Insert rows of one kind as one act."""
    from roster.history.changesets import changeset

    table, columns = _model(kind)._meta.db_table, list(written[0])
    values = [list(row.values()) for row in written]
    names = ", ".join(map(connection.ops.quote_name, columns))
    reason = f"{rows.BROAD if written[0]['id'] % 4 == 1 else 'Some'} {kind} of the bench."
    if written[0]["id"] <= rows.RARE_ROW <= written[-1]["id"] and kind == "official":
        reason = f"One {rows.RARE} of the bench."
    with changeset(reason=reason, kind="command"), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
            return
        marks = f"({', '.join(['%s'] * len(columns))})"
        for some in _cut(values):
            sql = f"INSERT INTO {table} ({names}) VALUES {', '.join([marks] * len(some))}"
            cursor.execute(sql, [value for row in some for value in row])


def _cut(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), ROWS_A_STATEMENT):
        yield values[start : start + ROWS_A_STATEMENT]


def _model(kind: str) -> type[models.Model]:
    from roster.models import Citation, Paragraph, Source
    from roster.models.citations import CITABLE

    return {**CITABLE, "source": Source, "paragraph": Paragraph, "citation": Citation}[kind]


def _settle() -> None:
    """What a server does by itself in time; SQLite is left without statistics, as Roster does."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

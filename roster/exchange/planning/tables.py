"""Temporary tables in which a file stands beside the roster while it is planned.

They are of this connection alone and are gone at the latest when it closes. The names of tables
and columns in SQL are our own; values are parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

Rows = Iterable[Sequence[Any]]


def create(name: str, columns: Mapping[str, str]) -> None:
    """Make an empty temporary table, in the place of one of that name."""
    listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    execute(f"DROP TABLE IF EXISTS {name}")
    execute(f"CREATE TEMPORARY TABLE {name} ({listed})")


def drop(*names: str) -> None:
    """Remove temporary tables, unless the transaction that is to be undone does so anyway."""
    if not connection.needs_rollback:
        for name in names:
            execute(f"DROP TABLE IF EXISTS {name}")


def execute(sql: str, values: Sequence[Any] = ()) -> int:
    """Run one statement; how many rows it concerned."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def load(name: str, columns: Sequence[str], rows: Rows) -> None:
    """Add rows to a temporary table, the quickest way that the engine has."""
    listed, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    waiting = iter(rows)
    with _one_transaction(), connection.cursor() as cursor:
        while some := list(islice(waiting, _AT_A_TIME)):  # before COPY: they may be of a query
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {name} ({listed}) FROM STDIN") as copy:
                    for row in some:
                        copy.write_row(row)
            else:
                cursor.executemany(f"INSERT INTO {name} ({listed}) VALUES ({places})", some)


def measure(*names: str) -> None:
    """Tell PostgreSQL's planner what has been loaded; SQLite goes by the indexes alone."""
    if connection.vendor == "postgresql":
        for name in names:
            execute(f"ANALYZE {name}")


def rows_of(sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, some thousand at a time.

    Other statements may run meanwhile. PostgreSQL's are fetched by a cursor of the server, which
    holds to what the query saw when it began.
    """
    with _streaming(sql, values) as cursor:
        while rows := cursor.fetchmany(_AT_A_TIME):
            yield from rows


def all_rows(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query that has few."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def set_values(name: str, columns: Mapping[str, str], rows: Rows) -> None:
    """Set columns of a temporary table; each row gives the line and then the values.

    Each line once. Without any rows there is no statement.
    """
    waiting = iter(rows)
    first = list(islice(waiting, 1))
    if not first:
        return
    beside = f"{name}_set"
    create(beside, {"line": "integer PRIMARY KEY", **columns})
    load(beside, ["line", *columns], chain(first, waiting))
    settings = ", ".join(f"{column} = v.{column}" for column in columns)
    execute(f"UPDATE {name} SET {settings} FROM {beside} v WHERE v.line = {name}.line")
    drop(beside)


_AT_A_TIME = 2_000


@contextmanager
def _streaming(sql: str, values: Sequence[Any]) -> Iterator[CursorWrapper]:
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, values)
            yield cursor
    else:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            yield cursor


@contextmanager
def _one_transaction() -> Iterator[None]:
    """Keep SQLite from committing each row by itself; its writers are not held up by this.

    A temporary table is no part of the database that others write to: the transaction is begun
    without the lock which Django's own would take.
    """
    if connection.vendor != "sqlite" or connection.connection.in_transaction:
        yield
        return
    execute("BEGIN DEFERRED")
    try:
        yield
    except BaseException:
        execute("ROLLBACK")
        raise
    execute("COMMIT")

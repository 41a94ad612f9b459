"""As of: what the ledger knew of the rows of a model at one of its positions.

A moment is a position: all changesets up to it count, in the order of the ledger and never by the
clock of single changes. A change made outside any changeset counts from the one that bound it. The
position None is now: whatever is recorded counts, bound or not. Values are those recorded, columns
dropped or renamed since included; `past_cells` and `past_rows` read them as the model is today. A
table that a migration renamed has its past under its name of then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from roster.history.diffs import state
from roster.history.digests import fetched
from roster.history.engines import engine_of

Params = Mapping[str, int | str | None]

CHUNK = 5_000
"""Keys asked for in one query."""

_OPEN_AT_ONCE = 1_000
"""More acts than are ever open side by side: an act that closed so many positions earlier had
written its last change before one of those after it wrote its own."""

_LAST_CHANGE = f"""
    SELECT max(q.id) FROM (
        SELECT s.last_change AS id FROM roster_changeset s
        WHERE s.position BETWEEN %(position)s - {_OPEN_AT_ONCE} AND %(position)s
        UNION ALL
        SELECT b.change_id FROM roster_changeset s
        JOIN roster_boundchange b ON b.changeset_id = s.id
        WHERE s.position BETWEEN %(position)s - {_OPEN_AT_ONCE} AND %(position)s
    ) q"""

_POSITIONS = """
    LEFT JOIN roster_boundchange b ON b.change_id = c.id
    LEFT JOIN roster_changeset s ON s.id = coalesce(c.changeset_id, b.changeset_id)"""

# Almost always the newest change up to the last that counts is the one. Where acts ran side by
# side it may belong to one that closed later, and the changes before it are looked through.
_THEN = f"""
    SELECT c."key", CASE WHEN s.position <= %(position)s THEN c.after ELSE (
        SELECT c.after FROM roster_change c {_POSITIONS}
        WHERE c."table" = %(table)s AND c."key" = newest."key" AND c.id < newest.id
            AND s.position <= %(position)s
        ORDER BY c.id DESC LIMIT 1
    ) END
    FROM (
        SELECT n."key", max(n.id) AS id FROM roster_change n
        WHERE n."table" = %(table)s AND n.id <= ({_LAST_CHANGE}) {{among}} GROUP BY n."key"
    ) newest JOIN roster_change c ON c.id = newest.id {_POSITIONS} ORDER BY newest.id"""

_NOW = """
    SELECT c."key", c.after
    FROM (
        SELECT max(n.id) AS id FROM roster_change n
        WHERE n."table" = %(table)s {among} GROUP BY n."key"
    ) newest JOIN roster_change c ON c.id = newest.id ORDER BY newest.id"""


def position_at(time: datetime) -> int:
    """The position of the last changeset that was closed by then; 0 when none had been.

    `time` has a zone. Halves the ledger until it is found: no entry closes before the one ahead.
    """
    if time.utcoffset() is None:
        raise ValueError(f"{time} has no zone: a moment of the ledger needs one.")
    text = time.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    closed_by_then = f"s.closed_at <= {engine_of(connection).clock_of('%(time)s')}"
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE halves(low, high) AS ("
            "SELECT CAST(0 AS bigint), coalesce(max(position), 0) FROM roster_changeset "
            "UNION ALL "
            f"SELECT CASE WHEN {closed_by_then} THEN s.position ELSE low END, "
            f"CASE WHEN {closed_by_then} THEN high ELSE s.position - 1 END "
            "FROM halves JOIN roster_changeset s ON s.position = (low + high + 1) / 2 "
            "WHERE low < high) SELECT max(low) FROM halves",
            {"time": text},
        )
        return int(cursor.fetchone()[0])


def recorded(
    model: type[models.Model], position: int | None, *, keys: Iterable[int] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The key and the recorded columns of each row that the model had at the position.

    Those written longest ago first; with `keys`, of those rows only. A page is held at a time.
    """
    for among in [""] if keys is None else _among('n."key"', keys):
        for key, columns in _states(model, position, among):
            if columns is not None:
                yield key, state(columns)


def _states(
    model: type[models.Model], position: int | None, among: str
) -> Iterable[tuple[int, str | None]]:
    sql = (_NOW if position is None else _THEN).format(among=among)
    params: Params = {"table": model._meta.db_table, "position": position}
    # PostgreSQL plans a cursor for its first rows, which is dear where the rows are few.
    return _rows(sql, params) if among else fetched(connection, sql, params)


def _rows(sql: str, params: Params) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def rows_about(officials: Iterable[int], position: int | None) -> set[tuple[str, int]]:
    """Table and key of each row a change of which, up to the position, concerns an official."""
    until = "" if position is None else f"AND n.id <= ({_LAST_CHANGE})"
    return {
        row
        for among in _among("n.official_id", officials)
        for row in _rows(
            f'SELECT DISTINCT n."table", n."key" FROM roster_change n WHERE true {among} {until}',
            {"position": position},
        )
    }


def _among(column: str, keys: Iterable[int]) -> Iterator[str]:
    """Conditions that together hold for the keys, a chunk of them at a time."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), CHUNK):
        listed = ", ".join(str(int(key)) for key in wanted[start : start + CHUNK])
        yield f"AND {column} IN ({listed})"

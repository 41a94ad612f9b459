"""Replay: the last recorded state of every row against the row as it is.

One statement a table finds the differences; reconciling writes them down as changes, verifying
reports them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from roster.history.engines import PASSWORD_MARK, Engine, engine_of
from roster.history.tracked import Catalog, Tracked, tracked_tables


@dataclass(frozen=True)
class Difference:
    """A row that is not as last recorded; `recorded` or `found` is None where there is none."""

    table: str
    key: int
    recorded: str | None
    found: str | None


def differences(connection: BaseDatabaseWrapper) -> Iterator[Difference]:
    """Every tracked row that is not as the ledger last recorded it, table by table.

    The password of a user is none of it: its values are not recorded.
    """
    engine = engine_of(connection)
    with connection.cursor() as cursor:
        catalog = engine.catalog(cursor)
        for tracked in tracked_tables():
            cursor.execute(f"{_differences(engine, cursor, tracked, catalog)} ORDER BY 1")
            while rows := cursor.fetchmany(2_000):
                for key, recorded, found, _official in rows:
                    yield Difference(tracked.table, key, recorded, found)


def record_differences(
    connection: BaseDatabaseWrapper, cursor: CursorWrapper, *, changeset: int
) -> None:
    """Write into the ledger how every row differs from its last record, as part of a changeset.

    Rows of tables that are tracked no longer, renamed or removed, are recorded as deleted.
    """
    engine = engine_of(connection)
    catalog = engine.catalog(cursor)
    cursor.execute(
        f'{_record(engine)}, c."table", c."key", \'d\', c.after, NULL, c.official_id '
        'FROM roster_change c JOIN (SELECT "table", "key", max(id) AS id FROM roster_change '
        f'WHERE "table" NOT IN ({", ".join(["%s"] * len(catalog))}) GROUP BY "table", "key") '
        "newest ON newest.id = c.id WHERE c.after IS NOT NULL ORDER BY c.id",
        [changeset, *catalog],
    )
    for tracked in tracked_tables():
        if tracked.table in catalog:
            _record_table(engine, cursor, tracked, catalog, changeset)


def record_unseen(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> None:
    """Write into the ledger what no trigger saw as written outside, by whom is unknown.

    Done before a migration, whose own reconciling would take it for the migration's work. Tables
    of which nothing was ever recorded are not tracked yet: they are the migration's.
    """
    engine = engine_of(connection)
    catalog = engine.catalog(cursor)
    for tracked in tracked_tables():
        cursor.execute('SELECT 1 FROM roster_change WHERE "table" = %s LIMIT 1', [tracked.table])
        if cursor.fetchone() and tracked.table in catalog:
            _record_table(engine, cursor, tracked, catalog, None)


def _record_table(
    engine: Engine,
    cursor: CursorWrapper,
    tracked: Tracked,
    catalog: Catalog,
    changeset: int | None,
) -> None:
    cursor.execute(
        f'{_record(engine)}, %s, d."key", '
        "CASE WHEN d.recorded IS NULL THEN 'i' WHEN d.found IS NULL THEN 'd' ELSE 'u' END, "
        "d.recorded, d.found, d.official "
        f'FROM ({_differences(engine, cursor, tracked, catalog)}) d ORDER BY d."key"',
        [changeset, tracked.table],
    )


def _record(engine: Engine) -> str:
    """The beginning of an INSERT of changes now, up to the changeset, which is a parameter."""
    return (
        'INSERT INTO roster_change (changeset_id, clock, "table", "key", act, before, after, '
        f"official_id) SELECT %s, {engine.clock()}"
    )


def _unmarked(column: str) -> str:
    """SQL for recorded JSON without the note that a password changed."""
    return f"replace({column}, '{PASSWORD_MARK}}}', '}}')"


def _differences(engine: Engine, cursor: CursorWrapper, tracked: Tracked, catalog: Catalog) -> str:
    """SELECT of key, recorded, found and official for each row that is not as last recorded."""
    newest = (
        'SELECT n."key", max(n.id) AS id FROM roster_change n '
        f'WHERE n."table" = \'{tracked.table}\' GROUP BY n."key"'
    )
    gone = (
        'SELECT c."key", c.after AS recorded, NULL AS found, c.official_id AS official '
        f"FROM ({newest}) newest JOIN roster_change c ON c.id = newest.id "
        "WHERE c.after IS NOT NULL"
    )
    if tracked.table not in catalog:
        return gone
    # Row by row through the index: joined as sets, SQLite compares each row with each.
    return (
        'SELECT r."key", c.after AS recorded, r.json AS found, r.official '
        f"FROM ({engine.rows(cursor, tracked, catalog)}) r "
        "LEFT JOIN roster_change c ON c.id = (SELECT max(n.id) FROM roster_change n "
        f'WHERE n."table" = \'{tracked.table}\' AND n."key" = r."key") '
        f"WHERE {engine.differs(_unmarked('c.after'), 'r.json')} "
        f'UNION ALL {gone} AND NOT EXISTS (SELECT 1 FROM "{tracked.table}" t WHERE t.id = c."key")'
    )

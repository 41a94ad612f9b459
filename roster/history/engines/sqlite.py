"""The ledger on SQLite: row triggers, and a one-row table that tells them the changeset.

Only SQL of a bare `sqlite3` shell stands in the triggers, so that a foreign client's writes are
captured and not broken. What such a client does with REPLACE is not seen by triggers unless it
sets `recursive_triggers`, as our connections do; replay finds it.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.db.backends.utils import CursorWrapper

from roster.history.engines.face import PASSWORD_MARK, PREFIX, REFUSAL, Fault
from roster.history.tracked import LEDGER, Catalog, Tracked, tracked_tables
from roster.models import Changeset

CONTEXT = f"{PREFIX}context"
_CONTEXT_SQL = (
    f"CREATE TABLE {CONTEXT} (only_row integer PRIMARY KEY CHECK (only_row = 1), changeset integer)"
)
_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
_FORM_REFUSAL = "The ledger takes no such entry: a column holds another kind of value."


class SQLite:
    captures_migrations = False

    def catalog(self, cursor: CursorWrapper) -> Catalog:
        cursor.execute(
            "SELECT t.name, c.name, c.type FROM sqlite_master t "
            "JOIN pragma_table_xinfo(t.name) c "
            "WHERE t.type = 'table' AND c.hidden = 0 ORDER BY t.name, c.cid"
        )
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in cursor.fetchall():
            found.setdefault(table, {})[column] = kind
        return {
            tracked.table: found[tracked.table]
            for tracked in tracked_tables()
            if tracked.table in found
        }

    def install(self, cursor: CursorWrapper) -> None:
        if _sql_of(cursor, "table").get(CONTEXT) != _CONTEXT_SQL:
            cursor.execute(f"DROP TABLE IF EXISTS {CONTEXT}")
            cursor.execute(_CONTEXT_SQL)
        self.remove(cursor)
        self.attribute(cursor, None)
        for sql in _triggers(self.catalog(cursor)).values():
            cursor.execute(sql)

    def remove(self, cursor: CursorWrapper) -> None:
        for name in _sql_of(cursor, "trigger"):
            cursor.execute(f'DROP TRIGGER "{name}"')

    def faults(self, cursor: CursorWrapper) -> list[Fault]:
        standing = _sql_of(cursor, "trigger")
        wanted = _triggers(self.catalog(cursor))
        found = []
        for name, sql in wanted.items():
            if standing.get(name) != sql:
                state = "altered" if name in standing else "missing"
                if "_guard_" in name:
                    found.append(Fault("guard", f"The guard {name} is {state}."))
                else:
                    found.append(Fault("trigger", f"The trigger {name} is {state}."))
        if _sql_of(cursor, "table").get(CONTEXT) != _CONTEXT_SQL:
            found.append(Fault("trigger", f"The table {CONTEXT} is altered or missing."))
        found += [
            Fault("trigger", f"The trigger {name} is not Roster's.")
            for name in {**standing, **_on_the_ledger(cursor)}
            if name not in wanted
        ]
        return found

    def begin(self, cursor: CursorWrapper) -> tuple[int, int]:
        cursor.execute(
            "SELECT (SELECT coalesce(max(id), 0) + 1 FROM roster_changeset), "
            "(SELECT coalesce(max(id), 0) FROM roster_change)"
        )
        changeset, below = cursor.fetchone()
        return changeset, below

    def attribute(self, cursor: CursorWrapper, changeset: int | None) -> None:
        cursor.execute(f"INSERT OR REPLACE INTO {CONTEXT} VALUES (1, %s)", [changeset])

    def begin_migration(self, cursor: CursorWrapper, changeset: int) -> None:
        """A table that is rebuilt loses its triggers, and some stand in the way of rebuilding."""
        self.attribute(cursor, None)
        self.remove(cursor)

    def end_migration(self, cursor: CursorWrapper) -> None:
        """Nothing is left to undo."""

    def lock_chain(self, cursor: CursorWrapper, user: int | None) -> None:
        """Nothing to wait for: the transaction is the database's only writer already."""

    def clock(self) -> str:
        return _NOW

    def clock_text(self, column: str) -> str:
        return f"CAST({column} AS text)"

    def clock_of(self, text: str) -> str:
        return text

    def exact(self, column: str) -> str:
        return f"CAST({column} AS blob)"

    def rows(self, cursor: CursorWrapper, tracked: Tracked, catalog: Catalog) -> str:
        return (
            f'SELECT r."id" AS "key", {_json(tracked, catalog, "r")} AS json, '
            f'{tracked.official_sql("r", catalog)} AS official FROM "{tracked.table}" r'
        )

    def differs(self, left: str, right: str) -> str:
        return f"{left} IS NOT {right}"


def _sql_of(cursor: CursorWrapper, kind: str) -> dict[str, str]:
    """What stands of ours: the SQL of each trigger or table by its name."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = %s ORDER BY name", [kind])
    return {name: sql for name, sql in cursor.fetchall() if name.startswith(PREFIX)}


def _on_the_ledger(cursor: CursorWrapper) -> dict[str, str]:
    """Every trigger on the ledger's own tables, whoever made it."""
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s, %s)",
        [model._meta.db_table for model in LEDGER],
    )
    return dict(cursor.fetchall())


def _triggers(catalog: Catalog) -> dict[str, str]:
    """The SQL of every trigger that must stand, by its name."""
    return {
        name: f'CREATE TRIGGER "{name}" {sql}'
        for name, sql in (
            *(
                trigger
                for tracked in tracked_tables()
                if tracked.table in catalog
                for trigger in _captures(tracked, catalog)
            ),
            *(trigger for model in LEDGER for trigger in _guards(model)),
        )
    }


def _captures(tracked: Tracked, catalog: Catalog) -> Iterator[tuple[str, str]]:
    table, name = tracked.table, f"{PREFIX}{tracked.table}"
    old, new = _json(tracked, catalog, "OLD"), _json(tracked, catalog, "NEW")
    differences = [f'OLD."{c}" IS NOT NEW."{c}"' for c in tracked.columns(catalog)]
    after = new
    if tracked.marked:
        replaced = f'OLD."{tracked.marked}" IS NOT NEW."{tracked.marked}"'
        differences.append(replaced)
        after = (
            f"substr({new}, 1, length({new}) - 1) || "
            f"CASE WHEN {replaced} THEN '{PASSWORD_MARK}' ELSE '' END || '}}'"
        )
    gone, come = tracked.official_sql("OLD", catalog), tracked.official_sql("NEW", catalog)
    inserted = _record(table, "'i', NEW.\"id\"", f"NULL, {new}, {come}")
    updated = _record(table, "'u', NEW.\"id\"", f"{old}, {after}, coalesce({come}, {gone})")
    deleted = _record(table, "'d', OLD.\"id\"", f"{old}, NULL, {gone}")
    changed = " OR ".join(differences)
    same_row = 'OLD."id" IS NEW."id"'
    yield f"{name}_insert", f'AFTER INSERT ON "{table}" BEGIN {inserted} END'
    yield (
        f"{name}_update",
        f'AFTER UPDATE ON "{table}" WHEN {same_row} AND ({changed}) BEGIN {updated} END',
    )
    # A changed primary key is one row gone and another come.
    yield (
        f"{name}_rekey",
        f'AFTER UPDATE ON "{table}" WHEN NOT {same_row} BEGIN {deleted} {inserted} END',
    )
    yield f"{name}_delete", f'AFTER DELETE ON "{table}" BEGIN {deleted} END'


def _record(table: str, act_and_key: str, states_and_official: str) -> str:
    context = f"(SELECT changeset FROM {CONTEXT})"
    return (
        'INSERT INTO roster_change (changeset_id, clock, "table", database_user, act, "key", '
        f"before, after, official_id) VALUES ({context}, {_NOW}, '{table}', "
        f"CASE WHEN {context} IS NULL THEN 'sqlite' END, {act_and_key}, {states_and_official});"
    )


def _json(tracked: Tracked, catalog: Catalog, row: str) -> str:
    def cell(column: str) -> str:
        value = f'{row}."{column}"'
        if catalog[tracked.table][column] == "bool":
            words = "WHEN 1 THEN 'true' WHEN 0 THEN 'false'"
            return f"json(CASE {value} {words} ELSE json_quote({value}) END)"
        return value

    columns = tracked.columns(catalog)
    return "json_object(" + ", ".join(f"'{column}', {cell(column)}" for column in columns) + ")"


def _guards(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    table, name = model._meta.db_table, f"{PREFIX}guard_{model._meta.db_table}"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    key = model._meta.pk.column
    # A key that SQLite is about to make reads -1 here.
    taken = f'NEW."{key}" > 0 AND EXISTS (SELECT 1 FROM "{table}" WHERE "{key}" = NEW."{key}")'
    if model is Changeset:
        taken += f' OR EXISTS (SELECT 1 FROM "{table}" WHERE "position" = NEW."position")'
    yield f"{name}_update", f'BEFORE UPDATE ON "{table}" {refuse}'
    yield f"{name}_delete", f'BEFORE DELETE ON "{table}" {refuse}'
    yield f"{name}_replace", f'BEFORE INSERT ON "{table}" WHEN {taken} {refuse}'
    ill_formed = " OR ".join(_ill_formed(model))
    refuse_form = f"BEGIN SELECT RAISE(ABORT, '{_FORM_REFUSAL}'); END"
    yield f"{name}_form", f'BEFORE INSERT ON "{table}" WHEN {ill_formed} {refuse_form}'


def _ill_formed(model: type[models.Model]) -> Iterator[str]:
    """Conditions of a new entry that SQLite takes and no reader of the ledger expects."""
    for field in model._meta.local_concrete_fields:
        value = f'NEW."{field.column}"'
        if isinstance(field, models.CharField | models.TextField | models.DateTimeField):
            yield f"typeof({value}) NOT IN ('text', 'null')"
        else:
            yield f"typeof({value}) NOT IN ('integer', 'null')"
        if isinstance(field, models.DateTimeField):
            yield f"datetime({value}) IS NULL"

"""The ledger on PostgreSQL: one capture function for all tables, fired once a statement.

The act's changeset is a setting local to the transaction; under a migration, to the session.
`capture_sql` says what the function does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from roster.history.engines.capture_sql import CAPTURE, CONFIGURATION, KEEP, REFUSE, bodies
from roster.history.engines.face import PREFIX, Fault
from roster.history.tracked import LEDGER, Catalog, Tracked, tracked_tables

_CHAIN_LOCK = 7_202_607_180
"""The advisory lock that puts closing changesets in a row."""

# Bits of pg_trigger.tgtype; none for a trigger that fires after, once a statement.
_BEFORE, _INSERT, _DELETE, _UPDATE, _TRUNCATE = 2, 4, 8, 16, 32


@dataclass(frozen=True)
class _Trigger:
    """A trigger as it must stand; `old` and `new` name its transition tables."""

    table: str
    name: str
    bits: int
    function: str
    arguments: tuple[str, ...] = ()
    old: str | None = None
    new: str | None = None

    @property
    def fault(self) -> Fault:
        if self.function == CAPTURE:
            message = f"The trigger {self.name} on {self.table} is missing, altered or disabled."
            return Fault("trigger", message)
        message = f"The guard {self.name} on {self.table} is missing, altered or disabled."
        return Fault("guard", message)

    def sql(self, schema: str) -> str:
        when = "BEFORE" if self.bits & _BEFORE else "AFTER"
        events = " OR ".join(event for event, bit in _EVENTS.items() if self.bits & bit)
        transitions = [
            f"{age} TABLE AS {name}" for age, name in (("OLD", self.old), ("NEW", self.new)) if name
        ]
        referencing = f"REFERENCING {' '.join(transitions)}" if transitions else ""
        arguments = ", ".join("'" + text.replace("'", "''") + "'" for text in self.arguments)
        return (
            f'CREATE TRIGGER "{self.name}" {when} {events} ON {schema}."{self.table}" '
            f"{referencing} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION {schema}.{self.function}({arguments})"
        )


_EVENTS = {"INSERT": _INSERT, "UPDATE": _UPDATE, "DELETE": _DELETE, "TRUNCATE": _TRUNCATE}


class PostgreSQL:
    captures_migrations = True

    def catalog(self, cursor: CursorWrapper) -> Catalog:
        cursor.execute(
            "SELECT c.relname, a.attname, a.atttypid::regtype::text "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (%s) "
            "AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
            "AND a.attgenerated = '' ORDER BY c.relname, a.attnum",
            [[tracked.table for tracked in tracked_tables()]],
        )
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in cursor.fetchall():
            found.setdefault(table, {})[column] = kind
        return found

    def install(self, cursor: CursorWrapper) -> None:
        schema = _schema(cursor)
        settings = " ".join(f"SET {name} = {value}" for name, value in CONFIGURATION.items())
        for name, body in bodies(schema).items():
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {schema}.{name}() RETURNS trigger LANGUAGE plpgsql "
                f"SECURITY DEFINER {settings} "
                f"AS $body${body}$body$"
            )
        self.remove(cursor)
        for trigger in _triggers(schema, self.catalog(cursor)):
            cursor.execute(trigger.sql(schema))
            cursor.execute(
                f'ALTER TABLE {schema}."{trigger.table}" ENABLE ALWAYS TRIGGER "{trigger.name}"'
            )

    def remove(self, cursor: CursorWrapper) -> None:
        schema = _schema(cursor)
        for table, name in _standing(cursor, schema):
            if name.startswith(PREFIX):
                cursor.execute(f'DROP TRIGGER "{name}" ON {schema}."{table}"')

    def faults(self, cursor: CursorWrapper) -> list[Fault]:
        schema = _schema(cursor)
        standing = _standing(cursor, schema)
        wanted = {(t.table, t.name): t for t in _triggers(schema, self.catalog(cursor))}
        found = [t.fault for place, t in wanted.items() if standing.get(place) != t]
        found += [
            Fault("trigger", f"The trigger or rule {name} on {table} is not Roster's.")
            for table, name in [*standing, *_rules(cursor)]
            if (table, name) not in wanted
        ]
        return found

    def begin(self, cursor: CursorWrapper) -> tuple[int, int]:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('roster_changeset', 'id')), "
            "coalesce(pg_sequence_last_value("
            "pg_get_serial_sequence('roster_change', 'id')::regclass), 0)"
        )
        changeset, below = cursor.fetchone()
        return changeset, below

    def attribute(self, cursor: CursorWrapper, changeset: int | None) -> None:
        cursor.execute("SELECT set_config('roster.changeset', %s, true)", [str(changeset or "")])

    def begin_migration(self, cursor: CursorWrapper, changeset: int) -> None:
        self._set_for_session(cursor, changeset=str(changeset), migrating="on")

    def end_migration(self, cursor: CursorWrapper) -> None:
        self._set_for_session(cursor, changeset="", migrating="")

    def _set_for_session(self, cursor: CursorWrapper, **settings: str) -> None:
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [f"roster.{name}", value])

    def lock_chain(self, cursor: CursorWrapper, user: int | None) -> None:
        # Deferred foreign keys wait at COMMIT for rows that others have locked, and those others
        # may be waiting for the chain.
        sql = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; "
        if user is not None:
            sql += f"SELECT 1 FROM auth_user WHERE id = {int(user)} FOR KEY SHARE; "
        cursor.execute(f"{sql}SELECT pg_advisory_xact_lock({_CHAIN_LOCK})")

    def clock(self) -> str:
        return "clock_timestamp()"

    def clock_text(self, column: str) -> str:
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"

    def clock_of(self, text: str) -> str:
        return f"CAST({text} AS timestamp) AT TIME ZONE 'UTC'"

    def exact(self, column: str) -> str:
        return column

    def rows(self, cursor: CursorWrapper, tracked: Tracked, catalog: Catalog) -> str:
        schema = f"{_schema(cursor)}."
        columns = ", ".join(f'"{column}"' for column in tracked.columns(catalog))
        return (
            f'SELECT r."id" AS "key", row_to_json(r)::text AS json, '
            f"{tracked.official_sql('r', catalog, schema)} AS official "
            f'FROM (SELECT {columns} FROM {schema}"{tracked.table}") r'
        )

    def differs(self, left: str, right: str) -> str:
        return f"{left} IS DISTINCT FROM {right}"


def _schema(cursor: CursorWrapper) -> str:
    """The schema of Roster's tables, quoted."""
    cursor.execute("SELECT current_schema()")
    name = str(cursor.fetchone()[0])
    return '"' + name.replace('"', '""') + '"'


def _standing(cursor: CursorWrapper, schema: str) -> dict[tuple[str, str], _Trigger | None]:
    """Our triggers and all on the ledger's tables, by table and name.

    None for one that is disabled, of an altered function, or for some rows or columns only.
    """
    cursor.execute(
        "SELECT c.relname, t.tgname, t.tgtype, p.proname, t.tgargs, t.tgoldtable, t.tgnewtable, "
        "t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr = '' AND NOT t.tgdeferrable "
        "AND p.prosecdef AND p.pronamespace = c.relnamespace "
        "AND ARRAY(SELECT lower(s) FROM unnest(p.proconfig) s) = %s "
        "AND l.lanname = 'plpgsql', p.prosrc "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace "
        "AND (starts_with(t.tgname, %s) OR c.relname = ANY (%s)) ORDER BY 1, 2",
        [
            [f"{name}={value}" for name, value in CONFIGURATION.items()],
            PREFIX,
            [model._meta.db_table for model in LEDGER],
        ],
    )
    intact = bodies(schema)
    return {
        (table, name): _Trigger(table, name, bits, function, _arguments(bytes(packed)), old, new)
        if reliable and intact.get(function) == body
        else None
        for table, name, bits, function, packed, old, new, reliable, body in cursor.fetchall()
    }


def _rules(cursor: CursorWrapper) -> list[tuple[str, str]]:
    """Rules that rewrite what is written to a table of the ledger or to a tracked one."""
    tables = [
        *(model._meta.db_table for model in LEDGER),
        *(tracked.table for tracked in tracked_tables()),
    ]
    cursor.execute(
        "SELECT tablename, rulename FROM pg_rules "
        "WHERE schemaname = current_schema() AND tablename = ANY (%s)",
        [tables],
    )
    return [(table, name) for table, name in cursor.fetchall()]


def _arguments(packed: bytes) -> tuple[str, ...]:
    return tuple(packed.decode().split("\0")[:-1])


def _triggers(schema: str, catalog: Catalog) -> Iterator[_Trigger]:
    for tracked in tracked_tables():
        if tracked.table not in catalog:
            continue
        arguments = (
            "{" + ",".join(tracked.left_out) + "}",
            tracked.marked or "",
            tracked.official_sql("r", catalog, f"{schema}."),
            tracked.official_sql("o", catalog, f"{schema}."),
        )
        old, new = "replaced", "written"
        for event, bits, tables in (
            ("insert", _INSERT, (None, new)),
            ("update", _UPDATE, (old, new)),
            ("delete", _DELETE, (old, None)),
        ):
            yield _Trigger(tracked.table, f"{PREFIX}{event}", bits, CAPTURE, arguments, *tables)
        yield _Trigger(tracked.table, f"{PREFIX}guard_truncate", _BEFORE | _TRUNCATE, KEEP)
    for model in LEDGER:
        bits = _BEFORE | _UPDATE | _DELETE | _TRUNCATE
        yield _Trigger(model._meta.db_table, f"{PREFIX}guard", bits, REFUSE)

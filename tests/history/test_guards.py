"""Guards: the database itself refuses to change the ledger, whoever asks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from roster.history import capture
from roster.history.engines import engine_of
from roster.history.engines.face import CLEARING_REFUSAL, REFUSAL
from roster.history.ledger import verify
from roster.history.tracked import LEDGER, tracked_tables
from roster.models import Change, Changeset, Official
from tests.history.force import by_force, on_postgresql, on_sqlite, run
from tests.history.samples import a_ledger, official

TABLES = [model._meta.db_table for model in LEDGER]
CHANGESET = (
    "kind, reason, closed_at, first_change, last_change, change_count, outside, previous_digest, "
    "digest"
)


@pytest.fixture
def ledger(own_database) -> None:
    a_ledger()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["UPDATE {} SET changeset_id = 1", "DELETE FROM {}"])
def test_the_shell_cannot_update_or_delete(ledger, shell, table, act):
    if table == "roster_changeset":
        act = act.replace("changeset_id", "user_id")
    done = shell(f"{act.format(table)};\n")
    assert REFUSAL in done.stderr
    assert verify().changesets == 5


@pytest.mark.parametrize("table", TABLES)
def test_the_shell_cannot_insert_over_a_key(ledger, shell, table):
    done = shell(f"INSERT INTO {table} SELECT * FROM {table};\n")
    assert done.returncode != 0
    assert REFUSAL in done.stderr or "duplicate key" in done.stderr


@pytest.mark.parametrize("table", TABLES)
def test_an_upsert_is_refused(ledger, shell, table):
    column = "kind" if table == "roster_changeset" else "changeset_id"
    done = shell(
        f"INSERT INTO {table} SELECT * FROM {table} WHERE true "
        f"ON CONFLICT DO UPDATE SET {column} = {table}.{column};\n"
        if connection.vendor == "sqlite"
        else f"INSERT INTO {table} SELECT * FROM {table} "
        f"ON CONFLICT ({'change_id' if 'bound' in table else 'id'}) DO UPDATE "
        f"SET {column} = {table}.{column};\n"
    )
    assert REFUSAL in done.stderr


def test_an_insert_over_a_position_is_refused(ledger, shell):
    done = shell(
        f"INSERT INTO roster_changeset (id, position, {CHANGESET}) "
        f"SELECT 900, position, {CHANGESET} FROM roster_changeset WHERE position = 3;\n"
    )
    assert done.returncode != 0
    assert REFUSAL in done.stderr or "duplicate key" in done.stderr


@on_sqlite
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("table", TABLES)
def test_replace_is_refused(ledger, shell, table, recursive):
    done = shell(
        f"PRAGMA recursive_triggers = {recursive};\nREPLACE INTO {table} SELECT * FROM {table};\n"
    )
    assert REFUSAL in done.stderr


@on_sqlite
def test_replace_over_a_position_is_refused(ledger, shell):
    done = shell(
        f"REPLACE INTO roster_changeset (id, position, {CHANGESET}) "
        f"SELECT 900, position, {CHANGESET} FROM roster_changeset WHERE position = 3;\n"
    )
    assert REFUSAL in done.stderr


@on_postgresql
@pytest.mark.parametrize("table", TABLES)
def test_the_ledger_cannot_be_truncated(ledger, shell, table):
    assert REFUSAL in shell(f"TRUNCATE {table} CASCADE;\n").stderr


@on_postgresql
@pytest.mark.parametrize("tracked", tracked_tables(), ids=lambda tracked: tracked.table)
def test_a_tracked_table_cannot_be_truncated(ledger, shell, tracked):
    done = shell(f"TRUNCATE {tracked.table} CASCADE;\n")
    assert CLEARING_REFUSAL in done.stderr or REFUSAL in done.stderr


@on_postgresql
def test_a_replica_session_is_captured_and_refused_all_the_same(ledger, shell):
    replica = "SET session_replication_role = replica;\n"
    assert REFUSAL in shell(f"{replica}DELETE FROM roster_change;\n").stderr
    assert shell(f"{replica}UPDATE roster_official SET country = 'FR';\n").returncode == 0
    assert Change.objects.latest("id").table == "roster_official"


@pytest.mark.django_db
def test_djangos_own_connection_is_refused():
    official()
    change = Change.objects.latest("id")
    entry = Changeset.objects.latest("position")
    for act in (change.save, change.delete, entry.save, Change.objects.all().delete):
        with (
            pytest.raises(DatabaseError, match="The ledger cannot be changed"),
            transaction.atomic(),
        ):
            act()


@pytest.mark.django_db
def test_all_triggers_and_guards_stand_after_migrating():
    assert capture.faults(connection) == []


@pytest.mark.django_db
def test_triggers_that_are_off_are_all_named():
    capture.remove(connection)
    kinds = {"trigger": 0, "guard": 0}
    for fault in capture.faults(connection):
        kinds[fault.kind] += 1
        assert fault.message.startswith(f"The {fault.kind} roster_ledger_")
    captures, guards = (4, 4) if connection.vendor == "sqlite" else (3, 1)
    truncate = len(tracked_tables()) if connection.vendor == "postgresql" else 0
    assert kinds == {
        "trigger": captures * len(tracked_tables()),
        "guard": guards * len(LEDGER) + truncate,
    }
    capture.install(connection)
    assert capture.faults(connection) == []


@pytest.mark.django_db
def test_installing_twice_is_installing_once():
    capture.install(connection)
    capture.install(connection)
    assert capture.faults(connection) == []
    official()
    assert Change.objects.filter(table="roster_official").count() == 1


FAULTS_ON_SQLITE = {
    "DROP TRIGGER roster_ledger_roster_official_update": (
        "trigger",
        "The trigger roster_ledger_roster_official_update is missing.",
    ),
    "DROP TRIGGER roster_ledger_guard_roster_change_delete": (
        "guard",
        "The guard roster_ledger_guard_roster_change_delete is missing.",
    ),
    "DROP TRIGGER roster_ledger_auth_user_delete;"
    "CREATE TRIGGER roster_ledger_auth_user_delete AFTER DELETE ON auth_user "
    "BEGIN SELECT 1; END": (
        "trigger",
        "The trigger roster_ledger_auth_user_delete is altered.",
    ),
    "CREATE TRIGGER quiet BEFORE INSERT ON roster_change BEGIN SELECT RAISE(IGNORE); END": (
        "trigger",
        "The trigger quiet is not Roster's.",
    ),
    "CREATE TRIGGER roster_ledger_more AFTER INSERT ON roster_source BEGIN SELECT 1; END": (
        "trigger",
        "The trigger roster_ledger_more is not Roster's.",
    ),
    "DROP TABLE roster_ledger_context;"
    "CREATE TABLE roster_ledger_context (only_row integer, changeset integer)": (
        "trigger",
        "The table roster_ledger_context is altered or missing.",
    ),
    "ALTER TABLE roster_official ADD COLUMN hidden text": (
        "trigger",
        "The trigger roster_ledger_roster_official_insert is altered.",
    ),
}


@on_sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("sql", FAULTS_ON_SQLITE)
def test_what_stands_otherwise_on_sqlite_is_found(sql):
    for statement in sql.split(";CREATE"):
        run(statement if statement[:2] in ("DR", "CR", "AL") else f"CREATE{statement}")
    fault = capture.faults(connection)[0]
    assert (fault.kind, fault.message) == FAULTS_ON_SQLITE[sql]
    assert fault.kind in {problem.kind for problem in verify().problems}


CAPTURE_OF_OFFICIALS = (
    "AFTER UPDATE ON roster_official REFERENCING OLD TABLE AS replaced NEW TABLE AS written "
    "FOR EACH STATEMENT EXECUTE FUNCTION roster_ledger_capture"
)
FAULTS_ON_POSTGRESQL = {
    "DROP TRIGGER roster_ledger_update ON roster_official": "trigger roster_ledger_update on "
    "roster_official",
    "ALTER TABLE roster_official DISABLE TRIGGER roster_ledger_update": "trigger "
    "roster_ledger_update on roster_official",
    "ALTER TABLE roster_official DISABLE TRIGGER USER": "trigger roster_ledger_insert on "
    "roster_official",
    "ALTER TABLE roster_official ENABLE TRIGGER roster_ledger_update": "trigger "
    "roster_ledger_update on roster_official",
    "ALTER TABLE roster_official ENABLE REPLICA TRIGGER roster_ledger_update": "trigger "
    "roster_ledger_update on roster_official",
    "ALTER TABLE roster_change DISABLE TRIGGER roster_ledger_guard": "guard roster_ledger_guard "
    "on roster_change",
    "ALTER TABLE roster_official DISABLE TRIGGER roster_ledger_guard_truncate": "guard "
    "roster_ledger_guard_truncate on roster_official",
    "CREATE OR REPLACE FUNCTION roster_ledger_capture() RETURNS trigger LANGUAGE plpgsql "
    "SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = UTC "
    "AS 'BEGIN RETURN NULL; END'": "trigger roster_ledger_insert on roster_official",
    "CREATE OR REPLACE FUNCTION roster_ledger_refuse() RETURNS trigger LANGUAGE plpgsql "
    "SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = UTC "
    "AS 'BEGIN RETURN NULL; END'": "guard roster_ledger_guard on roster_change",
    "ALTER FUNCTION roster_ledger_capture() RESET search_path": "trigger roster_ledger_insert on "
    "roster_official",
    "ALTER FUNCTION roster_ledger_capture() SET timezone = 'Asia/Tehran'": "trigger "
    "roster_ledger_insert on roster_official",
    "ALTER FUNCTION roster_ledger_capture() SECURITY INVOKER": "trigger roster_ledger_insert on "
    "roster_official",
    "DROP TRIGGER roster_ledger_update ON roster_official; "
    f"CREATE TRIGGER roster_ledger_update {CAPTURE_OF_OFFICIALS}('{{}}', '', 'NULL', 'NULL'); "
    "ALTER TABLE roster_official ENABLE ALWAYS TRIGGER roster_ledger_update": "trigger "
    "roster_ledger_update on roster_official",
    "CREATE TRIGGER quiet BEFORE INSERT ON roster_change FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()": "quiet on roster_change",
    "CREATE RULE quiet AS ON INSERT TO roster_change DO INSTEAD NOTHING": "quiet on roster_change",
    "CREATE RULE quiet AS ON DELETE TO roster_official DO INSTEAD NOTHING": "quiet on "
    "roster_official",
}


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("sql", FAULTS_ON_POSTGRESQL)
def test_what_stands_otherwise_on_postgresql_is_found(sql):
    run(sql)
    place = FAULTS_ON_POSTGRESQL[sql]
    faults = capture.faults(connection)
    assert any(place in fault.message for fault in faults)
    assert {problem.kind for problem in verify().problems} == {fault.kind for fault in faults}


@on_postgresql
@pytest.mark.django_db
def test_triggers_of_others_on_the_ledger_are_named_and_left_where_they_are():
    run(
        "CREATE TRIGGER theirs BEFORE INSERT ON roster_change FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    )
    capture.install(connection)
    (fault,) = capture.faults(connection)
    assert fault.message == "The trigger or rule theirs on roster_change is not Roster's."


@on_postgresql
@pytest.mark.django_db
def test_triggers_of_others_on_tracked_tables_are_theirs():
    run(
        "CREATE TRIGGER theirs BEFORE UPDATE ON roster_official FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    )
    assert capture.faults(connection) == []


def test_other_databases_have_no_ledger():
    other = SimpleNamespace(vendor="oracle")
    with pytest.raises(NotImplementedError, match="Roster keeps no ledger on oracle"):
        engine_of(other)


@pytest.mark.django_db
def test_what_was_written_while_guards_were_lifted_is_found():
    official()
    with by_force():
        Official.objects.update(country="CA")
    assert "replay" in {problem.kind for problem in verify().problems}

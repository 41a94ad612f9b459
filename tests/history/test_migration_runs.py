"""Runs of `migrate` that break off, come again, or find what others did before."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection, migrations, models

from roster.history import capture
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Change, Changeset
from tests.history.force import by_force, on_postgresql, on_sqlite, run
from tests.history.planned import BROKEN_OFF, OPERATIONS
from tests.history.samples import official


def entries() -> list[Changeset]:
    return list(Changeset.objects.order_by("position"))


@pytest.fixture
def broken_off(migrate_filled):
    """A first migration was done, the second raised."""
    with pytest.raises(ZeroDivisionError):
        migrate_filled(*BROKEN_OFF)
    return migrate_filled


def test_a_migration_that_broke_off_is_found(broken_off):
    kinds = {problem.kind for problem in verify().problems}
    expected = {"trigger", "guard", "replay"} if connection.vendor == "sqlite" else {"chain"}
    assert kinds == expected


@pytest.mark.parametrize(
    "later", [OPERATIONS["data in SQL"], OPERATIONS["add a field with a default"], None]
)
def test_a_migration_that_broke_off_is_finished_by_the_next_run(broken_off, later):
    position = Changeset.objects.latest("position").position
    broken_off(*[BROKEN_OFF[0], *([later] if later else [])])
    assert verify().problems == []
    (entry,) = entries()[position:]
    assert entry.kind == "migration"
    titles = [json.loads(c.after)["title"] for c in entry.changes_in_order]
    assert set(titles) == {"Consul"}


def test_a_migration_may_break_off_more_than_once(broken_off):
    with pytest.raises(ZeroDivisionError):
        broken_off(BROKEN_OFF[0], OPERATIONS["data in SQL"], BROKEN_OFF[1])
    broken_off(BROKEN_OFF[0], OPERATIONS["data in SQL"])
    assert verify().problems == []


@on_sqlite
def test_nothing_is_written_while_a_migration_is_broken_off(broken_off):
    with pytest.raises(capture.LedgerMissing), changeset(reason="Add."):
        pytest.fail("entered")


@on_postgresql
def test_others_write_while_a_migration_is_broken_off(broken_off):
    connection.close()
    with changeset(reason="Add.") as act:
        official("other")
    broken_off(BROKEN_OFF[0])
    assert verify().problems == []
    assert entries()[-1].position == act.position + 1


@on_postgresql
def test_each_step_of_a_data_migration_is_captured(migrate_filled):
    migrate_filled(
        [
            migrations.RunSQL("UPDATE roster_role SET title = 'Consul'"),
            migrations.RunSQL("UPDATE roster_role SET title = 'Envoy'"),
        ]
    )
    titles = [json.loads(change.after)["title"] for change in entries()[-1].changes_in_order]
    assert titles == ["Consul", "Envoy"]


@on_postgresql
def test_a_way_to_the_official_that_is_broken_does_not_stop_a_data_migration(migrate_filled):
    migrate_filled(
        [
            *OPERATIONS["rename a field that leads to the official"],
            migrations.RunSQL("UPDATE roster_protectionextension SET summary = 'Edited.'"),
        ]
    )
    assert verify().problems == []
    change = Change.objects.filter(table="roster_protectionextension").latest("id")
    assert (json.loads(change.after)["summary"], change.official_id) == ("Edited.", None)


def test_what_was_written_with_triggers_off_is_no_work_of_the_next_migration(migrate_filled):
    with by_force():
        run("UPDATE roster_official SET country = 'CA' WHERE ref = 'ann-lee'")
    migrate_filled(OPERATIONS["data in SQL"])
    (problem,) = verify().problems
    assert (problem.kind, problem.record) == ("outside", "official:ann-lee")
    assert problem.message == (
        "official:ann-lee was written outside any changeset by database user unknown "
        "(country (empty) → CA)."
    )
    assert [c.table for c in entries()[-1].changes_in_order] == ["roster_role"]


def test_what_was_written_with_triggers_off_is_found_after_a_run_without_migrations(migrate_filled):
    with by_force():
        run("UPDATE roster_official SET country = 'CA' WHERE ref = 'ann-lee'")
    migrate_filled()
    assert [problem.kind for problem in verify().problems] == ["replay"]


def test_triggers_that_are_off_are_put_on_and_what_was_written_meanwhile_is_outside(migrate_filled):
    capture.remove(connection)
    run("UPDATE roster_official SET country = 'CA' WHERE ref = 'ann-lee'")
    migrate_filled()
    assert [problem.kind for problem in verify().problems] == ["outside"]


@pytest.mark.parametrize("seal", ["", "0" * 64])
def test_a_forged_note_of_a_migration_under_way_is_not_believed(migrate_filled, seal):
    capture.remove(connection)
    run("CREATE TABLE roster_ledger_migration (changeset bigint, below bigint, seal text)")
    run(f"INSERT INTO roster_ledger_migration VALUES (900, 1, '{seal}')")
    run("UPDATE roster_official SET country = 'CA' WHERE ref = 'ann-lee'")
    migrate_filled(OPERATIONS["data in SQL"])
    assert [problem.kind for problem in verify().problems] == ["outside"]


def test_the_note_of_a_finished_migration_is_not_believed_again(broken_off):
    (note,) = run("SELECT * FROM roster_ledger_migration")
    broken_off(BROKEN_OFF[0])
    assert verify().problems == []
    capture.remove(connection)
    run("CREATE TABLE roster_ledger_migration (changeset bigint, below bigint, seal text)")
    run("INSERT INTO roster_ledger_migration VALUES (%s, %s, %s)", *note)
    run("UPDATE roster_official SET country = 'CA' WHERE ref = 'ann-lee'")
    broken_off(BROKEN_OFF[0])
    assert [problem.kind for problem in verify().problems] == ["outside"]


def test_a_table_that_is_tracked_from_now_on_is_the_migrations_work(migrate_filled, monkeypatch):
    with by_force():
        run("CREATE TABLE extra (id bigint PRIMARY KEY, name text)")
        run("INSERT INTO extra VALUES (1, 'One')")

    class Extra(models.Model):
        name = models.TextField()

        class Meta:
            app_label = "roster_of_a_test"
            db_table = "extra"

    from roster.history import tracked

    more = (*tracked.tracked_tables(), tracked.Tracked(Extra))
    for module in ("verifying.replay", "engines.sqlite", "engines.postgresql"):
        monkeypatch.setattr(f"roster.history.{module}.tracked_tables", lambda: more)
    migrate_filled(OPERATIONS["data in SQL"])
    assert verify().problems == []
    assert {c.table for c in entries()[-1].changes_in_order} == {"roster_role", "extra"}


def test_a_fresh_database_begins_with_one_changeset_of_what_migrating_makes(migrate):
    (entry,) = entries()
    made = (Permission, Group, Group.permissions.through)
    assert (entry.position, entry.kind) == (1, "migration")
    tables = {change.table for change in entry.changes_in_order}
    assert tables == {model._meta.db_table for model in made}
    assert entry.change_count == sum(model.objects.count() for model in made)
    assert verify().ok


def test_migrating_again_writes_nothing(migrate_filled):
    before = Change.objects.count()
    migrate_filled()
    assert Change.objects.count() == before


def test_a_lost_permission_is_made_again_inside_a_changeset(migrate_filled):
    with changeset(reason="Lose one."):
        Permission.objects.first().delete()
    migrate_filled()
    assert verify().ok
    assert {change.act for change in entries()[-1].changes_in_order} == {"i"}


def test_a_flushed_database_begins_a_ledger_anew(migrate_filled):
    a = entries()[0]
    call_command("flush", interactive=False, verbosity=0)
    (entry,) = entries()
    assert entry.change_count == a.change_count
    assert verify().ok


def test_tables_of_another_database_are_none_of_the_ledgers(migrate_filled):
    from django.apps import apps

    from roster.history.migrating import after_migrating, before_migrating

    first = apps.get_app_config("roster")
    before_migrating(sender=first, using="another", plan=[1])
    after_migrating(sender=first, using="another", plan=[1])
    assert verify().ok


def test_a_ledger_can_be_taken_down_and_made_anew(migrate_filled):
    """As a developer does: back to nothing, and forth again."""
    migrate_filled(target="zero")
    Permission.objects.filter(codename="add_user").delete()
    migrate_filled()
    assert [entry.kind for entry in entries()] == ["migration"]
    assert verify().ok

"""Migrations of a filled roster: nothing is lost, and all they write is one changeset."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, migrations, models

from roster import migrations as real
from roster.fields import LineField
from roster.history import capture
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Change, Changeset, Official, Role
from tests.history.force import by_force, on_postgresql, on_sqlite, run
from tests.history.samples import official, one_of_each

REAL = sorted(file.stem for file in Path(real.__file__).parent.glob("0*.py"))


@pytest.fixture
def migrate(own_database, tmp_path, monkeypatch, settings):
    """Runs `migrate` over the real migrations and the given ones, each a list of operations."""
    package = "migrations_of_a_test"
    folder = tmp_path / package
    folder.mkdir()
    for name in REAL:
        (folder / f"{name}.py").touch()
        module = importlib.import_module(f"{real.__name__}.{name}")
        monkeypatch.setitem(sys.modules, f"{package}.{name}", module)
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"roster": package}

    def run_migrations(*planned: list, target: str | None = None) -> None:
        newest = REAL[-1]
        for number, operations in enumerate(planned, 1):
            name = f"9{number:03}_planned"
            module = ModuleType(f"{package}.{name}")
            module.Migration = type(
                "Migration",
                (migrations.Migration,),
                {"dependencies": [("roster", newest)], "operations": operations},
            )
            monkeypatch.setitem(sys.modules, f"{package}.{name}", module)
            (folder / f"{name}.py").touch()
            newest = name
        for stale in folder.glob("9*.py"):
            if stale.stem > newest:
                stale.unlink()
        call_command("migrate", "roster", target or newest, verbosity=0)

    yield run_migrations
    sys.modules.pop(package, None)
    ContentType.objects.clear_cache()


@pytest.fixture
def filled(migrate):
    """A ledger in which every write is inside a changeset, so that a sound one has no problems."""
    with changeset(reason="Begin."):
        official("first")
    with changeset(reason="Fill."):
        one_of_each()
    assert verify().ok
    return migrate


def entries() -> list[Changeset]:
    return list(Changeset.objects.order_by("position"))


def _retitle(apps, schema_editor) -> None:
    apps.get_model("roster", "Role").objects.update(title="Consul")


def _fail(apps, schema_editor) -> None:
    raise ZeroDivisionError


def _nothing(apps, schema_editor) -> None:
    """Back is as forth."""


OPERATIONS = {
    "add a field with a default": [
        migrations.AddField("role", "rank", models.CharField(max_length=9, default="none"))
    ],
    "add a boolean": [migrations.AddField("role", "acting", models.BooleanField(default=True))],
    "add an empty field": [
        migrations.AddField("role", "rank", models.CharField(max_length=9, null=True))
    ],
    "alter a field": [migrations.AlterField("role", "title", LineField(max_length=400))],
    "alter a field to another type": [
        migrations.AddField("role", "weight", models.IntegerField(default=5)),
        migrations.AlterField("role", "weight", models.TextField(default="5")),
    ],
    "rename a field": [migrations.RenameField("role", "summary", "description")],
    "rename a field that leads to the official": [
        migrations.RemoveConstraint("protection", "protection_period_is_possible"),
        migrations.RenameField("protection", "official", "subject"),
    ],
    "remove a field": [migrations.RemoveField("role", "organization")],
    "add a constraint": [
        migrations.AddConstraint(
            "role", models.CheckConstraint(condition=~models.Q(title="X"), name="role_is_not_x")
        )
    ],
    "remove a constraint": [migrations.RemoveConstraint("role", "role_period_is_possible")],
    "add an index": [
        migrations.AddIndex("role", models.Index(fields=["title"], name="role_by_title"))
    ],
    "rename a model": [migrations.RenameModel("Role", "Tenure")],
    "rename a table": [migrations.AlterModelTable("Role", "tenures")],
    "make a table": [
        migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True))])
    ],
    "data in Python": [migrations.RunPython(_retitle, _nothing)],
    "data in SQL": [
        migrations.RunSQL("UPDATE roster_role SET title = 'Consul'", migrations.RunSQL.noop)
    ],
    "rows deleted in SQL": [
        migrations.RunSQL("DELETE FROM roster_citation", migrations.RunSQL.noop)
    ],
    "a field, then data in it": [
        migrations.AddField("role", "rank", models.CharField(max_length=9, default="none")),
        migrations.RunSQL("UPDATE roster_role SET rank = 'first'", migrations.RunSQL.noop),
    ],
    "data, then a field": [
        migrations.RunPython(_retitle, _nothing),
        migrations.AddField("role", "rank", models.CharField(max_length=9, default="none")),
    ],
    "a field of the ledger itself": [
        migrations.AddField("change", "remark", models.TextField(default="", db_default=""))
    ],
}


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_a_migration_there_and_back_leaves_a_sound_ledger(filled, operations):
    before = list(Change.objects.order_by("id").values_list("id", "before", "after"))
    for target in (None, REAL[-1]):
        position = entries()[-1].position
        filled(operations, target=target)
        assert verify().problems == []
        assert capture.faults(connection) == []
        assert [entry.kind for entry in entries()[position:]] in ([], ["migration"])
    kept = Change.objects.order_by("id").values_list("id", "before", "after")
    assert list(kept[: len(before)]) == before
    with changeset(reason="Edit."):
        Role.objects.update(organization="Embassy", summary="Edited.")
    assert verify().problems == []


def test_a_new_column_is_recorded_for_every_row(filled):
    filled(OPERATIONS["add a field with a default"])
    change = Change.objects.filter(table="roster_role").latest("id")
    assert json.loads(change.after) == {**json.loads(change.before), "rank": "none"}
    assert change.official == Official.objects.get(ref="ann-lee")
    assert change.changeset.kind == "migration"
    assert change.changeset.reason == "Migrate the database."


def test_a_column_that_only_the_database_knows_is_captured(filled):
    filled(OPERATIONS["add a field with a default"])
    run("UPDATE roster_role SET rank = 'first'")
    change = Change.objects.latest("id")
    assert (json.loads(change.before)["rank"], json.loads(change.after)["rank"]) == (
        "none",
        "first",
    )


def test_a_write_after_the_way_to_the_official_was_renamed_is_captured(filled):
    filled(OPERATIONS["rename a field that leads to the official"])
    run("UPDATE roster_protectionextension SET summary = 'Edited.'")
    change = Change.objects.latest("id")
    assert (change.table, change.official_id) == ("roster_protectionextension", None)


def test_a_data_migration_is_one_changeset_that_holds_its_changes(filled):
    filled(OPERATIONS["data in Python"])
    entry = entries()[-1]
    (change,) = entry.changes_in_order
    assert (entry.kind, change.act, change.table) == ("migration", "u", "roster_role")
    assert json.loads(change.before)["title"] == "Envoy"
    assert json.loads(change.after)["title"] == "Consul"
    assert change.official == Official.objects.get(ref="ann-lee")


def test_a_renamed_table_goes_on_under_its_new_name(filled, monkeypatch):
    monkeypatch.setattr(Role._meta, "db_table", "roster_tenure")
    filled(OPERATIONS["rename a model"])
    gone, come = (c for c in entries()[-1].changes_in_order if c.table.startswith("roster"))
    assert (gone.table, gone.act, come.table, come.act) == (
        "roster_role",
        "d",
        "roster_tenure",
        "i",
    )
    assert gone.before == come.after
    run("UPDATE roster_tenure SET summary = 'Edited.'")
    assert Change.objects.latest("id").table == "roster_tenure"
    assert {problem.kind for problem in verify().problems} == {"outside"}


def test_a_migration_that_changes_no_row_is_no_changeset(filled):
    position = entries()[-1].position
    filled(OPERATIONS["add a constraint"])
    assert entries()[-1].position == position


def test_permissions_of_a_new_model_belong_to_the_migration(filled):
    filled(OPERATIONS["make a table"])
    assert {change.table for change in entries()[-1].changes_in_order} == {"auth_permission"}
    assert entries()[-1].kind == "migration"
    assert verify().ok


BROKEN_OFF = [OPERATIONS["data in Python"], [migrations.RunPython(_fail, _nothing)]]


@pytest.fixture
def broken_off(filled):
    """A first migration was done, the second raised."""
    with pytest.raises(ZeroDivisionError):
        filled(*BROKEN_OFF)
    return filled


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
def test_each_step_of_a_data_migration_is_captured(filled):
    filled(
        [
            migrations.RunSQL("UPDATE roster_role SET title = 'Consul'"),
            migrations.RunSQL("UPDATE roster_role SET title = 'Envoy'"),
        ]
    )
    titles = [json.loads(change.after)["title"] for change in entries()[-1].changes_in_order]
    assert titles == ["Consul", "Envoy"]


@on_postgresql
def test_a_way_to_the_official_that_is_broken_does_not_stop_a_data_migration(filled):
    filled(
        [
            *OPERATIONS["rename a field that leads to the official"],
            migrations.RunSQL("UPDATE roster_protectionextension SET summary = 'Edited.'"),
        ]
    )
    assert verify().problems == []
    change = Change.objects.filter(table="roster_protectionextension").latest("id")
    assert (json.loads(change.after)["summary"], change.official_id) == ("Edited.", None)


# What happened before a migration is not its work.


def test_what_was_written_with_triggers_off_is_no_work_of_the_next_migration(filled):
    with by_force():
        run("UPDATE roster_official SET country = 'CA' WHERE ref = 'ann-lee'")
    filled(OPERATIONS["data in SQL"])
    (problem,) = verify().problems
    assert (problem.kind, problem.record) == ("outside", "official:ann-lee")
    assert problem.message == (
        "official:ann-lee was written outside any changeset by database user unknown "
        "(country (empty) → CA)."
    )
    assert [c.table for c in entries()[-1].changes_in_order] == ["roster_role"]


def test_what_was_written_with_triggers_off_is_found_after_a_run_without_migrations(filled):
    with by_force():
        run("UPDATE roster_official SET country = 'CA' WHERE ref = 'ann-lee'")
    filled()
    assert [problem.kind for problem in verify().problems] == ["replay"]


def test_triggers_that_are_off_are_put_on_and_what_was_written_meanwhile_is_outside(filled):
    capture.remove(connection)
    run("UPDATE roster_official SET country = 'CA' WHERE ref = 'ann-lee'")
    filled()
    assert [problem.kind for problem in verify().problems] == ["outside"]


@pytest.mark.parametrize("seal", ["", "0" * 64])
def test_a_forged_note_of_a_migration_under_way_is_not_believed(filled, seal):
    capture.remove(connection)
    run("CREATE TABLE roster_ledger_migration (changeset bigint, below bigint, seal text)")
    run(f"INSERT INTO roster_ledger_migration VALUES (900, 1, '{seal}')")
    run("UPDATE roster_official SET country = 'CA' WHERE ref = 'ann-lee'")
    filled(OPERATIONS["data in SQL"])
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


def test_a_table_that_is_tracked_from_now_on_is_the_migrations_work(filled, monkeypatch):
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
    for module in ("replay", "engines.sqlite", "engines.postgresql"):
        monkeypatch.setattr(f"roster.history.{module}.tracked_tables", lambda: more)
    filled(OPERATIONS["data in SQL"])
    assert verify().problems == []
    assert {c.table for c in entries()[-1].changes_in_order} == {"roster_role", "extra"}


# The commands that Django's own tools run.


def test_a_fresh_database_begins_with_one_changeset_of_its_permissions(migrate):
    (entry,) = entries()
    assert (entry.position, entry.kind) == (1, "migration")
    assert {change.table for change in entry.changes_in_order} == {"auth_permission"}
    assert entry.change_count == Permission.objects.count()


def test_migrating_again_writes_nothing(filled):
    before = Change.objects.count()
    filled()
    assert Change.objects.count() == before


def test_a_lost_permission_is_made_again_inside_a_changeset(filled):
    with changeset(reason="Lose one."):
        Permission.objects.first().delete()
    filled()
    assert verify().ok
    assert [change.act for change in entries()[-1].changes_in_order] == ["i"]


def test_a_flushed_database_begins_a_ledger_anew(filled):
    a = entries()[0]
    call_command("flush", interactive=False, verbosity=0)
    (entry,) = entries()
    assert entry.change_count == a.change_count
    assert verify().ok


def test_tables_of_another_database_are_none_of_the_ledgers(filled):
    from django.apps import apps

    from roster.history.migrating import after_migrating, before_migrating

    first = apps.get_app_config("roster")
    before_migrating(sender=first, using="another", plan=[1])
    after_migrating(sender=first, using="another", plan=[1])
    assert verify().ok


def test_a_ledger_can_be_taken_down_and_made_anew(filled):
    """As a developer does: back to nothing, and forth again."""
    filled(target="zero")
    Permission.objects.filter(codename="add_user").delete()
    filled()
    (entry,) = entries()
    assert entry.change_count == Permission.objects.count()
    assert verify().ok

"""Migrations of a filled roster: nothing is lost, and all they write is one changeset."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from roster.history import capture
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Change, Changeset, Official, Role
from tests.history.force import run
from tests.history.planned import OPERATIONS, REAL


def entries() -> list[Changeset]:
    return list(Changeset.objects.order_by("position"))


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_a_migration_there_and_back_leaves_a_sound_ledger(migrate_filled, operations):
    before = list(Change.objects.order_by("id").values_list("id", "before", "after"))
    for target in (None, REAL[-1]):
        position = entries()[-1].position
        migrate_filled(operations, target=target)
        assert verify().problems == []
        assert capture.faults(connection) == []
        assert [entry.kind for entry in entries()[position:]] in ([], ["migration"])
    kept = Change.objects.order_by("id").values_list("id", "before", "after")
    assert list(kept[: len(before)]) == before
    with changeset(reason="Edit."):
        Role.objects.update(organization="Embassy", summary="Edited.")
    assert verify().problems == []


def test_a_new_column_is_recorded_for_every_row(migrate_filled):
    migrate_filled(OPERATIONS["add a field with a default"])
    change = Change.objects.filter(table="roster_role").latest("id")
    assert json.loads(change.after) == {**json.loads(change.before), "rank": "none"}
    assert change.official == Official.objects.get(ref="ann-lee")
    assert change.changeset.kind == "migration"
    assert change.changeset.reason == "Migrate the database."


def test_a_column_that_only_the_database_knows_is_captured(migrate_filled):
    migrate_filled(OPERATIONS["add a field with a default"])
    run("UPDATE roster_role SET rank = 'first'")
    change = Change.objects.latest("id")
    assert (json.loads(change.before)["rank"], json.loads(change.after)["rank"]) == (
        "none",
        "first",
    )


def test_a_write_after_the_way_to_the_official_was_renamed_is_captured(migrate_filled):
    migrate_filled(OPERATIONS["rename a field that leads to the official"])
    run("UPDATE roster_protectionextension SET summary = 'Edited.'")
    change = Change.objects.latest("id")
    assert (change.table, change.official_id) == ("roster_protectionextension", None)


def test_a_data_migration_is_one_changeset_that_holds_its_changes(migrate_filled):
    migrate_filled(OPERATIONS["data in Python"])
    entry = entries()[-1]
    (change,) = entry.changes_in_order
    assert (entry.kind, change.act, change.table) == ("migration", "u", "roster_role")
    assert json.loads(change.before)["title"] == "Envoy"
    assert json.loads(change.after)["title"] == "Consul"
    assert change.official == Official.objects.get(ref="ann-lee")


def test_a_renamed_table_goes_on_under_its_new_name(migrate_filled, monkeypatch):
    monkeypatch.setattr(Role._meta, "db_table", "roster_tenure")
    migrate_filled(OPERATIONS["rename a model"])
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


def test_a_migration_that_changes_no_row_is_no_changeset(migrate_filled):
    position = entries()[-1].position
    migrate_filled(OPERATIONS["add a constraint"])
    assert entries()[-1].position == position


def test_permissions_of_a_new_model_belong_to_the_migration(migrate_filled):
    migrate_filled(OPERATIONS["make a table"])
    assert {change.table for change in entries()[-1].changes_in_order} == {"auth_permission"}
    assert entries()[-1].kind == "migration"
    assert verify().ok

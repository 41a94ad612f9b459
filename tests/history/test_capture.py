"""Every write is captured, whichever way it takes through Django's connection."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F

from roster.history import capture
from roster.history.changesets import changeset
from roster.history.engines import engine_of
from roster.history.tracked import tracked_tables
from roster.history.verifying.replay import differences
from roster.models import (
    Change,
    Official,
    ThreatSource,
)
from tests.history.force import run
from tests.history.samples import acts, last_change, official, one_of_each, written

pytestmark = pytest.mark.django_db


def test_save_of_a_new_row_records_it_whole():
    row = official(country="US", aliases=("A. Lee", "Annie"))
    change = last_change(row)
    assert (change.act, change.before) == ("i", None)
    after = json.loads(change.after)
    assert after["aliases"] == "A. Lee|Annie"
    assert {name: after[name] for name in ("id", "ref", "name", "country", "born")} == {
        "id": row.pk,
        "ref": "ann-lee",
        "name": "Ann Lee",
        "country": "US",
        "born": "",
    }


def test_save_of_a_known_row_records_before_and_after():
    row = official(country="US")
    row.country = "CA"
    row.save()
    change = last_change(row)
    assert change.act == "u"
    assert json.loads(change.before) | {"country": "CA"} == json.loads(change.after)


def test_generated_columns_are_left_out():
    assert not [name for name in json.loads(last_change(official()).after) if "earliest" in name]


def test_delete_records_the_row_as_it_was():
    row = official()
    recorded = last_change(row).after
    key = row.pk
    row.delete()
    change = Change.objects.latest("id")
    assert (change.act, change.key, change.before, change.after) == ("d", key, recorded, None)


def test_bulk_create_records_each_row():
    Official.objects.bulk_create(Official(ref=f"o-{n}", name=f"O {n}") for n in range(3))
    assert written() == ["i", "i", "i"]


def test_bulk_create_that_updates_records_an_insert_and_an_update():
    official("known")
    Official.objects.bulk_create(
        [Official(ref="known", name="New name"), Official(ref="unknown", name="Other")],
        update_conflicts=True,
        update_fields=["name"],
        unique_fields=["ref"],
    )
    assert sorted(written()) == ["i", "i", "u"]
    assert json.loads(last_change(Official.objects.get(ref="known")).after)["name"] == "New name"


def test_bulk_update_records_each_row():
    rows = [official(f"o-{n}") for n in range(3)]
    for row in rows:
        row.name = f"Name of {row.ref}"
    Official.objects.bulk_update(rows, ["name"])
    assert written()[3:] == ["u", "u", "u"]


def test_queryset_update_records_each_row():
    one_of_each()
    ThreatSource.objects.create(ref="b-state", name="B", kind="state")
    ThreatSource.objects.update(country="IR")
    assert written(ThreatSource) == ["i", "i", "u", "u"]


def test_queryset_delete_records_each_row():
    official("a")
    official("b")
    Official.objects.all().delete()
    assert written()[2:] == ["d", "d"]


def test_loaddata_is_recorded(tmp_path):
    official()
    out = StringIO()
    call_command("dumpdata", "roster.official", stdout=out)
    Official.objects.all().delete()
    file = tmp_path / "officials.json"
    file.write_text(out.getvalue())
    call_command("loaddata", str(file), verbosity=0)
    assert written() == ["i", "d", "i"]


def test_raw_sql_is_recorded():
    row = official()
    run("UPDATE roster_official SET summary = %s WHERE id = %s", "Raw.", row.pk)
    change = last_change(row)
    assert change.act == "u"
    assert json.loads(change.after)["summary"] == "Raw."


def test_an_upsert_in_raw_sql_is_recorded():
    row = official()
    run(
        "INSERT INTO roster_threatsource (ref, name, kind, country, summary, search_key) "
        "VALUES ('x', 'X', 'state', '', '', 'x') ON CONFLICT (ref) DO UPDATE SET name = 'never'"
    )
    run(
        "INSERT INTO roster_threatsource (ref, name, kind, country, summary, search_key) "
        "VALUES ('x', 'X', 'state', '', '', 'x'), ('y', 'Y', 'state', '', '', 'y') "
        "ON CONFLICT (ref) DO UPDATE SET name = 'Changed'"
    )
    assert row.pk
    assert sorted(written(ThreatSource)) == ["i", "i", "u"]


def test_a_changed_key_is_one_row_gone_and_another_come():
    row = official()
    old = row.pk
    run("UPDATE roster_official SET id = %s WHERE id = %s", old + 1_000, old)
    assert set(acts()[1:]) == {
        ("d", "roster_official", old),
        ("i", "roster_official", old + 1_000),
    }
    assert {change.official_id for change in Change.objects.order_by("-id")[:2]} == {
        old,
        old + 1_000,
    }


def test_keys_moved_along_in_one_statement_are_replayed():
    for number in (2_000, 3_000):
        official(f"o-{number}", id=number)
    run("UPDATE roster_official SET id = id - 1000")
    assert not list(differences(connection))


def test_an_update_that_changes_nothing_leaves_no_row():
    row = official()
    row.save()
    Official.objects.update(country=F("country"))
    run("UPDATE roster_official SET name = name")
    assert written() == ["i"]


def test_a_write_outside_any_changeset_says_which_database_user():
    change = last_change(official())
    assert change.changeset_id is None
    assert change.database_user == connection.settings_dict["USER"] or "sqlite"


def test_a_write_inside_a_changeset_names_it_and_no_database_user():
    with changeset(reason="Add.") as act:
        change = last_change(official())
    assert (change.changeset_id, change.database_user) == (act.id, None)


def _add_and_fail(ref: str) -> None:
    official(ref)
    raise ZeroDivisionError


def test_what_a_savepoint_undoes_leaves_no_row():
    with transaction.atomic():
        official("kept")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            _add_and_fail("undone")
    assert written() == ["i"]


def test_every_tracked_table_replays_to_the_rows_that_it_has():
    one_of_each()
    assert not list(differences(connection))


def test_what_is_written_with_triggers_off_differs_from_the_record():
    row = official()
    with capture.guards_lifted(connection):
        Official.objects.update(country="CA")
    (difference,) = differences(connection)
    assert (difference.table, difference.key) == ("roster_official", row.pk)
    assert json.loads(difference.recorded)["country"] == ""
    assert json.loads(difference.found)["country"] == "CA"


@pytest.mark.parametrize("text", ['","password":"changed"}', "\\", "\u2028é𝄞", "a\n\tb", "%s %d"])
def test_text_of_any_kind_replays(text):
    row = official(summary=text)
    assert json.loads(last_change(row).after)["summary"] == text
    assert not list(differences(connection))


def test_every_column_of_a_tracked_table_is_recorded_but_those_left_out():
    rows = [*one_of_each().values(), User.objects.create_user("ann"), Permission.objects.first()]
    left_out = {"auth_user": {"last_login", "password"}}
    with connection.cursor() as cursor:
        catalog = engine_of(connection).catalog(cursor)
    assert set(catalog) == {tracked.table for tracked in tracked_tables()}
    for row in rows:
        table = row._meta.db_table
        stored = {f.column for f in row._meta.local_concrete_fields if not f.generated}
        assert set(json.loads(last_change(row).after)) == stored - left_out.get(table, set())

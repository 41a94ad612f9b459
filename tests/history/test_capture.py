"""Every write is captured, whichever way it takes through Django's connection."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F

from roster.history import capture
from roster.history.changesets import changeset
from roster.history.engines import engine_of
from roster.history.replay import differences
from roster.history.tracked import tracked_tables
from roster.models import (
    DOMAIN,
    Change,
    Citation,
    Official,
    Paragraph,
    ProtectionExtension,
    Source,
    Threat,
    ThreatSource,
)
from tests.history.force import on_postgresql, on_sqlite, run
from tests.history.samples import last_change, official, one_of_each

pytestmark = pytest.mark.django_db


def acts() -> list[tuple[str, str, int]]:
    """Act, table and key of every change but those of migrating, oldest first."""
    changes = Change.objects.exclude(changeset__kind="migration").order_by("id")
    return list(changes.values_list("act", "table", "key"))


def written(model=Official) -> list[str]:
    return [act for act, table, _ in acts() if table == model._meta.db_table]


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


def test_a_changed_key_of_a_user_is_recorded():
    user = User.objects.create_user("ann")
    run("UPDATE auth_user SET id = id + 1000 WHERE id = %s", user.pk)
    assert {(act, key) for act, _, key in acts()[1:]} == {
        ("d", user.pk),
        ("i", user.pk + 1_000),
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


def test_last_login_leaves_no_row():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    before = acts()
    user.last_login = user.date_joined
    user.save(update_fields=["last_login"])
    assert acts() == before


def test_of_a_password_it_is_recorded_only_that_it_changed():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    hashes = {user.password}
    user.set_password("Other-horse-8")
    user.save()
    hashes.add(user.password)
    change = last_change(user)
    assert json.loads(change.after) == json.loads(change.before) | {"password": "changed"}
    recorded = " ".join(
        f"{before} {after}" for before, after in Change.objects.values_list("before", "after")
    )
    assert not [secret for secret in hashes if secret in recorded]
    assert "horse" not in recorded
    assert '"last_login"' not in recorded


def test_a_password_mark_does_not_linger():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    user.set_password("Other-horse-8")
    user.save()
    user.email = "ann@example.org"
    user.save()
    change = last_change(user)
    assert "password" not in json.loads(change.before)
    assert "password" not in json.loads(change.after)
    assert not list(differences(connection))


def test_a_user_is_replayed_after_each_kind_of_write():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    user.is_staff = True
    user.set_password("Other-horse-8")
    user.save()
    assert not list(differences(connection))
    user.delete()
    assert not list(differences(connection))


def test_who_may_do_what_is_recorded():
    user, group = User.objects.create_user("ann"), Group.objects.create(name="Analysts")
    permission = Permission.objects.first()
    user.groups.add(group)
    user.user_permissions.add(permission)
    group.permissions.add(permission)
    group.permissions.clear()
    assert [(act, table) for act, table, _ in acts()] == [
        ("i", "auth_user"),
        ("i", "auth_group"),
        ("i", "auth_user_groups"),
        ("i", "auth_user_user_permissions"),
        ("i", "auth_group_permissions"),
        ("d", "auth_group_permissions"),
    ]


def test_booleans_are_json_booleans():
    after = json.loads(last_change(User.objects.create_user("ann", is_staff=True)).after)
    assert (after["is_staff"], after["is_superuser"]) == (True, False)


@pytest.mark.parametrize("model", DOMAIN, ids=lambda model: model.record_kind)
def test_a_change_says_whom_it_concerns(model):
    rows = one_of_each()
    nobody = model in (ThreatSource, Source, Paragraph)
    assert last_change(rows[model]).official == (None if nobody else rows[Official])


@pytest.mark.parametrize("kind", ["official", "role", "threat", "protection", "extension"])
def test_a_citation_concerns_the_official_of_its_record(kind):
    rows = one_of_each()
    record = next(row for model, row in rows.items() if model.record_kind == kind)
    column = "name" if kind == "official" else "start"
    citation = Citation.objects.create(
        **{kind: record}, field=column, paragraph=rows[Paragraph], quote="other words"
    )
    assert last_change(citation).official == rows[Official]


def test_a_citation_of_a_threat_source_concerns_no_one():
    rows = one_of_each()
    citation = Citation.objects.create(
        threat_source=rows[ThreatSource], field="name", paragraph=rows[Paragraph]
    )
    assert last_change(citation).official is None


def test_an_update_concerns_the_official_who_it_is_about_now():
    threat = one_of_each()[Threat]
    other = official("other")
    threat.official = other
    threat.save()
    assert last_change(threat).official == other


def test_an_update_that_names_no_official_any_more_concerns_the_one_before():
    rows = one_of_each()
    Threat.objects.update(official=None)
    assert last_change(rows[Threat]).official == rows[Official]


def test_a_deleted_row_concerns_its_official_still():
    rows = one_of_each()
    Citation.objects.all().delete()
    key = rows[ProtectionExtension].pk
    rows[ProtectionExtension].delete()
    change = Change.objects.latest("id")
    assert (change.key, change.official) == (key, rows[Official])


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


@on_sqlite
def test_replace_records_the_row_that_it_removes():
    row = official()
    run(
        "REPLACE INTO roster_threatsource (id, ref, name, kind, country, summary, search_key) "
        "VALUES (7, 'x', 'X', 'state', '', '', 'x')"
    )
    run(
        "REPLACE INTO roster_threatsource (id, ref, name, kind, country, summary, search_key) "
        "VALUES (8, 'x', 'Y', 'state', '', '', 'y')"
    )
    assert row.pk
    assert [(act, key) for act, table, key in acts() if table == "roster_threatsource"] == [
        ("i", 7),
        ("d", 7),
        ("i", 8),
    ]


@on_sqlite
def test_a_blob_in_a_column_of_text_is_refused():
    from django.db import DatabaseError

    with pytest.raises(DatabaseError), transaction.atomic():
        run("INSERT INTO auth_group (name) VALUES (x'00ff')")
    assert not written(Group)


@on_postgresql
def test_copy_is_recorded():
    one_of_each()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM roster_protection")
        (protection,) = cursor.fetchone()
        columns = (
            'ref, protection_id, decided, notified, start, "end", granted_by, signed_by, reason, '
            "summary"
        )
        sql = f"COPY roster_protectionextension ({columns}) FROM STDIN"
        with cursor.copy(sql) as copy:
            for number in (2, 3):
                copy.write_row((f"x/{number}", protection, *[""] * 8))
    assert written(ProtectionExtension) == ["i", "i", "i"]
    assert {
        change.official.ref for change in Change.objects.filter(table="roster_protectionextension")
    } == {"ann-lee"}


@on_postgresql
def test_merge_and_writing_queries_are_recorded():
    official("a")
    run(
        "WITH gone AS (DELETE FROM roster_official WHERE ref = 'a' RETURNING name) "
        "INSERT INTO roster_threatsource (ref, name, kind, country, summary, search_key) "
        "SELECT 'x', name, 'state', '', '', 'x' FROM gone"
    )
    assert written() == ["i", "d"]
    assert written(ThreatSource) == ["i"]
    assert not list(differences(connection))


@on_postgresql
@pytest.mark.parametrize(
    "setting",
    [
        "TimeZone = 'Asia/Tehran'",
        "DateStyle = 'German, DMY'",
        "search_path = pg_temp, public",
        "session_replication_role = replica",
        "standard_conforming_strings = off",
        "extra_float_digits = -15",
    ],
)
def test_what_a_session_sets_does_not_matter(setting):
    group = User.objects.create_user("ann")
    run(f"SET LOCAL {setting}")
    run("UPDATE public.auth_user SET email = 'a@example.org' WHERE id = %s", group.pk)
    for name in ("search_path", "TimeZone", "DateStyle"):
        run(f"SET LOCAL {name} TO DEFAULT")
    assert last_change(group).act == "u"
    assert not list(differences(connection))


@on_postgresql
def test_temporary_tables_named_like_ours_catch_nothing():
    for name in ("roster_change", "roster_protection", "auth_user"):
        run(f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM public.{name} LIMIT 0")
    run("CREATE TEMPORARY TABLE written AS SELECT 1 AS id")
    run(
        "INSERT INTO public.roster_official "
        "(ref, name, honorific, aliases, country, born, died, summary, search_key) "
        "VALUES ('x', 'X', '', '', '', '', '', '', '')"
    )
    (count,) = run("SELECT count(*) FROM public.roster_change WHERE changeset_id IS NULL")[0]
    assert count == 1


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

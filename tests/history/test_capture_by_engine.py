"""What one engine alone can do is captured too."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction

from roster.history.verifying.replay import differences
from roster.models import (
    Change,
    ProtectionExtension,
    ThreatSource,
)
from tests.history.force import on_postgresql, on_sqlite, run
from tests.history.samples import acts, last_change, official, one_of_each, written

pytestmark = pytest.mark.django_db


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

"""Clients that know nothing of Roster: the engines' own shells, on a committed database."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection

from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.history.tracked import tracked_tables
from roster.models import Acknowledgement, Change, Changeset, ImportMapping, Official, Review
from tests.history.force import on_postgresql, on_sqlite
from tests.history.samples import last_change, official, one_of_each

PROSE = {
    "auth_user": "first_name",
    "auth_group": "name",
    "auth_permission": "name",
    "roster_citation": "note",
    "roster_review": "comment",
}
"""A column of prose, where it is not `summary`; the links between accounts have none."""


@pytest.fixture
def filled(own_database) -> None:
    """A roster with a row in every tracked table."""
    with changeset(reason="Fill the roster."):
        one_of_each()
        user = User.objects.create_user("ann", password="Correct-horse-7")
        group = Group.objects.create(name="Analysts")
        user.groups.add(group)
        group.permissions.add(Permission.objects.first())
        user.user_permissions.add(Permission.objects.first())
        Review.objects.create(changeset=Changeset.objects.get(), verdict="approved", reviewer=user)
        Acknowledgement.objects.create(change=Change.objects.earliest("id"))
        ImportMapping.objects.create(name="Registry", stem="officials", definition="{}")


@pytest.mark.parametrize("tracked", tracked_tables(), ids=lambda tracked: tracked.table)
def test_a_shell_can_write_every_tracked_table_and_each_write_is_recorded(filled, foreign, tracked):
    table, model = tracked.table, tracked.model
    rows = model._default_manager.count()
    newest = Change.objects.latest("id").pk
    stored = [f.column for f in model._meta.local_concrete_fields if not f.generated]
    columns = ", ".join(f'"{column}"' for column in stored)
    prose = PROSE.get(table, "summary")
    change = f"{prose} = 'Edited.'" if prose in stored else "id = id + 1000"
    where = f"WHERE id = (SELECT max(id) FROM {table})"
    foreign(
        f"CREATE TABLE kept AS SELECT {columns} FROM {table};\n"
        "BEGIN;\n"
        f"DELETE FROM {table};\n"
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept;\n"
        f"UPDATE {table} SET {change} {where};\n"
        "COMMIT;\n"
    )
    changes = Change.objects.filter(pk__gt=newest)
    assert {c.table for c in changes} == {table}
    assert {c.changeset_id for c in changes} == {None}
    assert None not in {c.database_user for c in changes}
    acts = sorted(c.act for c in changes)
    expected = ["u"] if prose in stored else ["d", "i"]
    assert acts == sorted(["d", "i"] * rows + expected)
    assert {problem.kind for problem in verify().problems} == {"outside"}


def test_a_foreign_update_is_reported_by_record_and_database_user(filled, foreign):
    foreign("UPDATE roster_official SET country = 'CA';\n")
    (problem,) = verify().problems
    user = connection.settings_dict["USER"] or "sqlite"
    assert problem.kind == "outside"
    assert problem.record == "official:ann-lee"
    assert problem.change == Change.objects.latest("id").pk
    assert problem.message == (
        "official:ann-lee was written outside any changeset by database user "
        f"{user} (country (empty) → CA)."
    )


def test_a_foreign_write_is_bound_by_the_next_changeset_and_still_reported(filled, foreign):
    foreign("UPDATE roster_official SET country = 'CA';\n")
    foreign("UPDATE roster_official SET country = 'FR';\n")
    outside = list(Change.objects.outside().order_by("id").values_list("id", flat=True))
    with changeset(reason="Edit."):
        Official.objects.update(summary="Edited.")
    with changeset(reason="Edit again."):
        Official.objects.update(summary="Edited again.")
    bound, later = Changeset.objects.order_by("position")[2:]
    assert bound.outside == f"{outside[0]}-{outside[1]}"
    assert later.outside == ""
    assert list(bound.bound.order_by("change").values_list("change", flat=True)) == outside
    assert [problem.change for problem in verify().problems] == outside


def test_what_a_foreign_client_claims_of_a_closed_changeset_is_found(filled, foreign):
    closed = Changeset.objects.latest("position")
    claim = (
        f"UPDATE roster_ledger_context SET changeset = {closed.pk};\n"
        if connection.vendor == "sqlite"
        else f"SET roster.changeset = '{closed.pk}';\n"
    )
    foreign(f"{claim}UPDATE roster_official SET country = 'CA';\n")
    problems = verify().problems
    assert {problem.kind for problem in problems} == {"digest"}
    assert problems[0].changeset == closed.position
    assert "does not cover" in problems[0].message
    with changeset(reason="Edit.") as act:
        Official.objects.update(summary="Edited.")
    assert last_change(Official.objects.get()).changeset_id == act.id


def test_what_a_foreign_client_claims_of_no_changeset_is_found(filled, foreign):
    claim = (
        "UPDATE roster_ledger_context SET changeset = 999;\n"
        if connection.vendor == "sqlite"
        else "SET roster.changeset = '999';\n"
    )
    foreign(f"{claim}UPDATE roster_official SET country = 'CA';\n")
    problem = verify().problems[0]
    assert (problem.kind, problem.changeset) == ("chain", None)
    assert "has no entry" in problem.message


def test_search_keys_left_behind_by_raw_sql_are_found(filled, foreign):
    foreign("UPDATE roster_official SET name = 'Zed Zee';\n")
    outside, stale = verify().problems
    assert (outside.kind, stale.kind) == ("outside", "search_key")
    assert stale.record == "official:ann-lee"
    assert stale.message == (
        "official:ann-lee cannot be found by its present name: its search key is out of date; "
        "save the record again."
    )


@on_sqlite
def test_replace_from_a_shell_is_found_by_replay(filled, foreign):
    key = Official.objects.get().pk
    columns = "id, ref, name, honorific, aliases, country, born, died, summary, search_key"
    row = f"{key}, 'ann-lee', 'Ann Lee', '', '', 'CA', '', '', '', 'ann lee'"
    foreign(f"REPLACE INTO roster_official ({columns}) VALUES ({row});\n")
    assert {problem.kind for problem in verify().problems} >= {"replay"}


@on_sqlite
def test_replace_from_a_shell_with_recursive_triggers_is_recorded(filled, foreign):
    key = Official.objects.get().pk
    columns = "id, ref, name, honorific, aliases, country, born, died, summary, search_key"
    row = f"{key}, 'ann-lee', 'Ann Lee', '', '', 'CA', '', '', '', 'ann lee'"
    foreign(
        "PRAGMA recursive_triggers = ON;\n"
        f"REPLACE INTO roster_official ({columns}) VALUES ({row});\n"
    )
    assert "replay" not in {problem.kind for problem in verify().problems}
    assert [c.act for c in Change.objects.outside().order_by("id")] == ["d", "i"]


@on_sqlite
def test_bytes_that_are_no_text_neither_stop_the_ledger_nor_its_verification(filled, foreign):
    foreign("UPDATE roster_official SET summary = CAST(x'41ff42' AS text);\n")
    foreign("UPDATE roster_source SET title = CAST(x'41ff42' AS text);\n")
    with changeset(reason="Edit.") as act:
        official("other")
    assert act.position == 3
    assert [problem.kind for problem in verify().problems] == ["outside", "outside"]


@on_sqlite
def test_values_that_a_client_forced_past_the_checks_are_found(filled, foreign):
    foreign("PRAGMA ignore_check_constraints = ON;\nUPDATE roster_official SET aliases = '|';\n")
    outside, unreadable = verify().problems
    assert (outside.kind, unreadable.kind) == ("outside", "search_key")
    assert unreadable.message.startswith("The search keys of officials cannot be checked")


@on_sqlite
@pytest.mark.parametrize(
    "values",
    [
        "NULL, 'yesterday', 'x', 1, 'i', NULL, '{}', NULL, 'me'",
        "NULL, 5, 'x', 1, 'i', NULL, '{}', NULL, 'me'",
        "NULL, '2024-07-18', x'ff', 1, 'i', NULL, '{}', NULL, 'me'",
        "NULL, '2024-07-18', 'x', 'one', 'i', NULL, '{}', NULL, 'me'",
        "NULL, '2024-07-18', 'x', 1.5, 'i', NULL, '{}', NULL, 'me'",
        "'seven', '2024-07-18', 'x', 1, 'i', NULL, '{}', NULL, 'me'",
        "NULL, '2024-07-18', 'x', 1, 'i', x'00', '{}', NULL, 'me'",
    ],
)
def test_the_ledger_takes_no_change_of_another_form(filled, shell, values):
    columns = 'changeset_id, clock, "table", key, act, before, after, official_id, database_user'
    done = shell(f"INSERT INTO roster_change ({columns}) VALUES ({values});\n")
    assert "The ledger takes no such entry" in done.stderr


@on_sqlite
def test_the_ledger_takes_no_key_below_one(filled, shell):
    done = shell(
        'INSERT INTO roster_change (id, clock, "table", key, act) '
        "VALUES (-1, '2024-07-18', 'x', 1, 'i');\n"
    )
    assert "change_id_is_positive" in done.stderr


@on_postgresql
def test_a_temporary_function_or_operator_path_does_not_catch_the_writes(filled, foreign):
    foreign(
        "CREATE SCHEMA mine; CREATE TABLE mine.roster_change (LIKE public.roster_change);\n"
        "SET search_path = mine, pg_catalog, public;\n"
        "CREATE TEMPORARY TABLE roster_change (LIKE public.roster_change);\n"
        "CREATE FUNCTION mine.clock_timestamp() RETURNS timestamptz LANGUAGE sql "
        "AS $$ SELECT '2000-01-01'::timestamptz $$;\n"
        "SET TimeZone = 'Asia/Tehran';\n"
        "UPDATE public.roster_official SET country = 'CA';\n"
        "UPDATE public.auth_user SET email = 'a@example.org';\n"
    )
    country, email = Change.objects.outside().order_by("id")
    assert json.loads(country.after)["country"] == "CA"
    assert country.clock.year > 2000
    assert json.loads(email.after)["date_joined"].endswith("+00:00")
    assert {problem.kind for problem in verify().problems} == {"outside"}

"""Rows written where no trigger saw it are found, also after they were written again."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Change, Official, Role
from tests.history.force import by_force, forced, kinds, run
from tests.history.samples import a_ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger() -> None:
    """Five entries; the only problem is the write from outside that the third one binds."""
    a_ledger()
    assert kinds() == {"outside"}


def test_rows_written_with_triggers_off_and_on_again_are_found(ledger):
    forced("UPDATE roster_official SET country = 'FR'")
    (problem,) = [found for found in verify().problems if found.kind == "replay"]
    assert problem.record == "official:ann-lee"
    assert problem.message == (
        "official:ann-lee is not as the ledger last recorded it (country US → FR): it was written "
        "where no trigger saw it."
    )


def test_rows_written_with_triggers_off_and_then_rightly_are_found(ledger):
    forced("UPDATE roster_official SET country = 'FR'")
    with changeset(reason="Correct."):
        Official.objects.update(country="DE")
    (problem,) = [found for found in verify().problems if found.kind == "replay"]
    assert problem.record == "official:ann-lee"
    assert problem.change == Change.objects.latest("id").pk
    assert problem.changeset == 6
    assert "starts from values that the change before it did not leave" in problem.message


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM roster_role", "deleted"),
        (
            "INSERT INTO auth_group (name) VALUES ('x')",
            "new",
        ),
    ],
)
def test_rows_come_and_gone_with_triggers_off_are_found(ledger, sql, words):
    forced(sql)
    (problem,) = [found for found in verify().problems if found.kind == "replay"]
    assert f"({words})" in problem.message


def test_a_row_gone_and_come_with_triggers_off_is_found_when_it_is_written_again(ledger):
    forced("DELETE FROM roster_role")
    Role.objects.create(
        id=Change.objects.filter(table="roster_role").latest("id").key,
        ref="x",
        official=Official.objects.get(),
        title="X",
    )
    assert "replay" in kinds()


def test_a_table_that_is_gone_is_found(ledger):
    forced("ALTER TABLE roster_role RENAME TO x_role")
    (problem,) = [found for found in verify().problems if found.kind == "replay"]
    assert problem.record == "role:ann-lee/envoy"
    forced("ALTER TABLE x_role RENAME TO roster_role")


def test_a_password_written_with_triggers_off_is_not_known():
    """Its values are never recorded: what the ledger cannot see it does not claim."""
    User.objects.create_user("ann", password="Correct-horse-7")
    forced("UPDATE auth_user SET password = 'x'")
    assert kinds() == {"outside"}


def test_a_recorded_password_change_is_no_break():
    user = User.objects.create_user("ann", password="Correct-horse-7")
    with changeset(reason="Change the password."):
        user.set_password("Other-horse-8")
        user.save()
    with changeset(reason="Change the address."):
        user.email = "ann@example.org"
        user.save()
    assert kinds() == {"outside"}


def test_columns_that_came_and_went_between_two_changes_are_no_break(ledger):
    """A row altered by a migration and then written, before the migration is reconciled."""
    role = Role.objects.get()
    later = Change.objects.of_row(role).latest("id")
    columns = later.after.replace('"title"', '"office"')
    forced(
        'INSERT INTO roster_change (clock, "table", "key", act, before, after, database_user) '
        f"VALUES ('2024-07-18 00:00:00', 'roster_role', {role.pk}, 'u', '{columns}', "
        f"'{later.after}', 'me')"
    )
    assert kinds() == {"outside"}


def test_other_values_in_the_columns_that_stayed_are_a_break(ledger):
    role = Role.objects.get()
    later = Change.objects.of_row(role).latest("id")
    columns = later.after.replace('"title"', '"office"').replace("ann-lee/envoy", "ann-lee/x")
    forced(
        'INSERT INTO roster_change (clock, "table", "key", act, before, after, database_user) '
        f"VALUES ('2024-07-18 00:00:00', 'roster_role', {role.pk}, 'u', '{columns}', "
        f"'{later.after}', 'me')"
    )
    assert kinds() == {"outside", "replay"}


@pytest.mark.parametrize("garbage", ["no json", "7", '{"source_id": [1]}', '{"source_id": "x"}'])
def test_what_no_trigger_wrote_is_found_and_named_by_its_table(ledger, garbage):
    forced(
        'INSERT INTO roster_change (clock, "table", "key", act, before, after, database_user) '
        f"VALUES ('2024-07-18 00:00:00', 'roster_paragraph', 77, 'u', '[]', '{garbage}', 'me')"
    )
    labels = {problem.record for problem in verify().problems if problem.change}
    assert "roster_paragraph:77" in labels


def test_two_states_that_no_trigger_wrote_are_a_break(ledger):
    forced(
        *(
            'INSERT INTO roster_change (clock, "table", "key", act, before, after) '
            f"VALUES ('2024-07-18 00:00:00', 'gone', 77, 'u', '{text}', '{text}')"
            for text in ("no json", "nor this")
        )
    )
    assert "replay" in kinds()


def test_search_keys_out_of_date_are_found_in_each_table_that_has_them(ledger):
    with by_force():
        run("UPDATE roster_official SET search_key = 'other'")
        run("UPDATE roster_threatsource SET search_key = 'other'")
    found = [problem.record for problem in verify().problems if problem.kind == "search_key"]
    assert found == ["official:ann-lee", "threat_source:a-state"]

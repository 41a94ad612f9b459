"""Changesets: one act, one transaction, one row in the ledger; or nothing at all."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, connections, transaction

from roster.history import capture
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Change, Changeset, Official
from roster.models.changes import ChangesetKind
from tests.history.force import by_force, on_sqlite, run
from tests.history.samples import official


def _add_and_fail(ref: str = "ann-lee") -> None:
    official(ref)
    raise ZeroDivisionError


def _add_and_close() -> None:
    official()
    connection.close()


def entries() -> list[Changeset]:
    """Every entry but that of the first migration, oldest first."""
    return list(Changeset.objects.order_by("position")[1:])


@pytest.mark.django_db
def test_an_act_is_one_entry_that_says_who_when_and_why():
    user = User.objects.create_user("ann")
    with changeset(reason="  Two officials. ", user=user, kind="import") as act:
        first, second = official("a"), official("b")
    (entry,) = entries()
    own = list(entry.changes_in_order)
    assert [change.key for change in own] == [first.pk, second.pk]
    assert (entry.user, entry.kind, entry.reason) == (user, "import", "Two officials.")
    assert (entry.first_change, entry.last_change, entry.change_count) == (
        own[0].pk,
        own[1].pk,
        2,
    )
    assert isinstance(entry.closed_at, datetime)
    assert act.position == entry.position == 2


@pytest.mark.django_db
def test_the_closed_act_is_as_the_database_has_it():
    with changeset(reason="Add.") as act:
        official()
    (entry,) = entries()
    fields = [field.attname for field in Changeset._meta.concrete_fields]
    assert [getattr(act.closed, f) for f in fields] == [getattr(entry, f) for f in fields]


@pytest.mark.django_db
def test_positions_have_no_gap_and_each_entry_follows_the_one_before():
    for number in range(4):
        with changeset(reason="Add."):
            official(f"o-{number}")
        with changeset(reason="Change nothing."):
            Official.objects.update(country="")
    found = list(Changeset.objects.order_by("position"))
    assert [entry.position for entry in found] == [1, 2, 3, 4, 5]
    assert [entry.previous_digest for entry in found] == [
        "",
        *(entry.digest for entry in found[:-1]),
    ]


@pytest.mark.django_db
def test_an_act_that_changes_nothing_is_no_entry():
    official()
    with changeset(reason="Look only.") as act:
        Official.objects.update(country="")
    assert act.position is None
    assert not entries()


@pytest.mark.django_db
def test_an_act_that_undoes_its_writes_is_no_entry():
    with (
        changeset(reason="Try.") as act,
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        _add_and_fail()
    assert act.position is None
    assert not entries()


@pytest.mark.django_db
def test_a_nested_act_joins_the_outer_one():
    with changeset(reason="Outer.") as outer:
        official("a")
        with changeset(reason="Inner.", kind="import") as inner:
            official("b")
        assert inner is outer
        assert inner.position is None
        official("c")
    (entry,) = entries()
    assert (entry.reason, entry.kind, entry.change_count) == ("Outer.", "edit", 3)
    assert {change.changeset_id for change in entry.changes_in_order} == {entry.pk}


@pytest.mark.django_db
def test_a_nested_act_that_fails_leaves_nothing_of_itself():
    with changeset(reason="Outer."):
        official("a")
        with pytest.raises(ZeroDivisionError), changeset(reason="Inner."):
            _add_and_fail("b")
        official("c")
    assert list(Official.objects.values_list("ref", flat=True)) == ["a", "c"]
    assert entries()[0].change_count == 2


@pytest.mark.django_db
def test_an_act_that_fails_leaves_nothing():
    newest = Change.objects.latest("id").pk
    with pytest.raises(ZeroDivisionError), changeset(reason="Fail."):
        _add_and_fail()
    assert not Official.objects.exists()
    assert not entries()
    official()
    assert list(Change.objects.filter(pk__gt=newest).values_list("changeset_id", flat=True)) == [
        None
    ]


@pytest.mark.django_db
def test_an_act_after_one_that_failed_is_its_own():
    with pytest.raises(ZeroDivisionError), changeset(reason="Fail."):
        raise ZeroDivisionError
    with changeset(reason="Succeed."):
        official()
    assert [entry.reason for entry in entries()] == ["Succeed."]


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_an_act_without_a_reason_is_refused(reason):
    with pytest.raises(ValueError, match="needs a reason"), changeset(reason=reason):
        pytest.fail("entered")


@pytest.mark.django_db
def test_an_act_of_an_unknown_kind_is_refused():
    message = (
        "“party” is no kind of changeset: give edit, import, undo, command, seed or migration."
    )
    with pytest.raises(ValueError, match=message), changeset(reason="Add.", kind="party"):
        pytest.fail("entered")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ChangesetKind.values)
def test_every_kind_is_taken(kind):
    with changeset(reason="Add.", kind=kind):
        official()
    assert entries()[0].kind == kind


@pytest.mark.django_db
@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_an_act_may_be_nobodys(user):
    with changeset(reason="Add.", user=user):
        official()
    assert entries()[0].user is None


def test_an_act_inside_a_foreign_transaction_is_refused(own_database):
    with (
        transaction.atomic(),
        pytest.raises(RuntimeError, match="durable"),
        changeset(reason="Add."),
    ):
        pytest.fail("entered")


def test_an_act_is_committed_when_it_ends(own_database, foreign):
    with changeset(reason="Add."):
        official()
    assert foreign("SELECT reason FROM roster_changeset WHERE position = 2;\n").strip() == "Add."


def test_an_act_takes_no_part_in_that_of_another_thread(own_database):
    found: list[bool] = []

    def look() -> None:
        from roster.history import changesets

        found.append(connections["default"] in changesets._open)
        connections.close_all()

    with changeset(reason="Add."):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == [False]


def test_an_act_whose_connection_closes_leaves_nothing(own_database):
    with pytest.raises(transaction.TransactionManagementError), changeset(reason="Add."):
        _add_and_close()
    assert not Official.objects.exists()
    with changeset(reason="Add."):
        official()
    assert [entry.reason for entry in entries()] == ["Add."]


def test_nothing_is_written_on_a_database_without_the_ledgers_tables(own_database):
    with by_force():
        for table in ("roster_boundchange", "roster_change", "roster_changeset"):
            run(f"ALTER TABLE {table} RENAME TO x_{table}")
        with (
            pytest.raises(capture.LedgerMissing, match=r"no ledger yet: run `manage.py migrate`"),
            changeset(reason="Add."),
        ):
            pytest.fail("entered")
        assert [problem.kind for problem in verify().problems] == ["trigger"]
        for table in ("roster_boundchange", "roster_change", "roster_changeset"):
            run(f"ALTER TABLE x_{table} RENAME TO {table}")


@pytest.mark.django_db
def test_nothing_is_written_without_the_triggers():
    with (
        by_force(),
        pytest.raises(capture.LedgerMissing, match="Nothing is written without"),
        changeset(reason="Add."),
    ):
        pytest.fail("entered")


@pytest.mark.django_db
def test_the_triggers_are_asked_for_once_a_session(django_assert_num_queries):
    with changeset(reason="Add."):
        official("a")
    with changeset(reason="Look."):
        pass
    capture.require(connection)
    with django_assert_num_queries(0):
        capture.require(connection)


@pytest.mark.django_db
def test_the_clock_of_the_ledger_never_runs_backwards():
    late = "2999-01-01 00:00:00"
    with by_force():
        run("UPDATE roster_changeset SET closed_at = %s", late)
    with changeset(reason="Add."):
        official()
    assert entries()[0].closed_at.year == 2999


@on_sqlite
@pytest.mark.django_db
def test_a_context_table_without_its_row_does_not_matter():
    run("DELETE FROM roster_ledger_context")
    with changeset(reason="Add.") as act:
        official()
    assert act.closed.change_count == 1

"""Imports while others write: what is here and what is reported agree, and nothing is left over."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from roster.exchange import bundle, runs
from roster.exchange.bundle import export_bundle, import_bundle
from roster.exchange.meanwhile import OTHERS_WRITE, WRITTEN_MEANWHILE
from roster.exchange.progress import Cancelled
from roster.exchange.runs import import_csv, preview_csv
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Changeset, Official, Role
from tests.exchange.cells import table
from tests.factories import OfficialFactory

pytestmark = pytest.mark.django_db(transaction=True)

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"
)


@pytest.fixture
def another():
    """Runs an act on a connection of its own, to its end."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda act: pool.submit(alone, act).result(timeout=30)


def alone(act):
    """What the act returns; its thread's connection is closed behind it."""
    try:
        return act()
    finally:
        connections.close_all()


def act_of(work):
    """An act of another user."""

    def act():
        with changeset(reason="Meanwhile."):
            work()

    return act


def officials(names, **options):
    content = table(["ref", "name"], names.items())
    return import_csv("officials", content, reason="A test.", **options)


def once(stage, act):
    """A watch that lets others act when the import comes to a stage for the first time."""
    waiting = [act]

    def watch(progress):
        if progress.stage == stage and waiting:
            waiting.pop()()

    return watch


def names():
    return dict(Official.objects.values_list("ref", "name"))


def imports():
    return Changeset.objects.filter(kind="import").count()


def left_over():
    """The temporary tables of this connection."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_temp_master")
        else:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname LIKE 'pg_temp%%'")
        return cursor.fetchall()


@pytest.fixture(autouse=True)
def nothing_left_over():
    yield
    assert left_over() == []
    assert {problem.kind for problem in verify().problems} <= {"outside"}


@pytest.mark.parametrize("stage", ["reading", "checking"])
def test_a_row_that_is_changed_while_the_file_is_read_is_seen_as_it_is(another, stage):
    OfficialFactory(ref="a", name="Ann")
    change = act_of(lambda: Official.objects.bulk_update([renamed("a", "Anna")], ["name"]))
    report = officials({"a": "Anna"}, watch=once(stage, lambda: another(change)))
    assert (report.unchanged, report.changeset) == (1, None)


def renamed(ref, name):
    row = Official.objects.get(ref=ref)
    row.name = name
    return row


def test_a_row_that_is_added_while_the_file_is_read_is_no_longer_new(another):
    add = act_of(lambda: OfficialFactory(ref="a", name="Ann"))
    report = officials({"a": "Anna", "b": "Bob"}, watch=once("checking", lambda: another(add)))
    assert (report.ok, report.new, report.changed) == (True, 1, 1)
    assert names() == {"a": "Anna", "b": "Bob"}


def test_a_row_that_is_deleted_while_the_file_is_read_is_new(another):
    OfficialFactory(ref="a", name="Ann")
    delete = act_of(lambda: Official.objects.all().delete())
    report = officials({"a": "Anna"}, watch=once("checking", lambda: another(delete)))
    assert (report.new, names()) == (1, {"a": "Anna"})


def test_a_parent_that_is_deleted_while_the_file_is_read_is_an_error_of_its_row(another):
    OfficialFactory(ref="a")
    delete = act_of(lambda: Official.objects.all().delete())
    report = import_csv(
        "roles", b"ref,official,title\nr,a,Chair\n", reason="A test.",
        watch=once("checking", lambda: another(delete)),
    )  # fmt: skip
    assert [(error.line, error.column) for error in report.errors] == [(2, "official")]
    assert not Role.objects.exists()


@on_postgresql
@pytest.mark.parametrize(
    "work",
    [lambda: Official.objects.all().delete(), lambda: OfficialFactory(ref="r", name="Roe")],
    ids=["the parent is deleted", "an official is added"],
)
def test_what_others_write_after_the_rows_were_checked(another, work):
    OfficialFactory(ref="a")
    watch = once("writing", lambda: another(act_of(work)))
    roles = import_csv("roles", b"ref,official,title\nr,a,Chair\n", reason="A test.", watch=watch)
    is_deleted = not Official.objects.filter(ref="a").exists()
    assert [error.message for error in roles.errors] == [WRITTEN_MEANWHILE] * is_deleted
    assert Role.objects.exists() is not is_deleted
    assert imports() == roles.ok


@on_postgresql
def test_a_new_row_that_others_add_before_it_is_written(another):
    add = act_of(lambda: OfficialFactory(ref="b", name="Bea"))
    report = officials({"a": "Ann", "b": "Bob"}, watch=once("writing", lambda: another(add)))
    assert [error.message for error in report.errors] == [WRITTEN_MEANWHILE]
    assert (report.changeset, names()) == (None, {"b": "Bea"})


@on_postgresql
def test_a_bundle_whose_rows_others_add_before_they_are_written(another, tmp_path, monkeypatch):
    officials({"b": "Bob"})
    export_bundle(tmp_path / "roster")
    Official.objects.all().delete()
    plan_into = runs.plan_into

    def planned(report, *rest):
        plan_into(report, *rest)
        if report.model == "officials":
            another(act_of(lambda: OfficialFactory(ref="b", name="Bea")))

    monkeypatch.setattr(bundle, "plan_into", planned)
    outcome = import_bundle(tmp_path / "roster", reason="A test.")
    assert (outcome.ok, outcome.changeset, names()) == (False, None, {"b": "Bea"})
    assert [error.message for error in outcome.files[0].errors] == [WRITTEN_MEANWHILE]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="others wait for no whole database")
def test_an_import_that_does_not_get_its_turn():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 10")
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        report = officials({"a": "Ann"})
    assert [error.message for error in report.errors] == [OTHERS_WRITE]
    assert officials({"a": "Ann"}).ok
    connection.close()


ROWS = [f"row-{n}" for n in range(300)]


@pytest.mark.parametrize("are_here", [True, False], ids=["changed rows", "new rows"])
def test_two_imports_of_the_same_rows_in_opposite_order(are_here):
    if are_here:
        officials(dict.fromkeys(ROWS, "Nobody"))
    ready = Barrier(2)

    def run(name, refs):
        waiting = once("writing" if not are_here else "checking", ready.wait)
        # SQLite has one writer: the second comes to its turn when the first is done.
        watch = waiting if connection.vendor == "postgresql" or are_here else None
        return alone(lambda: officials(dict.fromkeys(refs, name), watch=watch))

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(run, "One", ROWS)
        two = pool.submit(run, "Two", ROWS[::-1])
        reports = {"One": one.result(timeout=60), "Two": two.result(timeout=60)}
    written = {name: report for name, report in reports.items() if report.changeset}
    refused = [report for report in reports.values() if not report.ok]
    assert [report.errors[0].message for report in refused] == [WRITTEN_MEANWHILE] * len(refused)
    assert len(written) == 2 - len(refused) >= 1
    last = max(written, key=lambda name: written[name].changeset)
    assert set(names().values()) == {last}
    assert len(names()) == len(ROWS)


class Stopped(BaseException):
    """As a key that is pressed, or a worker that is told to end."""


@pytest.mark.parametrize("error", [Cancelled, KeyboardInterrupt, Stopped])
@pytest.mark.parametrize("stage", ["reading", "checking", "writing"])
def test_an_import_that_is_stopped_leaves_nothing(stage, error):
    def stop():
        raise error

    with pytest.raises(error):
        officials({"a": "Ann"}, watch=once(stage, stop))
    assert (names(), left_over(), imports()) == ({}, [], 0)
    assert officials({"a": "Ann"}).ok


def test_an_import_that_fails_within_leaves_nothing():
    def fail(act, report):
        raise Stopped

    with pytest.raises(Stopped):
        officials({"a": "Ann", "": "Bob"}, within=fail)
    assert (names(), left_over()) == ({}, [])


def test_a_bundle_that_is_stopped_leaves_nothing(tmp_path, monkeypatch):
    officials({"a": "Ann", "b": "Bob"})
    export_bundle(tmp_path / "roster")
    Official.objects.all().delete()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(bundle, "require_evidence", stop)
    with pytest.raises(KeyboardInterrupt):
        import_bundle(tmp_path / "roster", reason="A test.")
    assert (names(), left_over()) == ({}, [])


def test_a_preview_needs_no_transaction_and_leaves_nothing():
    report, plan = preview_csv("officials", b"ref,name\na,Ann\n,Bob\n,!!!\n")
    assert (report.new, len(report.errors), len(plan.rows)) == (2, 1, 2)
    assert (names(), left_over(), connection.in_atomic_block) == ({}, [], False)
    with transaction.atomic():
        assert names() == {}


def test_others_write_while_a_preview_looks(another):
    OfficialFactory(ref="a", name="Ann")
    add = act_of(lambda: OfficialFactory(ref="b", name="Bob"))
    seen = []
    original = runs.plan_into

    def planned(*args, **options):
        original(*args, **options)
        another(add)
        seen.append(names())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "plan_into", planned)
        report, _plan = preview_csv("officials", b"ref,name\nb,Bob\n")
    assert (report.new, seen) == (1, [{"a": "Ann"}])
    assert set(names()) == {"a", "b"}

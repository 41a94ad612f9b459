"""Many writers at once: one chain without a fork, no false alarm, and nobody is held up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from roster.history import ledger
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Change, Changeset, Official, Role
from tests.history.force import on_postgresql, run
from tests.history.samples import a_ledger, official

WRITERS = 8
ACTS = 6


@pytest.fixture
def writers(own_database) -> Iterator[ThreadPoolExecutor]:
    """Threads, each with a connection of its own."""
    with ThreadPoolExecutor(WRITERS) as pool:
        yield pool


def alone(act: Callable[..., None]) -> Callable[..., None]:
    """The act, after which its thread's connection is closed."""

    def run_and_close(*args: object) -> None:
        try:
            act(*args)
        finally:
            connections.close_all()

    return run_and_close


@alone
def write(writer: int) -> None:
    """Acts of one writer, each followed by a write outside of any."""
    for number in range(ACTS):
        with changeset(reason=f"Writer {writer}, act {number}."):
            row = official(f"o-{writer}-{number}")
            row.country = "US"
            row.save()
        Official.objects.filter(pk=row.pk).update(summary="Outside.")


def test_writers_at_once_make_one_chain_and_no_false_alarm(writers):
    busy = [writers.submit(write, number) for number in range(WRITERS)]
    while any(not future.done() for future in busy):
        assert {problem.kind for problem in verify().problems} <= {"outside"}
    for future in busy:
        future.result()
    with changeset(reason="Bind the last."):
        official("last")
    entries = list(Changeset.objects.order_by("position"))
    assert [entry.position for entry in entries] == list(range(1, WRITERS * ACTS + 3))
    problems = verify().problems
    assert [problem.kind for problem in problems] == ["outside"] * WRITERS * ACTS
    outside = Change.objects.outside()
    assert outside.count() == outside.filter(boundchange__isnull=False).count() == WRITERS * ACTS


def test_verifying_holds_up_no_writer(writers):
    with ledger.snapshot():
        before = Change.objects.count()
        writers.submit(write, 1).result(timeout=20)
        assert Change.objects.count() == before
    assert Change.objects.count() == before + ACTS * 3


def test_verifying_changes_nothing(own_database):
    a_ledger()
    before, tables = list(Change.objects.values_list()), connection.introspection.table_names()
    verify()
    assert list(Change.objects.values_list()) == before
    assert connection.introspection.table_names() == tables
    with changeset(reason="Add.") as act:
        official("other")
    assert act.position == 6


def test_nothing_can_be_written_while_verifying(own_database):
    from django.db import DatabaseError

    with ledger.snapshot(), pytest.raises(DatabaseError):
        run("DELETE FROM roster_official")


@contextmanager
def another_session() -> Iterator:
    """A client of its own, in a transaction that is open until it says otherwise."""
    import psycopg

    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn) as session:
        yield session


@on_postgresql
def test_a_write_in_flight_from_before_is_bound_when_it_is_there(own_database):
    official("early")
    official("late")
    with another_session() as session:
        session.execute("UPDATE roster_official SET country = 'CA' WHERE ref = 'early'")
        Official.objects.filter(ref="late").update(country="US")
        with changeset(reason="First."):
            official("a")
        session.commit()
    assert {problem.kind for problem in verify().problems} == {"outside"}
    with changeset(reason="Second."):
        official("b")
    first, second = Changeset.objects.order_by("position")[1:]
    in_flight = Change.objects.outside().latest("id").pk - 1
    assert second.outside == str(in_flight)
    assert str(in_flight) not in first.outside.replace("-", ",").split(",")
    assert {problem.kind for problem in verify().problems} == {"outside"}


@on_postgresql
def test_numbers_that_the_database_skips_are_no_gap(own_database):
    for number in range(3):
        run("SELECT nextval(pg_get_serial_sequence('roster_changeset', 'id'))")
        run("SELECT nextval(pg_get_serial_sequence('roster_change', 'id'))")
        with changeset(reason="Add."):
            official(f"o-{number}")
    assert verify().ok
    assert [e.position for e in Changeset.objects.order_by("position")] == [1, 2, 3, 4]


@on_postgresql
def test_an_act_that_locks_a_record_and_one_that_names_it_do_not_wait_for_each_other(writers):
    ann = official("ann-lee")
    locked, waiting = threading.Event(), threading.Event()

    @alone
    def edit() -> None:
        with changeset(reason="Edit."):
            row = Official.objects.select_for_update().get(pk=ann.pk)
            locked.set()
            assert waiting.wait(20)
            row.country = "US"
            row.save()

    @alone
    def name() -> None:
        assert locked.wait(20)
        with changeset(reason="Name."):
            Role.objects.create(ref="ann-lee/envoy", official=ann, title="Envoy")

    acts: list[Future[None]] = [writers.submit(edit), writers.submit(name)]
    while run("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
        assert not acts[1].done()
    waiting.set()
    for act in acts:
        act.result()
    assert {entry.reason for entry in Changeset.objects.all()} >= {"Edit.", "Name."}


@on_postgresql
def test_two_acts_that_close_at_once_wait_for_each_other(writers):
    with another_session() as session:
        session.execute("SELECT pg_advisory_xact_lock(7202607180)")
        acts = [writers.submit(write, number) for number in range(2)]
        while run("SELECT count(*) FROM pg_locks WHERE NOT granted") != [(2,)]:
            assert not any(act.done() for act in acts)
        session.commit()
    for act in acts:
        act.result()
    assert {problem.kind for problem in verify().problems} == {"outside"}

"""How a run tells how far it is, and how one is found whose process is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone

from roster.exchange import attempts, presence
from roster.exchange.attempts import Attempt, cancel, is_stopping, note_lost, uploads
from roster.exchange.progress import Cancelled, Progress
from roster.models import ImportRun
from tests.exchange.running import begun, files, the_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def waiting(db):
    return begun(User.objects.create_user("ann"), "ref,name\nann,Ann\n")


@pytest.fixture
def running(waiting):
    ImportRun.objects.update(state="running", started_at=timezone.now())
    waiting.refresh_from_db()
    return waiting


def told():
    run = the_run()
    return run.stage, run.rows_done, run.fraction


def later(minutes):
    ImportRun.objects.update(begun_at=timezone.now() - timedelta(minutes=minutes))


def test_the_row_says_how_far_the_run_is(running):
    Attempt(running, None).watch(Progress("reading", 2_000, 0.25))
    assert told() == ("reading", 2_000, 0.25)
    assert the_run().heartbeat_at >= running.started_at


def test_the_row_is_not_written_at_every_batch(running, django_assert_num_queries):
    heard = []
    attempt = Attempt(running, heard.append)
    attempt.watch(Progress("reading", 1, 0.1))
    with django_assert_num_queries(0):
        attempt.watch(Progress("reading", 2, 0.2))
    assert told() == ("reading", 1, 0.1)
    assert [progress.rows for progress in heard] == [1, 2]


def test_a_new_stage_is_told_at_once_and_has_its_own_pace(running):
    attempt = Attempt(running, None)
    attempt.watch(Progress("reading", 1, 0.1))
    first = the_run().stage_began_at
    attempt.watch(Progress("checking", 2, 0.2))
    assert told() == ("checking", 2, 0.2)
    assert the_run().stage_began_at >= first


def test_after_a_while_it_is_told_again(running, monkeypatch):
    monkeypatch.setattr(attempts, "TOLD_EVERY_SECONDS", 0)
    attempt = Attempt(running, None)
    attempt.watch(Progress("reading", 1, 0.1))
    began = the_run().stage_began_at
    attempt.watch(Progress("reading", 2, 0.2))
    assert told() == ("reading", 2, 0.2)
    assert the_run().stage_began_at == began


def test_a_run_that_is_to_stop_stops_at_every_batch(running):
    attempt = Attempt(running, None)
    attempt.watch(Progress("reading", 1, 0.1))
    assert not is_stopping(running)
    assert cancel(running)
    assert is_stopping(running)
    with pytest.raises(Cancelled):
        attempt.watch(Progress("reading", 2, 0.2))


def test_a_run_that_others_gave_up_stops(running):
    ImportRun.objects.update(state="lost")
    with pytest.raises(Cancelled):
        Attempt(running, None).watch(Progress("reading", 1, 0.1))


def test_a_watch_beside_it_may_stop_it_as_well(running):
    def stop(progress):
        raise Cancelled

    with pytest.raises(Cancelled):
        Attempt(running, stop).watch(Progress("reading", 1, 0.1))


def test_a_run_whose_process_is_gone_is_lost(running):
    uploads().lock(running.token).touch()
    note_lost()
    run = the_run()
    assert (run.state, run.message) == ("lost", attempts.LOST)
    assert run.finished_at
    assert ".lock" not in files()
    assert ".csv" in files()


def test_a_run_whose_process_is_there_goes_on(running):
    with presence.held(uploads().lock(running.token)):
        note_lost()
    assert the_run().state == "running"


def test_a_run_that_was_just_begun_may_yet_start(waiting):
    note_lost()
    assert the_run().state == "waiting"


def test_a_run_whose_process_never_started_is_lost(waiting):
    later(minutes=2)
    note_lost()
    assert the_run().state == "lost"


def test_a_run_waits_for_a_worker_however_long(waiting, settings):
    settings.ROSTER_WORKERS = True
    later(minutes=200)
    note_lost()
    assert the_run().state == "waiting"


@pytest.mark.parametrize("state", ["done", "refused", "cancelled"])
def test_a_run_that_has_ended_stays_as_it_is(waiting, state):
    ImportRun.objects.update(state=state)
    note_lost()
    assert the_run().state == state


def test_while_another_writes_at_length_it_is_left_to_the_next_look(running, monkeypatch):
    def locked(*arguments, **options):
        raise OperationalError("database is locked")

    monkeypatch.setattr(attempts, "end", locked)
    note_lost()
    assert the_run().state == "running"

"""Imports in processes of their own: killed, waiting, many at once; runs and rows always agree."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections

from roster.exchange import attempts, jobs, presence
from roster.exchange.attempts import cancel, note_lost, uploads
from roster.exchange.import_runs import TakenAlready, begin_upload, carry_out_upload
from roster.exchange.runs import preview_csv
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Changeset, ImportRun, Official
from tests.exchange.running import begun, elsewhere, surroundings, the_run, waiting_upload
from tests.history.force import on_postgresql

TWO = "ref,name\nann,Ann\nbob,Bob\n"
PAUSED_BEFORE_THE_COMMIT = """
from roster.history import changesets
changesets.close = lambda *arguments: pause()
carry_out_confirmed(int(sys.argv[1]), in_turn=False)
"""
PAUSED_AFTER_THE_COMMIT = """
from roster.exchange import import_runs
import_csv = import_runs.import_csv
def paused(*arguments, **options):
    import_csv(*arguments, **options)
    pause()
import_runs.import_csv = paused
carry_out_confirmed(int(sys.argv[1]), in_turn=False)
"""
PAUSED_WHILE_READING = """
from roster.exchange import import_runs
from roster.exchange.progress import Progress
def paused(*arguments, watch, **options):
    watch(Progress("reading", 2_000, 0.5))
    pause()
import_runs.import_csv = paused
carry_out_confirmed(int(sys.argv[1]), in_turn=False)
"""


@pytest.fixture
def ann(own_database):
    with changeset(reason="Account.", kind="command"):
        user = User.objects.create_user("ann")
    yield user
    for run in ImportRun.objects.all():
        uploads().forget(run.token)


def refs():
    return sorted(Official.objects.values_list("ref", flat=True))


def imports():
    return Changeset.objects.filter(kind="import")


def alone(act):
    """The act, after which its thread's connection is closed."""

    def run_and_close(*arguments):
        try:
            return act(*arguments)
        finally:
            connections.close_all()

    return run_and_close


def killed_while(script, run):
    """Carry out the run in a process that is killed when it pauses."""
    with elsewhere(script, run.pk) as process:
        assert process.stdout.readline() == "paused\n"
        note_lost()
        assert presence.is_held(uploads().lock(run.token))
        assert the_run().state in {"running", "done"}
        process.kill()


def test_a_worker_killed_before_its_commit_has_written_nothing(ann):
    run = begun(ann, TWO, as_previewed=None)
    killed_while(PAUSED_BEFORE_THE_COMMIT, run)
    note_lost()
    lost = the_run()
    assert (lost.state, lost.message, lost.changeset) == ("lost", attempts.LOST, None)
    assert (refs(), imports().count()) == ([], 0)
    upload = uploads().find(run.token, owner=str(ann.pk), stem="officials", now=run.begun_at)
    again = begin_upload(upload, reason="Again.", user=ann, as_previewed=None)
    assert carry_out_upload(again).new == 2
    assert (refs(), again.state) == (["ann", "bob"], "done")
    assert [problem.kind for problem in verify().problems] == []


def test_a_worker_killed_after_its_commit_has_written_all(ann):
    run = begun(ann, TWO)
    killed_while(PAUSED_AFTER_THE_COMMIT, run)
    note_lost()
    done = the_run()
    assert (done.state, done.new, done.changeset) == ("done", 2, imports().get())
    assert refs() == ["ann", "bob"]
    upload = uploads().find(run.token, owner=str(ann.pk), stem="officials", now=run.begun_at)
    with pytest.raises(TakenAlready, match="is imported already"):
        begin_upload(upload, reason="Again.", user=ann, as_previewed=None)


def test_what_another_process_reads_is_seen_and_can_be_cancelled(ann):
    run = begun(ann, TWO)
    with elsewhere(PAUSED_WHILE_READING, run.pk) as process:
        assert process.stdout.readline() == "paused\n"
        seen = the_run()
        assert (seen.state, seen.stage, seen.rows_done) == ("running", "reading", 2_000)
        assert cancel(seen)
        process.kill()
    note_lost()
    assert the_run().state == "lost"
    upload = uploads().find(run.token, owner=str(ann.pk), stem="officials", now=run.begun_at)
    again = begin_upload(upload, reason="Again.", user=ann, as_previewed=None)
    assert carry_out_upload(again).ok


def test_a_double_click_imports_once(ann):
    upload = waiting_upload(ann, TWO)
    both = threading.Barrier(2)

    @alone
    def click():
        both.wait()
        try:
            run = begin_upload(upload, reason="Why.", user=ann, as_previewed=None)
        except TakenAlready:
            return "taken"
        return carry_out_upload(run).ok

    with ThreadPoolExecutor(2) as pool:
        clicks = [pool.submit(click) for _ in range(2)]
    assert {click.result() for click in clicks} == {True, "taken"}
    assert (refs(), the_run().state, imports().count()) == (["ann", "bob"], "done", 1)


@pytest.mark.parametrize("texts", [[TWO] * 4, [f"ref,name\no-{n},N\n" for n in range(4)]])
def test_of_imports_at_once_each_run_says_what_it_wrote(ann, texts):
    runs = [begun(ann, text) for text in texts]
    together = threading.Barrier(len(runs))

    @alone
    def import_one(run):
        together.wait()
        return carry_out_upload(run)

    with ThreadPoolExecutor(len(runs)) as pool:
        reports = list(pool.map(import_one, runs))
    written = 0
    for run, report in zip(runs, reports, strict=True):
        run.refresh_from_db()
        assert (run.state == "done") == report.ok
        assert run.new == (run.changeset.change_count if run.changeset else 0) or not report.ok
        assert (run.changeset is not None) == (report.changeset is not None)
        written += run.new if report.ok else 0
    assert Official.objects.count() == written == len(set("".join(texts).split())) - 1
    assert imports().count() == sum(run.changeset is not None for run in runs)


def test_a_run_is_handed_to_a_process_of_its_own(ann, monkeypatch):
    for name, value in surroundings().items():
        monkeypatch.setenv(name, value)
    started = []
    popen = subprocess.Popen

    def start(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[0]

    monkeypatch.setattr(jobs.subprocess, "Popen", start)
    run = begun(ann, TWO)
    jobs.hand_over(run)
    assert started[0].wait(60) == 0
    assert (the_run().state, refs()) == ("done", ["ann", "bob"])
    assert not list(uploads().folder.glob(f"{run.token}.*"))


def test_processes_take_turns(ann):
    first, second = begun(ann, TWO), begun(ann, "ref,name\ncat,Cat\n")
    in_turn = PAUSED_WHILE_READING.replace("in_turn=False", "in_turn=True")
    with elsewhere(in_turn, first.pk) as process:
        assert process.stdout.readline() == "paused\n"
        with elsewhere("carry_out_confirmed(int(sys.argv[1]), in_turn=True)", second.pk) as later:
            while not presence.is_held(uploads().lock(second.token)):
                assert later.poll() is None
            second.refresh_from_db()
            assert second.state == "waiting"
            process.kill()
            assert later.wait(60) == 0
    second.refresh_from_db()
    assert second.state == "done"


def test_a_run_that_is_gone_or_refused_ends_the_job_quietly(ann):
    jobs.carry_out_confirmed(987_654, in_turn=False)
    run = begun(ann, TWO)
    uploads().forget(run.token)
    jobs.carry_out_confirmed(run.pk, in_turn=False)
    assert the_run().state == "refused"


@on_postgresql
def test_workers_take_what_is_handed_over_from_the_database(ann):
    runs = [begun(ann, f"ref,name\no-{number},N\n") for number in range(3)]
    workers = {"ROSTER_WORKERS": "1"}
    manage = [sys.executable, "manage.py"]
    environment = os.environ | surroundings() | workers

    def managed(*arguments):
        subprocess.run(
            [*manage, *arguments], env=environment, cwd=settings.BASE_DIR, check=True, timeout=120
        )

    managed("migrate", "--verbosity=0")
    hand_over = """
from roster.exchange.jobs import hand_over
from roster.models import ImportRun
for run in ImportRun.objects.order_by("id"):
    hand_over(run)
"""
    with elsewhere(hand_over, **workers) as process:
        assert process.wait(60) == 0
    assert set(ImportRun.objects.values_list("state", flat=True)) == {"waiting"}
    batch = ("db_worker", "--batch", "--no-startup-delay", "--verbosity=0")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: managed(*batch), range(2)))
    assert {run.state for run in ImportRun.objects.all()} == {"done"}
    assert refs() == ["o-0", "o-1", "o-2"]
    assert len(runs) == imports().count()


def test_a_preview_outside_of_any_transaction_shows_new_rows(ann):
    report, shown = preview_csv("officials", TWO.encode())
    assert (report.new, len(shown.rows), refs()) == (2, 2, [])

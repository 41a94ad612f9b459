"""Every import is kept as a run that ends in one state, and that state is what was written."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError

from roster.exchange import attempts, import_runs
from roster.exchange.attempts import cancel, uploads
from roster.exchange.bundle import BundleError, export_bundle
from roster.exchange.import_runs import (
    TakenAlready,
    begin_upload,
    carry_out_upload,
    import_file,
    import_roster,
)
from roster.exchange.progress import Progress
from roster.exchange.report import CellError, Report
from roster.exchange.runs import CHANGED_SINCE, import_csv
from roster.exchange.uploads import UploadAltered, UploadGone
from roster.models import Changeset, ImportRun, Official
from tests.exchange.running import begun, files, the_run, waiting_upload

pytestmark = pytest.mark.django_db
TWO = "ref,name\nann,Ann\nbob,Bob\n"


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann")


@pytest.fixture
def run(ann):
    return begun(ann, TWO)


@pytest.fixture
def engine(monkeypatch):
    """Puts something else in the place of the engine, or around it."""

    def put(stand_in):
        monkeypatch.setattr(import_runs, "import_csv", stand_in)

    return put


def refs():
    return sorted(Official.objects.values_list("ref", flat=True))


def imports():
    return Changeset.objects.filter(kind="import")


def ended(state, message=None):
    run = the_run()
    assert (run.state, bool(run.finished_at)) == (state, True)
    assert message in (None, run.message)
    return run


def test_what_is_imported_is_done_and_says_what_was_written(run, ann):
    report = carry_out_upload(run)
    entry = imports().get()
    kept = ended("done", "New: 2; changed: 0; unchanged: 0.")
    assert (report.changeset, kept.changeset) == (entry.position, entry)
    assert (entry.user, entry.reason) == (ann, "A test.")
    assert (kept.rows, kept.new, kept.changed, kept.unchanged, kept.errors) == (2, 2, 0, 0, 0)
    assert (kept.user, kept.stem, kept.file_name, kept.size_bytes) == (
        ann,
        "officials",
        "rows.csv",
        len(TWO),
    )
    assert len(kept.sha256) == 64
    assert files() == []


def test_a_file_that_says_nothing_new_is_done_without_a_changeset(ann):
    carry_out_upload(begun(ann, TWO))
    run = begun(ann, TWO)
    assert carry_out_upload(run).ok
    assert (run.state, run.message, run.changeset) == ("done", attempts.NOTHING_TO_IMPORT, None)
    assert run.unchanged == 2


def test_errors_are_kept_and_the_file_can_be_sent_again(ann):
    run = begun(ann, "ref,name,born\nann,Ann,2020-13\nbob,,\n")
    report = carry_out_upload(run)
    kept = ended("refused", "2 errors: nothing was written.")
    assert not report.ok
    assert (kept.errors, kept.rows, kept.changeset) == (2, 2, None)
    assert [(one["line"], one["column"]) for one in kept.error_rows()] == [(2, "born"), (3, "name")]
    assert ".csv" in files()
    upload = uploads().find(run.token, owner=str(ann.pk), stem="officials", now=run.begun_at)
    begin_upload(upload, reason="Again.", user=ann, as_previewed=None)
    assert ImportRun.objects.count() == 2


def test_a_single_error_is_the_message(ann):
    carry_out_upload(begun(ann, TWO, as_previewed="of another plan"))
    ended("refused", CHANGED_SINCE)
    assert refs() == []


def test_an_upload_under_way_or_done_has_no_second_run(ann):
    upload = waiting_upload(ann, TWO)
    first = begin_upload(upload, reason="Why.", user=ann, as_previewed=None)
    with pytest.raises(TakenAlready, match="at this moment, and is not imported a second time"):
        begin_upload(upload, reason="Why.", user=ann, as_previewed=None)
    uploads().file(upload)
    carry_out_upload(first)
    position = imports().get().position
    assert import_runs.already(the_run()) == (
        f"“rows.csv” is imported already, in changeset #{position}; nothing was written a second "
        "time."
    )


def test_a_run_is_carried_out_once(run):
    carry_out_upload(run)
    report = carry_out_upload(ImportRun.objects.get())
    assert not report.ok
    assert imports().count() == 1


def test_a_file_that_was_altered_refuses_the_run(run):
    (file,) = uploads().folder.glob("*.csv")
    file.write_bytes(file.read_bytes().replace(b"Bob", b"Eve"))
    with pytest.raises(UploadAltered):
        carry_out_upload(run)
    assert "is not the one that was uploaded" in ended("refused").message
    assert refs() == []


def test_a_file_that_is_gone_refuses_the_run(run):
    uploads().forget(run.token)
    with pytest.raises(UploadGone):
        carry_out_upload(run)
    ended("refused")


def test_a_run_cancelled_while_it_waits_never_starts(run):
    assert cancel(run)
    assert not carry_out_upload(run).ok
    ended("cancelled", attempts.CANCELLED)
    assert (refs(), files()) == ([], [])


def test_a_run_cancelled_while_it_reads_stops_at_the_next_batch(run, engine):
    def cancelled_meanwhile(*arguments, watch, **options):
        watch(Progress("reading", 1, 0.5))
        assert cancel(run)
        watch(Progress("checking", 1, 0.5))
        pytest.fail("It went on.")

    engine(cancelled_meanwhile)
    report = carry_out_upload(run)
    assert [error.message for error in report.errors] == [attempts.CANCELLED]
    ended("cancelled", attempts.CANCELLED)
    assert files() == []


def test_a_run_cancelled_after_its_last_batch_is_rolled_back(run, engine):
    def cancelled_last(*arguments, watch, **options):
        assert cancel(the_run())
        return import_csv(*arguments, **options)

    engine(cancelled_last)
    carry_out_upload(run)
    ended("cancelled", attempts.CANCELLED)
    assert (refs(), imports().count()) == ([], 0)


def test_a_run_cancelled_once_does_not_stop_the_next_of_its_file(run, ann, engine):
    def refused_meanwhile(*arguments, **options):
        assert cancel(the_run())
        return Report("officials", errors=[CellError(None, None, "No.")])

    engine(refused_meanwhile)
    carry_out_upload(run)
    engine(import_csv)
    upload = uploads().find(run.token, owner=str(ann.pk), stem="officials", now=run.begun_at)
    assert carry_out_upload(begin_upload(upload, reason="Again.", user=ann, as_previewed=None)).ok
    assert refs() == ["ann", "bob"]


def test_what_is_done_is_not_cancelled(run):
    carry_out_upload(run)
    assert not cancel(the_run())
    ended("done")


def test_a_run_that_others_gave_up_writes_nothing(run, engine):
    def given_up(*arguments, watch, **options):
        attempts.end(run, "lost", attempts.LOST)
        return import_csv(*arguments, **options)

    engine(given_up)
    assert not carry_out_upload(run).ok
    ended("lost", attempts.LOST)
    assert (refs(), imports().count()) == ([], 0)


def test_an_unexpected_error_is_raised_and_noted(run, engine):
    def broken(*arguments, **options):
        raise OperationalError("database is locked")

    engine(broken)
    with pytest.raises(OperationalError):
        carry_out_upload(run)
    ended("lost", attempts.BROKE_OFF)
    assert ".csv" in files()


@pytest.mark.parametrize("late", [KeyboardInterrupt, OperationalError])
def test_what_comes_after_the_commit_does_not_hide_it(run, engine, late):
    def committed(*arguments, **options):
        import_csv(*arguments, **options)
        raise late

    engine(committed)
    report = carry_out_upload(run)
    assert (report.ok, report.new, report.changeset) == (True, 2, imports().get().position)
    ended("done")
    assert refs() == ["ann", "bob"]


def test_an_interrupt_is_noted_and_reported(run, engine):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    engine(interrupted)
    report = carry_out_upload(run)
    assert [error.message for error in report.errors] == [attempts.INTERRUPTED]
    ended("cancelled", attempts.INTERRUPTED)


def test_hostile_names_and_messages_are_kept_without_what_hides(ann, engine):
    engine(
        lambda *arguments, **options: Report(
            "officials", errors=[CellError(2, "a\0b", "bad\0\u202e" + "x" * 5_000)] * 2
        )
    )
    run = begun(ann, TWO, name="a\0\u202egnp.csv" + "x" * 900)
    carry_out_upload(run)
    kept = ended("refused")
    assert kept.file_name.startswith("agnp.csvx")
    (error, _) = kept.error_rows()
    assert error["column"] == "ab"
    assert error["message"].startswith("badxx")
    assert len(error["message"]) == attempts.LONGEST_ERROR


def test_a_file_of_the_command_line_is_kept_too(tmp_path, ann):
    path = tmp_path / "people.csv"
    path.write_text(TWO)
    told = []
    report = import_file("officials", path, reason="By hand.", user=ann, watch=told.append)
    kept = ended("done")
    assert (kept.file_name, kept.reason, kept.size_bytes) == ("people.csv", "By hand.", len(TWO))
    assert report.changeset == kept.changeset.position
    assert [progress.stage for progress in told][:1] == ["reading"]
    assert files() == []


def test_a_roster_is_one_run(tmp_path, seeded):
    export_bundle(tmp_path / "roster.zip")
    Official.objects.filter(ref="mike-pompeo").update(honorific="")
    outcome = import_roster(tmp_path / "roster.zip", reason="Back.", user=None)
    kept = ended("done")
    assert (kept.stem, kept.file_name, kept.user) == ("bundle", "roster.zip", None)
    assert (kept.rows, kept.new) == (sum(one.rows for one in outcome.files), 0)
    assert (outcome.changeset is None) == (kept.changeset is None)


def test_a_roster_that_is_none_is_refused(tmp_path):
    (folder := tmp_path / "empty").mkdir()
    with pytest.raises(BundleError, match="is not a bundle"):
        import_roster(folder, reason="Back.", user=None)
    assert "is not a bundle" in ended("refused").message


def test_a_roster_whose_import_is_interrupted_says_so(tmp_path, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(import_runs, "import_bundle", interrupted)
    with pytest.raises(BundleError, match="interrupted: nothing was written"):
        import_roster(tmp_path, reason="Back.", user=None)
    ended("cancelled")

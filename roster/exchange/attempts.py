"""Attempts: a run is carried out, ends in one state, and that state is what was written.

The row of a run is completed inside the transaction of its changeset, so that neither is there
without the other. Any other end is noted by a statement that does nothing to a run that has ended.
Whoever carries out a run holds a lock; a run whose lock is free is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from roster.exchange import presence
from roster.exchange.bundle import BundleError
from roster.exchange.progress import Cancelled, Progress, Watch
from roster.exchange.report import CellError, Report
from roster.exchange.uploads import UploadRefused, Uploads
from roster.history.changesets import OpenChangeset
from roster.models import Change, ImportRun
from roster.models.imports import UNDER_WAY, RunState
from roster.text.characters import without_forbidden

TOLD_EVERY_SECONDS = 0.5
"""How often the row of a run says how far it is, and asks whether to stop."""
MUST_START_WITHIN = timedelta(minutes=1)
"""How long a run may wait for a process that has given no sign of life."""
LONGEST_ERROR = 1_000
"""Characters that are kept of the message of an error."""

NOTHING_TO_IMPORT = "Nothing was written: the database holds all that the file says already."
CANCELLED = "It was cancelled: nothing was written."
INTERRUPTED = "It was interrupted: nothing was written."
BROKE_OFF = (
    "It broke off by an error of the program, which the server's log has: nothing was written. "
    "Import the file again, or tell whoever runs this server."
)
LOST = (
    "The process that carried it out ended before it was done: nothing was written. Import the "
    "file again."
)


def uploads() -> Uploads:
    """Where files wait, and where the locks of runs lie."""
    return Uploads(Path(settings.ROSTER_HOME) / "uploads")


class Attempt:
    """A run while it is carried out: what the engine tells how far it is, and what it wrote."""

    def __init__(self, run: ImportRun, watch: Watch | None) -> None:
        self.run = run
        self.report: Report | None = None
        """What the transaction holds, once all rows are written."""
        self._watch = watch
        self._stage, self._told_at = "", 0.0

    def watch(self, progress: Progress) -> None:
        """Note how far the run is. Raises Cancelled when somebody asked for that."""
        if self._watch:
            self._watch(progress)
        self._go_on()
        begins = progress.stage != self._stage
        if not begins and time.monotonic() < self._told_at + TOLD_EVERY_SECONDS:
            return
        self._stage, self._told_at = progress.stage, time.monotonic()
        now = timezone.now()
        told: dict[str, Any] = {
            "stage": progress.stage,
            "rows_done": progress.rows,
            "fraction": progress.fraction,
            "heartbeat_at": now,
        }
        if begins:
            told["stage_began_at"] = now
        self._note(**told)

    def complete(self, act: OpenChangeset, report: Report) -> None:
        """Complete the run in the transaction of its changeset, when all rows are written.

        Raises Cancelled when it is to stop, or was given up by others.
        """
        self._go_on()
        written = Change.objects.filter(id__gt=act.below, changeset_id=act.id).exists()
        self._note(
            state=RunState.DONE,
            message=_said_of(report) if written else NOTHING_TO_IMPORT,
            changeset_id=act.id if written else None,
            finished_at=timezone.now(),
            **_counts(report),
        )
        self.report = report

    def _go_on(self) -> None:
        if uploads().stop(self.run.token).exists():
            raise Cancelled

    def _note(self, **values: Any) -> None:
        """Write to the row of the run, unless others have given it up."""
        running = ImportRun.objects.filter(pk=self.run.pk, state=RunState.RUNNING)
        if not running.update(**values):
            raise Cancelled


def carry_out(
    run: ImportRun,
    do: Callable[[Attempt], Report],
    *,
    watch: Watch | None = None,
    in_turn: bool = False,
) -> Report:
    """Carry out a waiting run by `do`; the run then says what became of it, and so does the report.

    One that no longer waits is left alone. `in_turn` waits until no other run that waits so is
    under way. Raises BundleError and UploadRefused as `do` does, and what nobody expected.
    """
    attempt, lock = Attempt(run, watch), uploads().lock(run.token)
    stop = uploads().stop(run.token)
    with ExitStack() as locks:
        locks.enter_context(presence.held(lock))
        locks.callback(lock.unlink, missing_ok=True)
        locks.callback(stop.unlink, missing_ok=True)
        if in_turn:
            locks.enter_context(presence.held(lock.with_name("turn.lock")))
        stop.unlink(missing_ok=True)  # of an earlier run of the same file, which was killed
        if _start(run):
            try:
                _conclude(run, attempt, do(attempt))
            except Cancelled:
                end(run, RunState.CANCELLED, CANCELLED)
            except KeyboardInterrupt:
                end(run, RunState.CANCELLED, INTERRUPTED)
            except (BundleError, UploadRefused) as refusal:
                end(run, RunState.REFUSED, str(refusal))
                raise
            except Exception:
                end(run, RunState.LOST, BROKE_OFF)
                if run.state != RunState.DONE:  # else only word of the commit was lost
                    raise
    run.refresh_from_db()
    return _final(run, attempt)


def end(
    run: ImportRun,
    state: RunState,
    message: str,
    *,
    among: Iterable[str] = UNDER_WAY,
    **values: Any,
) -> bool:
    """Note the end of a run if its state is `among` these; whether it was."""
    ended = ImportRun.objects.filter(pk=run.pk, state__in=among)
    noted = ended.update(state=state, message=message, finished_at=timezone.now(), **values)
    run.refresh_from_db()
    return bool(noted)


def cancel(run: ImportRun) -> bool:
    """Have a run stop before it is done, or never start; whether it was under way."""
    if end(run, RunState.CANCELLED, CANCELLED, among=[RunState.WAITING]):
        uploads().forget(run.token)
        return True
    if run.is_under_way:
        uploads().stop(run.token).touch(mode=0o600)
    return run.is_under_way


def is_stopping(run: ImportRun) -> bool:
    """Whether a run that is under way was cancelled."""
    return run.is_under_way and uploads().stop(run.token).exists()


def note_lost() -> None:
    """Note the end of each run whose process is gone; its transaction went with it."""
    for run in ImportRun.objects.under_way():
        lock = uploads().lock(run.token)
        if presence.is_held(lock) or _may_yet_start(run):
            continue
        # While somebody else writes at length, it is left to whoever looks next.
        with suppress(OperationalError), transaction.atomic():
            if end(run, RunState.LOST, LOST, among=[run.state]):
                lock.unlink(missing_ok=True)


def _may_yet_start(run: ImportRun) -> bool:
    """Whether a run waits for a worker, or for its own process that was started just now."""
    if run.state != RunState.WAITING:
        return False
    return bool(settings.ROSTER_WORKERS) or run.begun_at > timezone.now() - MUST_START_WITHIN


def _start(run: ImportRun) -> bool:
    now = timezone.now()
    waiting = ImportRun.objects.filter(pk=run.pk, state=RunState.WAITING)
    return bool(waiting.update(state=RunState.RUNNING, started_at=now, heartbeat_at=now))


def _conclude(run: ImportRun, attempt: Attempt, report: Report) -> None:
    attempt.report = report
    if report.ok:  # and completed already, if there was anything to write
        end(run, RunState.DONE, NOTHING_TO_IMPORT, **_counts(report))
        return
    end(
        run,
        RunState.REFUSED,
        _said_of(report),
        listed_errors=[
            [one.line, _kept(one.column or ""), _kept(one.message)] for one in report.errors
        ],
        **_counts(report),
    )


def _final(run: ImportRun, attempt: Attempt) -> Report:
    if attempt.report and run.state in (RunState.DONE, RunState.REFUSED):
        attempt.report.changeset = run.changeset.position if run.changeset else None
        return attempt.report
    return Report(run.stem, errors=[CellError(None, None, run.message)])


def _counts(report: Report) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "conflicts": report.conflicts,
        "errors": len(report.errors),
        "citations": report.cited,
    }


def _said_of(report: Report) -> str:
    if len(report.errors) == 1:
        return _kept(str(report.errors[0]))
    if not report.ok:
        return f"{len(report.errors):,} errors: nothing was written."
    return f"New: {report.new:,}; changed: {report.changed:,}; unchanged: {report.unchanged:,}."


def _kept(text: str) -> str:
    return without_forbidden(text, multiline=True)[:LONGEST_ERROR]

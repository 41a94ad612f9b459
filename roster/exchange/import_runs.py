"""Import runs: every import is kept, whoever began it and whatever came of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from roster.exchange.attempts import Attempt, carry_out, uploads
from roster.exchange.bundle import BundleError, BundleReport, import_bundle
from roster.exchange.mappings import Mapping
from roster.exchange.progress import Watch
from roster.exchange.report import Report
from roster.exchange.runs import import_csv
from roster.exchange.saved_mappings import mapping_for
from roster.exchange.sheets import Form
from roster.exchange.uploads import Upload, new_token
from roster.models import ImportRun
from roster.models.imports import BUNDLE, RunState
from roster.text.characters import without_forbidden

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    User = AbstractBaseUser | AnonymousUser


class TakenAlready(Exception):
    """The upload has a run that is under way or done."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        super().__init__(already(run))


def already(run: ImportRun) -> str:
    """Says that the upload of a standing run is not imported a second time."""
    if run.is_under_way:
        return (
            f"{run.shown_name} is being imported at this moment, and is not imported a second time."
        )
    where = f", in changeset {run.changeset}" if run.changeset else ""
    return f"{run.shown_name} is imported already{where}; nothing was written a second time."


def begin_upload(upload: Upload, *, reason: str, user: User, as_previewed: str | None) -> ImportRun:
    """A waiting run of a confirmed upload. Raises TakenAlready.

    `as_previewed` is the digest of the plan that was shown; None where none was.
    """
    run = ImportRun(
        user_id=user.pk,
        stem=upload.stem,
        file_name=_kept_name(upload.file_name),
        sha256=upload.sha256,
        size_bytes=uploads().size_bytes(upload),
        reason=reason,
        token=upload.token,
        as_previewed=as_previewed,
        begun_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        standing = ImportRun.objects.standing().filter(token=upload.token).first()
        if standing is None:
            raise
        raise TakenAlready(standing) from None
    return run


def mapping_of(upload: Upload) -> Mapping | None:
    """By what the upload's columns become ours; None where they are ours."""
    definition = uploads().mapping(upload)
    return mapping_for(upload.stem, definition) if definition else None


def carry_out_upload(run: ImportRun, *, in_turn: bool = False) -> Report:
    """Import the upload of a waiting run; it then goes, unless it may be imported again.

    Raises UploadRefused where it is gone or another.
    """

    def do(attempt: Attempt) -> Report:
        upload = uploads().find(
            run.token, owner=str(run.user_id), stem=run.stem, now=timezone.now()
        )
        return import_csv(
            run.stem,
            uploads().file(upload),
            reason=run.reason,
            user=run.user,
            form=uploads().form(upload),
            mapping=mapping_of(upload),
            decisions=uploads().decisions(upload),
            as_previewed=run.as_previewed,
            watch=attempt.watch,
            within=attempt.complete,
        )

    report = carry_out(run, do, in_turn=in_turn)
    if run.state in (RunState.DONE, RunState.CANCELLED):
        uploads().forget(run.token)
    return report


def import_file(
    stem: str,
    file: Path,
    *,
    reason: str,
    user: User | None,
    form: Form = Form(),
    mapping: Mapping | None = None,
    watch: Watch | None = None,
) -> Report:
    """Import a CSV file that lies anywhere. Raises OSError when it cannot be read."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    run = _begin(stem, file, reason=reason, user=user, sha256=sha256)

    def do(attempt: Attempt) -> Report:
        return import_csv(
            stem,
            file,
            reason=reason,
            user=user,
            form=form,
            mapping=mapping,
            watch=attempt.watch,
            within=attempt.complete,
        )

    return carry_out(run, do, watch=watch)


def import_roster(path: Path, *, reason: str, user: User | None) -> BundleReport:
    """Import a bundle. Raises BundleError as `import_bundle` does, and where it was stopped."""
    run = _begin(BUNDLE, path, reason=reason, user=user)
    outcome = BundleReport()

    def do(attempt: Attempt) -> Report:
        nonlocal outcome
        outcome = import_bundle(
            path,
            reason=reason,
            user=user,
            within=lambda act, found: attempt.complete(act, _summed(found)),
        )
        return _summed(outcome)

    carry_out(run, do)
    if run.state not in (RunState.DONE, RunState.REFUSED):
        raise BundleError(run.message)
    return outcome


def _begin(stem: str, file: Path, *, reason: str, user: User | None, sha256: str = "") -> ImportRun:
    return ImportRun.objects.create(
        user_id=user.pk if user else None,
        stem=stem,
        file_name=_kept_name(file.name),
        sha256=sha256,
        size_bytes=file.stat().st_size if file.is_file() else 0,
        reason=reason,
        token=new_token(),
        begun_at=timezone.now(),
    )


def _kept_name(name: str) -> str:
    return without_forbidden(name)[:255]


def _summed(outcome: BundleReport) -> Report:
    """What became of all files of a bundle together."""
    files = outcome.files
    return Report(
        BUNDLE,
        rows=sum(report.rows for report in files),
        new=sum(report.new for report in files),
        changed=sum(report.changed for report in files),
        unchanged=sum(report.unchanged for report in files),
        conflicts=sum(report.conflicts for report in files),
        errors=[error for report in files for error in report.errors],
        changeset=outcome.changeset,
        cited=sum(report.cited for report in files),
    )

"""Runs: a file goes in whole, as one changeset, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.db import DatabaseError, connection, transaction

from roster.exchange.citing import CITE_COLUMNS
from roster.exchange.duplicates import possible_duplicates
from roster.exchange.meanwhile import written_meanwhile
from roster.exchange.opening import open_sheet
from roster.exchange.planning import tables
from roster.exchange.planning.names import NewOfficial, new_officials
from roster.exchange.planning.plan import Plan
from roster.exchange.planning.planned import digest, lines_of, planned_rows, preview
from roster.exchange.planning.planner import loaded, plan_rows
from roster.exchange.planning.writing import write
from roster.exchange.plans import Decisions, Preview, RowState, Wanting, new_and_changed
from roster.exchange.progress import Progress, Watch
from roster.exchange.reading import check_header
from roster.exchange.report import CellError, Refused, Report
from roster.exchange.resources import RESOURCES, RowResource
from roster.exchange.resources.base import VERSION_COLUMN
from roster.exchange.sheets import MAX_ERRORS, Form, Sheet
from roster.exchange.state_column import STATE_COLUMN, has_states
from roster.history.changesets import OpenChangeset, changeset
from roster.models.records import Record
from roster.provenance import policy
from roster.provenance.policy import EvidenceLacking

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

CHANGED_SINCE = (
    "Rows that this file names were changed by someone after the preview: nothing was written. "
    "Look at the preview again."
)
Content = bytes | Path
"""A file, or where it lies; one that lies somewhere is read as a stream."""
Within = Callable[[OpenChangeset, Report], None]


class Mapping(Protocol):
    """Turns a sheet of other columns into one of ours."""

    def applied(self, sheet: Sheet) -> Sheet:
        """The sheet as its batches are taken, with our columns."""


def import_csv(
    stem: str,
    content: Content,
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None = None,
    dry_run: bool = False,
    as_previewed: str | None = None,
    form: Form = Form(),
    mapping: Mapping | None = None,
    decisions: Decisions | None = None,
    watch: Watch | None = None,
    within: Within | None = None,
) -> Report:
    """Import one file into the model of this file stem, as one changeset of kind `import`.

    With any error or conflict nothing is written, and the report lists them. A dry run reports the
    same and never writes. `as_previewed` is the digest of the plan that was shown: when the file
    would do anything else by now, that is an error too. `decisions` settle conflicts by line.

    `watch` is told of the progress and may raise Cancelled, which is raised here, with nothing
    written. `within` is called inside the transaction, when all rows are written.
    """
    if dry_run:
        return preview_csv(stem, content, form=form, mapping=mapping, decisions=decisions)[0]
    sheet = sheet_for(stem, content, form=form, mapping=mapping)
    report = Report(stem)
    with loaded(RESOURCES[stem](), sheet, watch, mapping=mapping) as plan:
        try:
            with changeset(user=user, reason=reason, kind="import") as act:
                plan_into(report, sheet, plan, decisions)
                if report.ok and as_previewed is not None and as_previewed != digest(plan):
                    report.errors.append(CellError(None, None, CHANGED_SINCE))
                if not report.ok:
                    raise Refused(report)
                if watch:
                    watch(Progress("writing", sheet.row_count, 1.0))
                write(plan)
                require_evidence(act, [(report, plan)])
                if within:
                    within(act, report)
        except Refused:
            return report
        except DatabaseError as error:
            report.errors.append(written_meanwhile(error))
            return report
    report.changeset = act.position
    return report


def preview_csv(
    stem: str,
    content: Content,
    *,
    form: Form = Form(),
    mapping: Mapping | None = None,
    decisions: Decisions | None = None,
    wanting: Wanting = new_and_changed,
) -> tuple[Report, Preview]:
    """What importing the file would do now, with those rows that are wanted; nothing is written.

    Where new values need evidence the import is rehearsed, so that a preview refuses what the
    import would: everything is written, looked at, and undone.
    """
    sheet = sheet_for(stem, content, form=form, mapping=mapping)
    report, shown = Report(stem), Preview()
    new: list[NewOfficial] = []
    with loaded(RESOURCES[stem](), sheet, mapping=mapping) as plan:
        try:
            with _rehearsing(report) if policy.is_required() else _looking() as act:
                plan_into(report, sheet, plan, decisions, to_write=act is not None)
                shown, new = preview(plan), new_officials(plan)
                shown.errors, shown.error_count = _faults(sheet, plan)
                shown.rows = planned_rows(plan, wanting(shown))
                if act and report.ok:
                    write(plan)
                    require_evidence(act, [(report, plan)])
        except Refused:
            shown.errors, shown.error_count = _faults(sheet, plan)
        except DatabaseError as error:
            report.errors.append(written_meanwhile(error))
            shown.errors, shown.error_count = report.errors, len(report.errors)
    shown.form = sheet.form
    shown.duplicates = possible_duplicates(new)
    report.alike = len(shown.duplicates.rows)
    return report, shown


def sheet_for(
    stem: str, content: Content, *, form: Form = Form(), mapping: Mapping | None = None
) -> Sheet:
    """The sheet of a file for the model of this stem, its header looked at."""
    sheet = open_sheet(content, form)
    if mapping:
        sheet = mapping.applied(sheet)
    resource = RESOURCES[stem]()
    check_header(sheet, known_columns(resource), resource.model().key_columns)
    if sheet.errors:  # of rows nothing is known yet: the file or its header is wrong
        return Sheet([], iter(()), sheet.errors, sheet.form)
    return sheet


def known_columns(resource: RowResource) -> tuple[str, ...]:
    """The columns that a file to import may have: the contract's, and those beside it."""
    model = resource.model()
    states = (STATE_COLUMN,) if has_states(model) else ()
    cites = CITE_COLUMNS if issubclass(model, Record) else ()
    return (*model.columns, VERSION_COLUMN, *states, *cites)


def plan_into(
    report: Report,
    sheet: Sheet,
    plan: Plan,
    decisions: Decisions | None = None,
    *,
    to_write: bool = True,
) -> None:
    """Plan the rows of a loaded sheet, and put counts and errors into its report."""
    if plan.can_be_matched:
        plan_rows(plan, decisions=decisions, to_write=to_write)
    counts = plan.counts
    report.rows = sheet.row_count
    report.new, report.changed = counts.get(RowState.NEW, 0), counts.get(RowState.CHANGED, 0)
    report.unchanged = counts.get(RowState.UNCHANGED, 0) + counts.get(RowState.KEPT, 0)
    report.conflicts = counts.get(RowState.CONFLICT, 0)
    report.cited, report.stale = plan.citations, plan.stale
    report.errors = _listed(
        [*sheet.errors.listed, *plan.errors], sheet.errors.count + plan.error_count
    )


def require_evidence(act: OpenChangeset, written: list[tuple[Report, Plan]]) -> None:
    """Refuse what was written where the policy asks for evidence that it lacks.

    Puts into the reports what is lacking, each with its line, and raises Refused.
    """
    try:
        policy.require_evidence(act)
    except EvidenceLacking as refusal:
        for report, plan in written:
            lacking = [each for each in refusal.lacking if each.model is plan.model]
            lines = lines_of(plan, [each.key for each in lacking[:MAX_ERRORS]])
            for each in lacking[:MAX_ERRORS]:
                plan.refuse(lines.get(each.key), each.column, each.sentence, each.value)
            plan.error_count += len(lacking[MAX_ERRORS:])
            report.errors = _listed(plan.errors, plan.error_count)
        raise Refused(written[0][0]) from refusal


@contextmanager
def _rehearsing(report: Report) -> Iterator[OpenChangeset]:
    """A changeset in which all is done as in an import, and undone by raising Refused."""
    with changeset(reason="Preview.", kind="import") as act:
        yield act
        raise Refused(report)


@contextmanager
def _looking() -> Iterator[None]:
    """One view of the database throughout; others write meanwhile. What is done is undone."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        tables.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            tables.execute("ROLLBACK")
    else:
        with transaction.atomic():
            tables.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield


def _faults(sheet: Sheet, plan: Plan) -> tuple[list[CellError], int]:
    """The first errors that are no conflicts, in the order of the file, and how many there are."""
    found = sorted([*sheet.errors.listed, *plan.faults], key=lambda error: error.line or 0)
    return found[:MAX_ERRORS], sheet.errors.count + plan.error_count - plan.conflict_count


def _listed(errors: list[CellError], count: int) -> list[CellError]:
    """The errors in the order of the file as far as they are listed, and how many more."""
    listed = sorted(errors, key=lambda error: error.line or 0)[:MAX_ERRORS]
    if count > len(listed):
        more = f"{count - len(listed):,} more errors are not listed."
        listed.append(CellError(None, None, more))
    return listed

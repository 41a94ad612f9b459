"""Runs: a file goes in whole, as one changeset, or not at all; a table goes out row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from django.db import IntegrityError, models, transaction

from roster.exchange.evidence import STATE_COLUMN, ready_for_states, state_cells
from roster.exchange.planning import Planner, known_columns
from roster.exchange.plans import Plan
from roster.exchange.reading import MAX_ERRORS, Table, read_table
from roster.exchange.report import CellError, Refused, Report
from roster.exchange.resources import RESOURCES
from roster.exchange.resources.base import VERSION_COLUMN
from roster.history.changesets import changeset
from roster.history.versions import with_version
from roster.models import Citation, Row
from roster.provenance import policy
from roster.provenance.placing import ANCHOR
from roster.provenance.policy import EvidenceLacking

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

BATCH = 500
CHANGED_SINCE = (
    "Rows that this file names were changed by someone after the preview: nothing was written. "
    "Look at the preview again."
)
WRITTEN_MEANWHILE = (
    "While this file was imported, someone else wrote or deleted rows that it names: nothing of "
    "it was written. Import it again."
)


class TextOut(Protocol):
    """Where an export is written: a file, or a command's standard output."""

    def write(self, text: str, /) -> object: ...


def import_csv(
    stem: str,
    content: bytes,
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None = None,
    dry_run: bool = False,
    as_previewed: str | None = None,
) -> Report:
    """Import one CSV file into the model of this file stem, as one changeset of kind `import`.

    With any error or conflict nothing is written, and the report lists them all. A dry run
    reports the same and never writes. `as_previewed` is the digest of the plan that was shown:
    when the file would do anything else by now, that is an error too.
    """
    if dry_run:
        return preview_csv(stem, content)[0]
    report, table = read_for(stem, content)
    plan = Plan()
    try:
        with changeset(user=user, reason=reason, kind="import") as act:
            plan = plan_into(report, table)
            if as_previewed not in (None, plan.digest()):
                report.errors.append(CellError(None, None, CHANGED_SINCE))
            if not report.ok:
                raise Refused(report)
            write(plan)
    except Refused:
        return report
    except IntegrityError:
        report.errors.append(CellError(None, None, WRITTEN_MEANWHILE))
        return report
    except EvidenceLacking as refusal:
        note_lacking(refusal, report, plan)
        return report
    report.changeset = act.position
    return report


def preview_csv(stem: str, content: bytes) -> tuple[Report, Plan]:
    """What importing the file would do now, row by row; nothing is written.

    Where new values need evidence the import is rehearsed, so that a preview refuses what the
    import would: everything is written, looked at, and undone.
    """
    report, table = read_for(stem, content)
    if not policy.is_required():
        with transaction.atomic():
            return report, plan_into(report, table)
    plan = Plan()
    try:
        with changeset(reason="Preview.", kind="import") as act:
            plan = plan_into(report, table)
            if report.ok:
                write(plan)
                policy.require_evidence(act)
            raise Refused(report)
    except IntegrityError:
        report.errors.append(CellError(None, None, WRITTEN_MEANWHILE))
    except EvidenceLacking as refusal:
        note_lacking(refusal, report, plan)
    except Refused:
        pass
    return report, plan


def read_for(stem: str, content: bytes) -> tuple[Report, Table]:
    """A file's table for the model of this stem, and a report with its errors of form."""
    resource = RESOURCES[stem]()
    table = read_table(
        content, columns=known_columns(resource), key_columns=resource.model().key_columns
    )
    return Report(stem, rows=table.row_count, errors=_listed(table.errors)), table


def plan_into(report: Report, table: Table) -> Plan:
    """Plan a table and put counts and errors into its report."""
    plan = Planner(RESOURCES[report.model](), table).run()
    report.new, report.changed = len(plan.new), len(plan.changed)
    report.unchanged, report.conflicts = plan.unchanged, plan.conflicts
    report.cited, report.stale = plan.citations, plan.stale
    report.errors = _listed(plan.errors)
    return plan


def write(plan: Plan) -> None:
    """Carry out a plan without errors, inside the caller's changeset."""
    for generation in _generations(plan.new):
        type(generation[0])._default_manager.bulk_create(generation, batch_size=BATCH)
    if plan.changed:
        model = type(plan.changed[0])
        columns = RESOURCES[model.file_stem].columns()
        fields = sorted(
            {name for column in plan.changed_columns for name in columns[column].model_fields}
        )
        model._default_manager.bulk_update(plan.changed, fields, batch_size=BATCH)
    if written := [*plan.new, *plan.changed]:
        RESOURCES[type(written[0]).file_stem]().follow_up(written)
    Citation.objects.bulk_create(plan.cited, batch_size=BATCH)
    Citation.objects.bulk_update(plan.recited, ("value", *ANCHOR), batch_size=BATCH)


def note_lacking(refusal: EvidenceLacking, report: Report, plan: Plan) -> None:
    """Put into plan and report what the policy on evidence refused of the rows that it wrote."""
    model = RESOURCES[report.model].model()
    lines = {row.pk: line for row, line in plan.origins}
    plan.errors += [
        CellError(lines.get(each.key), each.column, each.sentence)
        for each in refusal.lacking
        if each.model is model
    ]
    plan.errors.sort(key=lambda error: error.line or 0)
    report.errors = _listed(plan.errors)


def export_csv(stem: str, out: TextOut, *, versions: bool = False, states: bool = False) -> int:
    """Write every row of a model as CSV, by key; how many. The file ends its lines with LF.

    `versions` adds the column `_version`, by which a later import sees what changed since;
    `states` the column `_state` of a model that `has_states`, which an import passes over.
    """
    writer = csv.writer(out, lineterminator="\n")
    lines = 0
    for line in _lines(stem, None, versions=versions, states=states):
        writer.writerow(line)
        lines += 1
    return lines - 1  # the first is the header


def csv_pieces(
    stem: str,
    *,
    among: models.QuerySet[Any] | None = None,
    versions: bool = False,
    states: bool = False,
) -> Iterator[str]:
    """What `export_csv` writes, of the rows `among` the given ones only, a piece at a time."""
    piece = io.StringIO(newline="")
    writer = csv.writer(piece, lineterminator="\n")
    for number, line in enumerate(_lines(stem, among, versions=versions, states=states), 1):
        writer.writerow(line)
        if number % BATCH == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


def _lines(
    stem: str, among: models.QuerySet[Any] | None, *, versions: bool, states: bool
) -> Iterator[list[str]]:
    """The header, then the cells of each row, by key."""
    resource = RESOURCES[stem]()
    columns = resource.columns().values()
    added = [VERSION_COLUMN] * versions + [STATE_COLUMN] * states
    yield [column.name for column in columns] + added
    rows = resource.in_export_order()
    if among is not None:
        rows = rows.filter(pk__in=among.order_by().values("pk"))
    if versions:
        # Asked for together with the row: a write between two queries would go unseen for good.
        rows = with_version(rows)
    if states:
        rows = ready_for_states(rows)
    every = rows.iterator(chunk_size=BATCH)
    while batch := list(islice(every, BATCH)):
        states_of_batch = state_cells(batch) if states else []
        for number, row in enumerate(batch):
            cells = [column.export(row) for column in columns]
            if versions:
                cells.append(str(row.version or ""))
            yield cells + states_of_batch[number : number + 1]


def _generations(rows: list[Row]) -> Iterator[list[Row]]:
    """New rows in groups such that each names only rows of earlier groups or of the database."""
    waiting = rows
    while waiting:
        unsaved = {id(row) for row in waiting}
        ready = [
            row for row in waiting if not any(id(other) in unsaved for other in _named_by(row))
        ]
        yield ready
        done = {id(row) for row in ready}
        waiting = [row for row in waiting if id(row) not in done]


def _named_by(row: Row) -> Iterator[models.Model]:
    """The rows that this row's foreign keys hold in memory."""
    for field in row._meta.local_concrete_fields:
        if isinstance(field, models.ForeignKey) and field.is_cached(row):
            yield from filter(None, [getattr(row, field.name)])


def _listed(errors: list[CellError]) -> list[CellError]:
    """The errors as far as they are listed, and how many more there are."""
    if len(errors) <= MAX_ERRORS:
        return errors
    more = CellError(None, None, f"{len(errors) - MAX_ERRORS:,} more errors are not listed.")
    return [*errors[:MAX_ERRORS], more]

"""Rows that were changed here after their file was exported: three values each, and the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from roster.admin.display import row_url
from roster.admin.forms.editing import author
from roster.admin.imports.shown import ShownText, excerpt, fitting, shown_cell
from roster.exchange.overtaken import Overtaken, overtaken
from roster.exchange.plans import CellChange, PlannedRow
from roster.models import Change
from roster.models.records import Row


@dataclass(frozen=True)
class ShownValues:
    """One column of a row: as it was exported, as it is here now, and as the file has it."""

    column: str
    exported: str | None
    """None where the ledger does not tell."""
    here: ShownText
    file: ShownText


@dataclass(frozen=True)
class ShownConflict:
    """A row in conflict, with what there is to choose between."""

    row: PlannedRow
    label: str
    values: tuple[ShownValues, ...]
    is_as_exported: bool
    """Whether the file says of all these columns what was exported: only others changed the row."""
    by: str
    """Who changed or deleted it; empty where that is not known."""
    at: datetime | None
    reason: str
    changeset: str
    url: str
    """The address of the changeset; empty where it may not be viewed."""

    @property
    def is_gone(self) -> bool:
        return self.row.key is None


def shown_conflicts(
    model: type[Row], rows: Sequence[PlannedRow], *, may_view_changesets: bool
) -> list[ShownConflict]:
    """The rows with no more text than a page bears."""
    found = overtaken(model, rows)
    return fitting(
        lambda longest: [
            _shown(row, found[row.line], longest, may_view_changesets=may_view_changesets)
            for row in rows
        ]
    )


def _shown(
    row: PlannedRow, became: Overtaken, longest: int, *, may_view_changesets: bool
) -> ShownConflict:
    change = became.change
    changeset = change.changeset if change else None
    return ShownConflict(
        row=row,
        label=excerpt(row.label, longest),
        values=tuple(_values(cell, became, longest) for cell in row.cells),
        is_as_exported=bool(row.cells)
        and all(became.exported.get(cell.column) == cell.new for cell in row.cells),
        by=author(change) if change else "",
        at=_moment(change) if change else None,
        reason=excerpt(changeset.reason, longest) if changeset else "",
        changeset=str(changeset or ""),
        url=row_url(changeset) if changeset and may_view_changesets else "",
    )


def _values(cell: CellChange, became: Overtaken, longest: int) -> ShownValues:
    exported = became.exported.get(cell.column)
    shown = shown_cell(cell, longest)
    return ShownValues(
        cell.column,
        exported if exported is None else excerpt(exported, longest),
        shown.old,
        shown.new,
    )


def _moment(change: Change) -> datetime:
    return change.changeset.closed_at if change.changeset else change.clock

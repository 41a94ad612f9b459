"""Exports: a table goes out in batches, by key, its cells made by the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any, Protocol

from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from roster.exchange.copying import copied_csv
from roster.exchange.resources import RESOURCES, RowResource
from roster.exchange.resources.base import VERSION_COLUMN
from roster.exchange.sheets import BATCH
from roster.exchange.state_column import STATE_COLUMN, ready_for_states, state_cells
from roster.exchange.workbooks import write_workbook
from roster.exchange.writing import Row, csv_text
from roster.history.past.versions import UNRECORDED, with_version


class TextOut(Protocol):
    """Where an export is written: a file, or a command's standard output."""

    def write(self, text: str, /) -> object: ...


def export_csv(stem: str, out: TextOut, *, versions: bool = False, states: bool = False) -> int:
    """Write every row of a model as CSV, by key; how many. The file ends its lines with LF.

    `versions` adds the column `_version`, by which a later import sees what changed since;
    `states` the column `_state` of a model that `has_states`, which an import passes over.
    """
    resource = RESOURCES[stem]()
    count = 0
    if connection.vendor == "postgresql" and not states:
        out.write(csv_text([_header(resource, versions=versions)]))
        for piece, rows_of_piece in copied_csv(_cells(resource, None, versions=versions)):
            out.write(piece)
            count += rows_of_piece
        return count
    for rows in cell_batches(stem, versions=versions, states=states):
        out.write(csv_text(rows))
        count += len(rows)
    return count - 1  # the first is the header


def csv_pieces(
    stem: str,
    *,
    among: models.QuerySet[Any] | None = None,
    versions: bool = False,
    states: bool = False,
) -> Iterator[str]:
    """What `export_csv` writes, of the rows `among` the given ones only, a piece at a time."""
    for rows in cell_batches(stem, among=among, versions=versions, states=states):
        yield csv_text(rows)


def export_workbook(
    stem: str,
    out: IO[bytes],
    *,
    among: models.QuerySet[Any] | None = None,
    versions: bool = False,
    states: bool = False,
) -> int:
    """Write the same rows as an .xlsx, every cell a text; how many.

    `out` must be one in which the writer can go back. Raises WorkbookRefused, with `out` half
    written, where Excel could not take the rows.
    """
    batches = cell_batches(stem, among=among, versions=versions, states=states)
    return write_workbook(out, stem, batches) - 1  # the first is the header


def cell_batches(
    stem: str,
    *,
    among: models.QuerySet[Any] | None = None,
    versions: bool = False,
    states: bool = False,
) -> Iterator[Sequence[Row]]:
    """The header and the cells of the rows in batches, by key, as they are.

    The header comes with the first rows, so that all of it is of the moment of the first batch.
    """
    resource = RESOURCES[stem]()
    if states:
        rows = ready_for_states(_rows(resource, among, versions=versions))
        batches = _with_states(resource, rows, versions=versions)
    else:
        batches = _batched(_cells(resource, among, versions=versions))
    yield [_header(resource, versions=versions, states=states), *next(batches, [])]
    yield from batches


def _header(resource: RowResource, *, versions: bool, states: bool = False) -> list[str]:
    return [*resource.columns(), *[VERSION_COLUMN] * versions, *[STATE_COLUMN] * states]


def _rows(
    resource: RowResource, among: models.QuerySet[Any] | None, *, versions: bool
) -> models.QuerySet[Any]:
    rows = resource.in_export_order()
    if among is not None:
        rows = rows.filter(pk__in=among.order_by().values("pk"))
    # Asked for together with the row: a write between two queries would go unseen for good.
    return with_version(rows) if versions else rows


def _cells(
    resource: RowResource, among: models.QuerySet[Any] | None, *, versions: bool
) -> models.QuerySet[Any]:
    """The cells of the rows, as the database makes them."""
    cells = [column.cell_expression() for column in resource.columns().values()]
    rows = _rows(resource, among, versions=versions)
    return rows.values_list(*cells, *[_VERSION] * versions)


_VERSION = Coalesce(
    Cast(NullIf(F("version"), UNRECORDED), models.TextField()),
    Value(""),
    output_field=models.TextField(),
)
"""The cell of a row's version; blank where the ledger knows none."""


def _with_states(
    resource: RowResource, rows: models.QuerySet[Any], *, versions: bool
) -> Iterator[list[Row]]:
    """The cells of the rows by way of instances, which their states are computed from."""
    columns = resource.columns().values()
    for batch in _batched(rows):
        yield [
            [
                *(column.export(row) for column in columns),
                *([str(row.version or "")] if versions else []),
                state,
            ]
            for row, state in zip(batch, state_cells(batch), strict=True)
        ]


def _batched(rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
    every = rows.iterator(chunk_size=BATCH)
    while batch := list(islice(every, BATCH)):
        yield batch

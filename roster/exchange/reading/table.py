"""A whole table at once, for those who plan all rows together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from roster.exchange.reading.csv_sheet import read_sheet
from roster.exchange.reading.headers import check_header
from roster.exchange.report import CellError
from roster.exchange.sheets import Form


@dataclass(frozen=True)
class TableRow:
    """One row: the physical line on which it begins, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass
class Table:
    """What a file says, row by row in its order."""

    header: list[str] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    row_count: int = 0
    """How many rows the file has, those with errors of form included."""


def read_table(
    content: bytes | Path,
    *,
    columns: Sequence[str],
    key_columns: Sequence[str],
    form: Form = Form(),
) -> Table:
    """The rows of a sheet whose columns are among `columns`, the key columns at least.

    A row with an error of form is left out of the table; where the header has one, no row is read.
    """
    sheet = read_sheet(content, form)
    check_header(sheet, columns, key_columns)
    table = Table(sheet.header, errors=sheet.errors.listed)
    if not sheet.errors:
        for batch in sheet.batches:
            table.rows += [
                TableRow(line, dict(zip(sheet.header, cells, strict=True)))
                for line, cells in zip(batch.lines, batch.rows, strict=True)
            ]
    table.row_count = sheet.row_count
    return table

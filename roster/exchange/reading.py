"""Reading CSV strictly: bytes in, a table of text cells out, or every error of form at once.

Knows files, lines and characters; not what a column means.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from roster.exchange.report import CellError
from roster.exchange.sheets import Batch, Errors, Form, Sheet
from roster.text.characters import forbidden_character

MAX_CELL_CHARACTERS = 100_000
MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_ERRORS = 1_000
"""How many errors of a file are listed; the last entry says when there are more."""

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


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


def read_table(content: bytes, *, columns: Sequence[str], key_columns: Sequence[str]) -> Table:
    """The rows of a CSV file whose columns are among `columns`, the key columns at least.

    UTF-8, with or without a byte order mark; commas; line ends of any kind, `\\n` inside cells.
    Blank lines are passed over. A row with an error of form is left out of the table; where the
    header has one, no row is read.
    """
    table = Table()
    text = _decode(content, table)
    if text is None:
        return table
    records = _records(text, table)
    try:
        _first_line, table.header = next(records)
    except StopIteration:
        empty = CellError(None, None, "The file is empty: its first line must name the columns.")
        table.errors = table.errors or [empty]
        return table
    table.errors += _header_errors(table.header, columns, key_columns)
    if table.errors:
        return table
    width = len(table.header)
    for line, cells in records:
        table.row_count += 1
        if len(cells) != width:
            table.errors.append(
                CellError(
                    line,
                    None,
                    f"The row has {len(cells)} cells, the header {width}: give each row "
                    "as many cells as the header, empty ones included.",
                )
            )
            continue
        named = {
            column: _LINE_BREAK.sub("\n", cell)
            for column, cell in zip(table.header, cells, strict=True)
        }
        errors = list(_cell_errors(line, named))
        table.errors += errors
        if not errors:
            table.rows.append(TableRow(line, named))
    return table


def _decode(content: bytes, table: Table) -> str | None:
    if len(content) > MAX_FILE_BYTES:
        problem = f"The file has {len(content):,} bytes; at most {MAX_FILE_BYTES:,} are read."
    elif b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        problem = (
            f"The file holds a NUL byte (U+0000) on line {line}: it is not CSV in UTF-8. "
            "Save it as “CSV UTF-8” and try again."
        )
    else:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            problem = (
                f"The file is not UTF-8: byte 0x{content[error.start]:02X} on line {line} "
                "has no meaning there. Save it as “CSV UTF-8” and try again."
            )
    table.errors.append(CellError(None, None, problem))
    return None


def _records(text: str, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Each record with the physical line on which it begins; stops at what is not CSV."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            table.errors.append(
                CellError(
                    line,
                    None,
                    f"The row is not CSV ({error}): put a cell that holds a quotation mark, a "
                    "comma or a line break between quotation marks, and double those inside.",
                )
            )
            return
        if cells:
            yield line, cells
        line = reader.line_num + 1


def _header_errors(
    header: Sequence[str], columns: Sequence[str], key_columns: Sequence[str]
) -> Iterator[CellError]:
    takes = f"The columns are: {', '.join(columns)}."
    for position, name in enumerate(header, 1):
        if name in header[: position - 1]:
            yield CellError(1, name, f"The column {name} is there twice: leave it once.")
        elif name not in columns:
            near = get_close_matches(name, columns, n=1)
            said = _printable(name) or f"number {position}, which has no name"
            hint = f" Did you mean {near[0]}?" if near else ""
            yield CellError(
                1, _printable(name) or None, f"There is no column {said}.{hint} {takes}"
            )
    for name in key_columns:
        if name not in header:
            yield CellError(1, name, f"The key column {name} is missing. {takes}")


def _cell_errors(line: int, cells: dict[str, str]) -> Iterator[CellError]:
    for column, cell in cells.items():
        if len(cell) > MAX_CELL_CHARACTERS:
            yield CellError(
                line,
                column,
                f"The cell has {len(cell):,} characters; at most {MAX_CELL_CHARACTERS:,} are read.",
            )
        found = forbidden_character(cell, multiline=True)
        if found:
            yield CellError(
                line,
                column,
                f"The cell holds {found}, which can hide or reorder text: remove it.",
            )


def _printable(text: str) -> str:
    """Text of a file as a message may show it: cut, and without what could disturb it."""
    shown = "".join(c if c.isprintable() else "�" for c in text)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def read_sheet(content, form=Form()):
    content = content if isinstance(content, bytes) else content.read_bytes()
    t0 = Table()
    text = _decode(content, t0)
    if text is None:
        return Sheet([], iter(()), Errors(t0.errors, len(t0.errors)))
    try:
        _l, header = next(_records(text, t0))
    except StopIteration:
        t0.errors = t0.errors or [
            CellError(None, None, "The file is empty: its first line must name the columns.")
        ]
        return Sheet([], iter(()), Errors(t0.errors, len(t0.errors)))
    if len(set(header)) < len(header):
        return Sheet(header, iter(()), Errors())
    table = read_table(content, columns=header, key_columns=())
    lines = [r.line for r in table.rows]
    rows = [list(r.cells.values()) for r in table.rows]

    def batches():
        for i in range(0, len(rows), 2000):
            yield Batch(lines[i : i + 2000], rows[i : i + 2000])

    return Sheet(
        header, batches(), Errors(table.errors, len(table.errors)), row_count=table.row_count
    )


def check_header(sheet, columns, key_columns):
    if sheet.header:
        errors = list(_header_errors(sheet.header, columns, key_columns))
        for error in errors:
            sheet.errors.add(error)
        if errors:
            sheet.header = []
            sheet.batches = iter(())
            sheet.row_count = 0

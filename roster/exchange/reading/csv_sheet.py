"""A CSV file as a sheet: its form found out, each row as wide as the header, each cell clean."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from roster.exchange.reading.errors_column import ERRORS_COLUMN, pass_over
from roster.exchange.reading.files import opened, size_in_bytes
from roster.exchange.reading.limits import Limits, limits_in_force
from roster.exchange.reading.records import Records, printable
from roster.exchange.reading.sniffing import CODECS, DELIMITERS
from roster.exchange.report import CellError
from roster.exchange.sheets import BATCH, Batch, Errors, Form, Sheet
from roster.text.characters import forbidden_character, quoted


def read_sheet(content: bytes | Path, form: Form = Form(), limits: Limits | None = None) -> Sheet:
    """The table of a CSV file, which is a path or its bytes; read as its batches are taken.

    What `form` leaves empty is found out and stands in the form of the sheet. Quoting is strict,
    a line break in a cell is `\\n`, blank lines and the column `_errors` are passed over. What is
    not CSV, cannot be decoded or is beyond the limits (default: those in force) ends the sheet
    there, with an error. A file whose header is wrong by itself has no table. Raises OSError.
    """
    limits = limits or limits_in_force()
    errors = Errors()
    sheet = Sheet([], iter(()), errors, form)
    if problem := _refusal_unread(content, form, limits):
        errors.add(problem)
        return sheet
    with opened(content) as stream:
        records = Records(stream, size_in_bytes(content), form, limits)
        header = records.header()
    sheet.form = records.form
    if header:
        for error in _header_errors(header, limits):
            errors.add(error)
    else:
        empty = CellError(None, None, "The file is empty: its first line must name the columns.")
        errors.add(records.problem or empty)
    if not errors:
        sheet.header = header
        sheet.batches = _batches(content, sheet, limits)
        pass_over(sheet, ERRORS_COLUMN)
    return sheet


def _refusal_unread(content: bytes | Path, form: Form, limits: Limits) -> CellError | None:
    """Why the file is not even opened."""
    if form.encoding and form.encoding not in CODECS:
        named, taken = quoted(form.encoding), ", ".join(CODECS)
        return CellError(None, None, f"{named} is no encoding that is read: choose {taken}.")
    if form.delimiter and form.delimiter not in DELIMITERS:
        named, taken = quoted(form.delimiter), ", ".join(DELIMITERS.values())
        return CellError(None, None, f"{named} is no delimiter that is read: choose {taken}.")
    size = size_in_bytes(content)
    if size > limits.file_bytes:
        return CellError(
            None, None, f"The file has {size:,} bytes; at most {limits.file_bytes:,} are read."
        )
    return None


def _header_errors(header: list[str], limits: Limits) -> Iterator[CellError]:
    if len(header) > limits.columns:
        yield CellError(
            1,
            None,
            f"The header has {len(header):,} columns; at most {limits.columns:,} are read.",
        )
    for position, name in enumerate(header, 1):
        if found := forbidden_character(name, multiline=True):
            yield CellError(
                1,
                None,
                f"The name of column {position} holds {found}, which can hide or reorder text: "
                "remove it.",
                printable(name),
            )


def _batches(content: bytes | Path, sheet: Sheet, limits: Limits) -> Iterator[Batch]:
    with opened(content) as stream:
        records = Records(stream, size_in_bytes(content), sheet.form, limits)
        header = records.header()
        while (taken := records.take(BATCH)).rows:
            room = limits.rows - sheet.row_count
            sheet.row_count += len(taken.rows)
            sheet.fraction = records.lines.fraction
            sound = _sound(taken, header, sheet.errors, limits, is_clean=records.is_clean())
            if len(taken.rows) > room:
                sheet.errors.add(_too_many_rows(taken.lines[room], limits))
                return
            yield sound
        if records.problem:
            sheet.errors.add(records.problem)


def _sound(
    taken: Batch, header: list[str], errors: Errors, limits: Limits, *, is_clean: bool
) -> Batch:
    """The rows without an error of form; `is_clean` when none has a forbidden character."""
    if (
        is_clean
        and set(map(len, taken.rows)) == {len(header)}
        and max(map(len, chain.from_iterable(taken.rows))) <= limits.cell_characters
    ):
        return taken
    sound = Batch([], [])
    for line, cells in zip(taken.lines, taken.rows, strict=True):
        found = list(_row_errors(line, cells, header, limits))
        for error in found:
            errors.add(error)
        if not found:
            sound.lines.append(line)
            sound.rows.append(cells)
    return sound


def _row_errors(
    line: int, cells: list[str], header: list[str], limits: Limits
) -> Iterator[CellError]:
    if len(cells) != len(header):
        yield CellError(
            line,
            None,
            f"The row has {len(cells)} cells, the header {len(header)}: give each row as many "
            "cells as the header, empty ones included.",
        )
        return
    may_have_forbidden = forbidden_character("".join(cells), multiline=True)
    for column, cell in zip(header, cells, strict=True):
        if len(cell) > limits.cell_characters:
            yield CellError(
                line,
                column,
                f"The cell has {len(cell):,} characters; at most {limits.cell_characters:,} are "
                "read.",
                printable(cell),
            )
        if may_have_forbidden and (found := forbidden_character(cell, multiline=True)):
            yield CellError(
                line,
                column,
                f"The cell holds {found}, which can hide or reorder text: remove it.",
                printable(cell),
            )


def _too_many_rows(line: int, limits: Limits) -> CellError:
    return CellError(
        line,
        None,
        f"The file has more than {limits.rows:,} rows, which is the most that is read: split it, "
        "and import one part after the other.",
    )

"""Opening a file to import, whichever kind it is: what it holds decides, not what it is called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from roster.exchange.cells import unescape_batch
from roster.exchange.reading import ERRORS_COLUMN, Limits, limits_in_force, pass_over, read_sheet
from roster.exchange.reading.files import opened
from roster.exchange.sheets import Batch, Form, Sheet
from roster.exchange.workbooks import is_workbook, read_workbook

_FIRST_BYTES = 8


def open_sheet(content: bytes | Path, form: Form = Form(), limits: Limits | None = None) -> Sheet:
    """The table in a file, with each cell as it was before an export.

    Of CSV `form` says how it is read, and what was escaped is taken back. A workbook says itself
    how it is read, and holds texts as they are. Raises OSError.
    """
    if holds_workbook(content):
        sheet = read_workbook(content, limits or limits_in_force())
        pass_over(sheet, ERRORS_COLUMN)
        return sheet
    sheet = read_sheet(content, form, limits)
    sheet.batches = _unescaped(sheet.batches)
    return sheet


def holds_workbook(content: bytes | Path) -> bool:
    """Whether the file is a spreadsheet program's own, sound or not. Raises OSError."""
    with opened(content) as stream:
        return is_workbook(stream.read(_FIRST_BYTES))


def _unescaped(batches: Iterator[Batch]) -> Iterator[Batch]:
    for batch in batches:
        yield Batch(batch.lines, unescape_batch(batch.rows))

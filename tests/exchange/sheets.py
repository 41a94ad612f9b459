"""Sheets read to their end, in a line."""

from roster.exchange.reading import check_header, read_sheet
from roster.exchange.sheets import Form

COLUMNS = ("ref", "name", "summary")


def rows_of(sheet):
    """Every row with its line."""
    return [
        (line, cells)
        for batch in sheet.batches
        for line, cells in zip(batch.lines, batch.rows, strict=True)
    ]


def read(content, form=Form(), limits=None):
    """The sheet and its rows; text is sent as UTF-8."""
    sheet = read_sheet(content.encode() if isinstance(content, str) else content, form, limits)
    return sheet, rows_of(sheet)


def complaints(content, form=Form(), limits=None):
    """Line, column and sentence of each error in a file of officials."""
    content = content.encode() if isinstance(content, str) else content
    sheet = read_sheet(content, form, limits)
    check_header(sheet, COLUMNS, ("ref",))
    rows_of(sheet)
    return [(error.line, error.column, error.message) for error in sheet.errors.listed]

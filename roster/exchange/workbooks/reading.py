"""Reading a workbook strictly: the plain cells of its first sheet, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from roster.exchange.reading import Limits
from roster.exchange.reading.files import opened
from roster.exchange.reading.records import printable
from roster.exchange.report import CellError
from roster.exchange.sheets import BATCH, Batch, Sheet
from roster.exchange.workbooks.cells import Cell, Row, Worksheet, column_letters
from roster.exchange.workbooks.package import Attributes, Handler, Package, WorkbookRefused
from roster.exchange.workbooks.texts import SharedTexts, items_of
from roster.exchange.workbooks.values import Formats
from roster.text.characters import forbidden_character, quoted

_BATCH_CHARACTERS = 8 * 1024 * 1024
"""Characters from which on a batch has fewer rows: many cells may share one long text."""


def read_workbook(content: bytes | Path, limits: Limits) -> Sheet:
    """The table on the first sheet of an .xlsx, whose first row names the columns.

    Plain cells alone: texts, whole numbers, days and TRUE or FALSE, as they are shown. Formulas,
    errors, other numbers, merged cells and further sheets that hold anything are refused. Lines
    are the row numbers of the sheet; empty rows are passed over. Raises OSError.
    """
    sheet = Sheet([], iter(()))
    rows = _rows(content, limits, sheet)
    try:
        first = next(rows, None)
        if first is None:
            raise WorkbookRefused("The first sheet is empty: its first row must name the columns.")
        sheet.header = _header(first, limits, sheet)
    except WorkbookRefused as refusal:
        sheet.errors.add(CellError(None, None, str(refusal)))
    if sheet.errors:
        rows.close()
        sheet.header = []
    else:
        sheet.batches = _batches(rows, sheet.header, limits, sheet)
    return sheet


def rows_as_they_are(content: bytes | Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Each row of the first sheet that says anything, what is wrong with its cells or not.

    With its number; cells beyond the first row's width follow without gaps. Ends where the file
    cannot be read further. Raises OSError.
    """
    width = 0
    try:
        for row in _rows(content, limits, Sheet([], iter(()))):
            width = width or min(row.cells[-1].column + 1, limits.columns)
            texts = [""] * width
            for cell in row.cells:
                texts[cell.column : cell.column + 1] = [cell.text]
            yield row.number, texts
    except WorkbookRefused:
        return


def _header(row: Row, limits: Limits, sheet: Sheet) -> list[str]:
    """The names of the columns, up to the last that has one."""
    width = row.cells[-1].column + 1
    if width > limits.columns:
        raise WorkbookRefused(
            f"The sheet has {width:,} columns; at most {limits.columns:,} are read."
        )
    names = [""] * width
    for cell in row.cells:
        names[cell.column] = cell.text
        if refusal := _refusal(cell, limits, width=width):
            column = column_letters(cell.column)
            sheet.errors.add(CellError(row.number, column, refusal, printable(cell.text)))
    return names


def _batches(
    rows: Iterator[Row], header: list[str], limits: Limits, sheet: Sheet
) -> Iterator[Batch]:
    batch, characters, in_all = Batch([], []), 0, 0
    try:
        for row in rows:
            sheet.row_count += 1
            if sheet.row_count > limits.rows:
                raise WorkbookRefused(
                    f"The sheet has more than {limits.rows:,} rows, which is what is read at most."
                )
            if (cells := _cells(row, header, limits, sheet)) is None:
                continue
            batch.lines.append(row.number)
            batch.rows.append(cells)
            characters += sum(map(len, cells))
            if len(batch.lines) == BATCH or characters > _BATCH_CHARACTERS:
                in_all += characters
                if in_all > limits.file_bytes:
                    raise WorkbookRefused(
                        f"The cells hold more than {limits.file_bytes:,} characters, which is "
                        "what is read at most."
                    )
                yield batch
                batch, characters = Batch([], []), 0
    except WorkbookRefused as refusal:
        sheet.errors.add(CellError(None, None, str(refusal)))
        return
    if batch.lines:
        yield batch


def _cells(row: Row, header: list[str], limits: Limits, sheet: Sheet) -> list[str] | None:
    """The texts of a row, as many as the header names; None when any of them is refused."""
    texts = [""] * len(header)
    is_sound = row.cells[-1].column < len(header)
    for cell in row.cells if is_sound else ():
        texts[cell.column] = cell.text
        is_sound = is_sound and not cell.refusal and len(cell.text) <= limits.cell_characters
    if is_sound and not forbidden_character("".join(texts), multiline=True):
        return texts
    for cell in row.cells:
        if refusal := _refusal(cell, limits, width=len(header)):
            named = header[cell.column] if cell.column < len(header) else ""
            column = named or column_letters(cell.column)
            sheet.errors.add(CellError(row.number, column, refusal, printable(cell.text)))
    return None


def _refusal(cell: Cell, limits: Limits, *, width: int) -> str:
    """What is wrong with a cell; blank when nothing is."""
    if cell.column >= width:
        return (
            f"The cell is in column {column_letters(cell.column)}, which the first row does not "
            "name: name the column, or empty the cell."
        )
    if cell.refusal:
        return cell.refusal
    if len(cell.text) > limits.cell_characters:
        return (
            f"The cell has more than {limits.cell_characters:,} characters, which is what is "
            "read at most."
        )
    if found := forbidden_character(cell.text, multiline=True):
        return f"The cell holds {found}, which can hide or reorder text: remove it."
    return ""


def _rows(content: bytes | Path, limits: Limits, sheet: Sheet) -> Generator[Row]:
    """The rows of the first sheet that say anything, the file open as long as they are taken."""
    with ExitStack() as ends:
        package = Package(ends.enter_context(opened(content)), limits)
        shared = ends.enter_context(closing(SharedTexts()))
        book = _Book.of(package)
        formats = Formats(epoch_1904=book.epoch_1904)
        if book.styles:
            package.read(book.styles, formats.handler)
        if book.shared_texts:
            items = items_of(shared, longest=limits.cell_characters)
            for _fraction in package.parse(book.shared_texts, items):
                pass
        _refuse_further(package, book, Worksheet(shared, formats, limits))
        worksheet = Worksheet(shared, formats, limits)
        for fraction in package.parse(book.sheets[0][1], worksheet.handler):
            sheet.fraction = fraction
            yield from worksheet.take()
        for cells in worksheet.merged:
            merged = f"The cells {cells} are merged: separate them into cells of their own."
            sheet.errors.add(CellError(None, None, merged))


def _refuse_further(package: Package, book: _Book, worksheet: Worksheet) -> None:
    """Refuse other sheets than the first that hold anything."""
    for name, part in book.sheets[1:]:
        for _fraction in package.parse(part, worksheet.handler):
            if any(worksheet.take()):
                raise WorkbookRefused(
                    f"The sheet {quoted(name)} holds cells too: leave one sheet in the workbook, "
                    "or save the one to import as CSV."
                )


@dataclass
class _Book:
    """What a workbook says of its parts."""

    sheets: list[tuple[str, str]] = field(default_factory=list)
    """The sheets in their order, hidden ones included, by name and part."""
    styles: str = ""
    shared_texts: str = ""
    epoch_1904: bool = False
    _related: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, package: Package) -> _Book:
        roots = [part for kind, part in package.related("").values() if kind == "officeDocument"]
        if not roots or not roots[0].endswith(".xml"):
            raise WorkbookRefused("The file is not a workbook: save it as .xlsx or as CSV.")
        book = cls(_related=package.related(roots[0]))
        for kind, part in book._related.values():
            if kind == "styles":
                book.styles = part
            elif kind == "sharedStrings":
                book.shared_texts = part
        package.read(roots[0], Handler({"workbookPr": book._properties, "sheet": book._sheet}))
        if len({part for _name, part in book.sheets}) < len(book.sheets):
            raise WorkbookRefused("Two sheets of the workbook are one part: save it anew.")
        if not book.sheets:
            raise WorkbookRefused("The file has no sheet of cells: save it as .xlsx or as CSV.")
        return book

    def _properties(self, attributes: Attributes) -> None:
        self.epoch_1904 = attributes.get("date1904") in ("1", "true")

    def _sheet(self, attributes: Attributes) -> None:
        relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
        kind, part = self._related.get(relation, ("", ""))
        if kind == "worksheet":
            self.sheets.append((attributes.get("name", ""), part))

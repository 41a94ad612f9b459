"""Writing a workbook: one sheet on which every cell is a text, so that nothing is computed."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from roster.exchange.workbooks.cells import column_letters
from roster.exchange.workbooks.package import WorkbookRefused
from roster.exchange.workbooks.texts import encoded

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""How the web calls a file of this kind."""
MAX_ROWS = 1_048_576
MAX_CELL_UNITS = 32_767
"""What Excel takes: rows of a sheet, and UTF-16 units of a cell."""
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""A fixed one, so that the same rows give the same bytes."""
_QUICK = 3
"""The level of deflate at which a large sheet is packed twice as fast and hardly larger."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org"
_MAIN = f"{_OFFICE}/spreadsheetml/2006/main"
_RELATION = f"{_OFFICE}/officeDocument/2006/relationships"
_LINKS = f"{_OFFICE}/package/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = "xl/worksheets/sheet1.xml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_OFFICE}/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_CONTENT}.styles+xml"/>'
        f'<Override PartName="/{_SHEET}" ContentType="{_CONTENT}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_LINKS}"><Relationship Id="rId1" '
        f'Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_LINKS}">'
        f'<Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATION}/styles" Target="styles.xml"/>'
        "</Relationships>"
    ),
    # Style 1 is the format “text”, by which Excel makes no date of what is typed into a cell.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
        'applyFont="1"/></cellXfs>'
        '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    ),
}
_TEXT_STYLE, _HEADER_STYLE = 1, 2


def write_workbook(out: IO[bytes], title: str, batches: Iterable[Sequence[Sequence[str]]]) -> int:
    """Write rows, the first of them the header, as the one sheet of an .xlsx; how many.

    `out` must be one in which the writer can go back. Raises WorkbookRefused, with `out` half
    written, where Excel could not take the rows.
    """
    sheet = _Sheet()
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in (_PARTS | {"xl/workbook.xml": _workbook(title)}).items():
                archive.writestr(_entry(name), _HEAD + text)
            with archive.open(_entry(_SHEET), "w") as part:
                for piece in sheet.pieces(batches):
                    part.write(piece.encode())
    except (RuntimeError, zipfile.LargeZipFile) as error:  # more than a zip of the old kind holds
        raise WorkbookRefused(
            "The rows do not fit into a workbook, which unpacks to at most 2 GiB: export them as "
            "CSV, or fewer of them."
        ) from error
    return sheet.row_count


class _Sheet:
    """The XML of a worksheet, as its rows come."""

    def __init__(self) -> None:
        self.row_count = 0
        self._letters: list[str] = []

    def pieces(self, batches: Iterable[Sequence[Sequence[str]]]) -> Iterator[str]:
        for number, rows in enumerate(batches):
            if number == 0:
                self._letters = [column_letters(column) for column in range(len(rows[0]))]
                yield self._head()
            yield "".join([self._row(row) for row in rows])
        yield "</sheetData></worksheet>"

    def _head(self) -> str:
        return (
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            "</sheetView></sheetViews>"
            f'<cols><col min="1" max="{len(self._letters)}" width="20" style="{_TEXT_STYLE}"/>'
            "</cols><sheetData>"
        )

    def _row(self, row: Sequence[str]) -> str:
        self.row_count += 1
        number = self.row_count
        if number > MAX_ROWS:
            raise WorkbookRefused(
                f"A sheet takes at most {MAX_ROWS:,} rows: export them as CSV, or fewer of them."
            )
        style = _TEXT_STYLE if number > 1 else _HEADER_STYLE
        cells = [
            f'<c r="{letters}{number}" s="{style}" t="inlineStr"><is>{self._text(cell)}</is></c>'
            for letters, cell in zip(self._letters, row, strict=True)
            if cell
        ]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _text(self, cell: str) -> str:
        if 2 * len(cell) > MAX_CELL_UNITS and len(cell.encode("utf-16-le")) > 2 * MAX_CELL_UNITS:
            raise WorkbookRefused(
                f"Row {self.row_count:,} has a text of {len(cell):,} characters; a cell takes at "
                f"most {MAX_CELL_UNITS:,}: export the rows as CSV, or without that one."
            )
        text = encoded(cell)
        if text != text.strip() or "\n" in text:
            return f'<t xml:space="preserve">{text}</t>'
        return f"<t>{text}</t>"


def _workbook(title: str) -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>'
        f'<sheet name="{title}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry

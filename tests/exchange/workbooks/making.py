"""Workbooks made in a line: by openpyxl as spreadsheet programs would, or by hand to be hostile."""

from __future__ import annotations

import io
import zipfile

from openpyxl import Workbook

from roster.exchange.reading import Limits
from roster.exchange.workbooks import read_workbook, write_workbook

OFFICE = "http://schemas.openxmlformats.org"
RELATION = f"{OFFICE}/officeDocument/2006/relationships"
LINKS = f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{{}}</Relationships>'
PARTS = {
    "_rels/.rels": LINKS.format(
        f'<Relationship Id="a" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{OFFICE}/spreadsheetml/2006/main" xmlns:r="{RELATION}">'
        '<sheets><sheet name="One" sheetId="1" r:id="b"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": LINKS.format(
        f'<Relationship Id="b" Type="{RELATION}/worksheet" Target="/xl/sheet.xml"/>'
        f'<Relationship Id="c" Type="{RELATION}/sharedStrings" Target="shared.xml"/>'
        f'<Relationship Id="d" Type="{RELATION}/styles" Target="styles.xml"/>'
    ),
    "xl/shared.xml": "<sst/>",
    "xl/styles.xml": "<styleSheet/>",
    "xl/sheet.xml": "<worksheet/>",
}


FEW = Limits(file_bytes=1_000_000, rows=5_000, columns=5, cell_characters=100)
"""Limits that a test can reach."""


def by_hand(sheet="", *, mode=zipfile.ZIP_DEFLATED, **parts):
    """A workbook of these parts (`shared`, `styles`), its sheet with these rows."""
    given = {f"xl/{name}.xml": text for name, text in parts.items()}
    given["xl/sheet.xml"] = sheet if "<worksheet" in sheet else worksheet(sheet)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", mode) as archive:
        for name, text in (PARTS | given).items():
            archive.writestr(name, text)
    return out.getvalue()


def worksheet(rows):
    return f"<worksheet><sheetData>{rows}</sheetData></worksheet>"


def by_openpyxl(*rows, change=lambda sheet: None):
    """A workbook with these values as a spreadsheet program saves it."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def written(*rows):
    """The bytes of a workbook of ours."""
    out = io.BytesIO()
    write_workbook(out, "officials", [rows[:1], rows[1:]])
    return out.getvalue()


def table(content, limits=FEW):
    """The header and the rows of a workbook in which nothing is wrong."""
    sheet = read_workbook(content, limits)
    rows = [row for batch in sheet.batches for row in batch.rows]
    assert not sheet.errors, sheet.errors.listed
    return sheet.header, rows


def errors(content, limits=FEW):
    """What is wrong with a workbook, once all of it is read."""
    sheet = read_workbook(content, limits)
    for _batch in sheet.batches:
        pass
    assert sheet.errors.count == len(sheet.errors.listed)
    return sheet.errors.listed


def refusal(content, limits=FEW):
    """The one sentence by which a whole file is refused."""
    (error,) = errors(content, limits)
    assert (error.line, error.column) == (None, None)
    assert error.message.endswith(".")
    return error.message

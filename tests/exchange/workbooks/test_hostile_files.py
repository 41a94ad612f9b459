"""A file that is no workbook, damaged or made to do harm is refused before it costs anything."""

import io
import struct
import tracemalloc
import zipfile
from dataclasses import replace

import pytest

from roster.exchange.workbooks import package, read_workbook
from tests.exchange.workbooks.making import (
    FEW,
    PARTS,
    by_hand,
    by_openpyxl,
    errors,
    refusal,
    worksheet,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODS = b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
BINARY = PARTS["_rels/.rels"].replace(".xml", ".bin")
NOWHERE = PARTS["xl/_rels/workbook.xml.rels"].replace("sheet.xml", "gone.xml")
HEADER = '<row><c t="str"><v>ref</v></c></row>'


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def lying(content, name, size):
    """The workbook with another size said of one of its parts."""
    spoiled = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        position = archive.start_dir
        for entry in archive.infolist():
            if entry.filename == name:
                spoiled[position + 24 : position + 28] = struct.pack("<L", size)
                spoiled[entry.header_offset + 22 : entry.header_offset + 26] = struct.pack(
                    "<L", size
                )
            position += 46 + len(entry.filename) + len(entry.extra) + len(entry.comment)
    return bytes(spoiled)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"ref,name\n", "is not a workbook"),
        (b"", "is not a workbook"),
        (OLE + b"\0" * 600, "of the old kind (.xls)"),
        (OLE + b"\0" * 70_000 + "EncryptedPackage".encode("utf-16-le"), "locked by a password"),
        (b"PK\x03\x04 and no more", "damaged"),
        (ODS, "(.ods)"),
        (zipped(**{"hello.txt": "hello"}), "is not a workbook"),
        (zipped(**PARTS | {"_rels/.rels": BINARY}), "is not a workbook"),
        (zipped(**PARTS | {"xl/_rels/workbook.xml.rels": NOWHERE}), "lacks its part “xl/gone.xml”"),
        (zipped(**PARTS | {"xl/workbook.xml": "<workbook/>"}), "no sheet of cells"),
        (by_hand("<worksheet><row>"), "not sound XML"),
        (by_openpyxl(["ref"], ["a"])[:-30], "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_sound_workbook_is_told_in_a_sentence(content, words):
    assert words in refusal(content)


def test_a_part_locked_by_a_password_is_refused():
    content = bytearray(by_hand(HEADER))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        content[archive.start_dir + 8] |= 0x1
    assert "locked by a password" in refusal(bytes(content))


def test_a_damaged_sheet_is_refused():
    content = bytearray(by_hand(HEADER + "<row/>" * 50, mode=zipfile.ZIP_STORED))
    place = content.index(b"<row/>")
    content[place : place + 6] = b"<rox/>"
    assert "damaged" in refusal(bytes(content))


def test_what_unpacks_to_much_more_than_is_read_is_not_unpacked():
    content = by_hand(HEADER + "<row/>" * 2_000_000)
    assert len(content) < 100_000
    assert "unpacks to more than 800,000 bytes" in refusal(
        content, replace(FEW, file_bytes=100_000)
    )


def test_what_is_packed_too_well_is_not_unpacked():
    content = by_hand(HEADER + " " * 20_000_000)
    limits = replace(FEW, file_bytes=100_000_000)
    assert "unpacks to more than 300 times its size" in refusal(content, limits)


def test_a_size_that_is_a_lie_does_not_get_more_unpacked():
    content = lying(by_hand(HEADER + " " * 50_000_000), "xl/sheet.xml", 200)
    tracemalloc.start()
    try:
        assert "damaged" in refusal(content)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_too_many_parts_are_refused():
    content = zipped(**PARTS, **{f"x{number}": "" for number in range(package.MAX_PARTS)})
    assert "parts" in refusal(content)


def test_a_part_that_is_there_twice_is_refused():
    out = io.BytesIO(by_hand(HEADER))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/sheet.xml", worksheet(HEADER))
    assert "each once" in refusal(out.getvalue())


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "parts",
    [
        {"sheet": f'{ENTITIES}<worksheet><row><c t="str"><v>&b;</v></c></row></worksheet>'},
        {"sheet": HEADER, "shared": f"{ENTITIES}<sst><si><t>&b;</t></si></sst>"},
        {"sheet": HEADER, "styles": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><styleSheet/>'},
        {"sheet": "<worksheet>" + "<x>" * 100_000},
        {"sheet": f'<worksheet x="{"y" * 3_000_000}"/>'},
        {"sheet": f"<worksheet><!--{'y' * 3_000_000}--></worksheet>"},
    ],
)
def test_xml_that_no_spreadsheet_writes_is_refused(parts):
    content = by_hand(parts.pop("sheet"), **parts)
    assert "XML that no spreadsheet program writes" in refusal(content)


def test_a_description_larger_than_any_is_refused(monkeypatch):
    monkeypatch.setattr(package, "_MAX_DESCRIPTION", 1_000)
    styles = f"<styleSheet>{'<xf/>' * 500}</styleSheet>"
    assert "larger than any" in refusal(by_hand(HEADER, styles=styles))


def test_few_shared_texts_in_many_cells_are_no_way_round_the_limit():
    cell = '<c t="s"><v>0</v></c>'
    content = by_hand(
        HEADER + f"<row>{cell}</row>" * 4_000, shared=f"<sst><si><t>{'x' * 90}</t></si></sst>"
    )
    limits = replace(FEW, file_bytes=100_000)
    assert "hold more than 100,000 characters" in refusal(content, limits)


@pytest.mark.parametrize(
    "rows",
    [
        '<row><c r="B1" t="str"><v>x</v></c><c r="A1" t="str"><v>y</v></c></row>',
        '<row><c r="A1" t="str"><v>x</v></c><c r="A1" t="str"><v>y</v></c></row>',
        f'{HEADER}<row r="5"><c><v>1</v></c></row><row r="5"><c><v>1</v></c></row>',
    ],
)
def test_cells_out_of_order_are_refused_rather_than_lost(rows):
    assert "out of order" in refusal(by_hand(rows))


def test_two_sheets_that_are_one_part_are_refused():
    book = PARTS["xl/workbook.xml"]
    sheet = book[book.index("<sheet ") : book.index("</sheets>")]
    content = by_hand(HEADER, workbook=book.replace(sheet, sheet * 2))
    assert "Two sheets of the workbook are one part" in refusal(content)


def test_of_cells_beyond_the_limit_on_columns_one_is_kept():
    cells = f"<c t='str'><v>{'x' * 50}</v></c>" * 40
    (error,) = errors(by_hand(f"{HEADER}<row><c/><c/><c/><c/><c/>{cells}</row>"))
    assert (error.line, error.column) == (2, "F")
    assert "6 columns; at most 5 are read" in refusal(by_hand(f"<row><c/><c/>{cells}</row>"))


def test_long_shared_texts_are_not_in_memory_at_once():
    texts = "".join(f"<si><t>{number}{'x' * 99_000}</t></si>" for number in range(200))
    cells = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in range(200))
    limits = replace(FEW, file_bytes=100_000_000, cell_characters=100_000)
    content = by_hand(HEADER + cells, shared=f"<sst>{texts}</sst>", mode=zipfile.ZIP_STORED)
    tracemalloc.start()
    try:
        sheet = read_workbook(content, limits)
        assert sum(len(batch.rows) for batch in sheet.batches) == 200
        assert tracemalloc.get_traced_memory()[1] < 25_000_000
    finally:
        tracemalloc.stop()


def test_a_cell_far_to_the_right_costs_one_error():
    content = by_hand(f'{HEADER}<row r="9999999"><c r="ZZZ9999999"><v>1</v></c></row>')
    (error,) = errors(content)
    assert (error.line, error.column) == (9_999_999, "ZZZ")


def test_a_style_that_is_no_number_is_refused():
    assert "damaged" in refusal(by_hand('<row><c s="x"><v>1</v></c></row>'))

"""What was wrong comes back beside each row, as CSV, whichever kind of file was sent."""

import csv
import io

from roster.exchange.faulty import faulty_csv
from roster.exchange.opening import open_sheet
from roster.exchange.report import CellError
from roster.exchange.sheets import Form
from tests.exchange.workbooks.making import by_openpyxl

WRONG = [
    CellError(None, None, "Merged."),
    CellError(3, "name", "No formula."),
    CellError(3, "x", "No."),
]


def rows(content, errors=()):
    text = "".join(faulty_csv(content, Form(), errors))
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_csv_comes_back_as_it_was():
    assert rows(b"ref,name\na,'=1\n", WRONG[:1]) == [
        ["_errors", "ref", "name"],
        ["Merged.", "a", "'=1"],
    ]


def test_a_workbook_comes_back_as_csv():
    content = by_openpyxl(["ref", "name"], ["a", "Ann"], ["b", "=1+1"], [], ["c", 0.5])
    assert rows(content, WRONG) == [
        ["_errors", "ref", "name"],
        ["Merged.", "a", "Ann"],
        ["name: No formula. x: No.", "b", ""],
        ["", "c", "0.5"],
    ]


def test_its_texts_are_escaped_and_come_back():
    def as_text(sheet):
        sheet["B2"] = "=1"
        sheet["B2"].data_type = "s"

    content = by_openpyxl(["ref", "name"], ["a", ""], change=as_text)
    text = "".join(faulty_csv(content, Form(), []))
    assert text == "_errors,ref,name\n,a,'=1\n"
    sheet = open_sheet(text.encode())
    assert [batch.rows for batch in sheet.batches] == [[["a", "=1"]]]


def test_cells_beyond_the_header_follow_it():
    assert rows(by_openpyxl(["ref"], ["a", "", "", "far"]))[1] == ["", "a", "far"]


def test_sentences_of_an_earlier_time_are_left_out():
    assert rows(by_openpyxl(["_errors", "ref"], ["Old.", "a"])) == [["_errors", "ref"], ["", "a"]]


def test_of_a_file_that_cannot_be_read_nothing_is_left():
    assert rows(b"PK\x03\x04") == [["_errors"]]

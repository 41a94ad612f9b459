"""A file has so many bytes, rows, columns and characters in a cell, and no more is read of it."""

import io
from dataclasses import replace

import pytest

from roster.exchange.reading import csv_sheet, limits_in_force, lines, read_sheet
from roster.exchange.sheets import Form
from tests.exchange.sheets import complaints, read, rows_of


def limits(**changed):
    return replace(limits_in_force(), **changed)


def test_the_settings_say_the_limits(settings):
    settings.ROSTER_MAX_FILE_BYTES = 1
    settings.ROSTER_MAX_ROWS = 2
    settings.ROSTER_MAX_COLUMNS = 3
    settings.ROSTER_MAX_CELL_CHARACTERS = 4

    found = limits_in_force()

    assert (found.file_bytes, found.rows, found.columns, found.cell_characters) == (1, 2, 3, 4)


def test_a_file_over_the_limit_is_refused_before_it_is_opened(tmp_path, settings, monkeypatch):
    settings.ROSTER_MAX_FILE_BYTES = 12
    path = tmp_path / "rows.csv"
    path.write_bytes(b"ref,name\na,b\n")
    monkeypatch.setattr(type(path), "open", lambda *arguments: pytest.fail("It was opened."))
    too_large = (None, None, "The file has 13 bytes; at most 12 are read.")

    assert [(e.line, e.column, e.message) for e in read_sheet(path).errors.listed] == [too_large]
    assert complaints(b"ref,name\na,b\n") == [too_large]


def test_a_file_of_the_greatest_size_passes():
    assert not complaints(b"ref,name\na,b\n", limits=limits(file_bytes=13))


def test_rows_up_to_the_limit_are_read_and_the_next_is_refused():
    assert not complaints("ref\na\nb\n", limits=limits(rows=2))
    (found,) = complaints("ref\na\n\nb\nc\nd\n", limits=limits(rows=2))

    assert found[:2] == (5, None)
    assert found[2].startswith("The file has more than 2 rows, which is the most that is read: ")


def test_a_header_wider_than_the_limit_is_refused_and_nothing_is_read():
    assert read("a,b\nc,d\n", limits=limits(columns=2))[1] == [(2, ["c", "d"])]
    assert complaints("a,b,c\nd,e,f\n", limits=limits(columns=2)) == [
        (1, None, "The header has 3 columns; at most 2 are read.")
    ]


@pytest.mark.parametrize("cell", ["x" * 10, '"' + "x" * 9 + '\n"', '"' + '""' * 10 + '"'])
def test_a_cell_of_the_greatest_length_passes(cell):
    assert not complaints(f"ref,summary\na,{cell}\n", limits=limits(cell_characters=10))


def test_a_cell_somewhat_too_long_is_named_and_the_rest_is_read():
    sheet, rows = read(f"ref,n\na,{'x' * 11}\nb,c\n", limits=limits(cell_characters=10))

    assert [(e.line, e.column, e.message) for e in sheet.errors.listed] == [
        (2, "n", "The cell has 11 characters; at most 10 are read.")
    ]
    assert rows == [(3, ["b", "c"])]


def test_a_cell_far_too_long_ends_the_reading():
    sheet, rows = read(f"ref,n\na,b\nc,{'x' * 21}\nd,e\n", limits=limits(cell_characters=10))

    assert rows == [(2, ["a", "b"])]
    (error,) = sheet.errors.listed
    assert (error.line, error.column) == (3, None)
    assert error.message.startswith(
        "A cell of this row has more than 20 characters; at most 10 are read. Perhaps a quotation "
    )


class Counted(io.BytesIO):
    taken = 0

    def read(self, size=-1):
        piece = super().read(size)
        Counted.taken += len(piece)
        return piece


@pytest.mark.parametrize(
    ("begun", "endless", "line", "words"),
    [
        (b'ref,name\na,b\nc,"', b"x\n", 3, "Perhaps a quotation mark is opened here"),
        (b"ref,name\na,b\nc,", b"x", 3, "Line 3 has more than 46 characters"),
        (b"ref,", b"x", 1, "Line 1 has more than 10 characters"),
    ],
)
def test_what_never_ends_is_not_read_to_its_end(monkeypatch, begun, endless, line, words):
    monkeypatch.setattr(lines, "PIECE_BYTES", 8)
    monkeypatch.setattr(csv_sheet, "opened", Counted)
    monkeypatch.setattr(Counted, "taken", 0)

    (found,) = complaints(begun + endless * 10_000, Form("utf-8", ","), limits(cell_characters=10))

    assert found[0] == line
    assert words in found[2]
    assert Counted.taken < 200


def test_a_file_is_closed_whether_or_not_it_is_read_to_its_end(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"ref\n" + b"a\n" * 5)

    unread = read_sheet(path)
    begun = read_sheet(path)
    next(begun.batches)
    begun.batches.close()

    assert unread.header == ["ref"]
    assert rows_of(begun) == []

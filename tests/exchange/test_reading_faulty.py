"""A file with errors comes back whole, with what is wrong beside each row, and is read again."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.exchange.reading import check_header, error_csv, faulty, lines, read_sheet
from roster.exchange.report import CellError
from roster.exchange.sheets import Form
from tests.exchange.sheets import COLUMNS, read, rows_of


def errors_of(content, form=Form()):
    sheet = read_sheet(content, form)
    check_header(sheet, COLUMNS, ("ref",))
    rows_of(sheet)
    return sheet.errors.listed


def returned(content, form=Form(), errors=None):
    """The rows of the file that comes back, and the file itself."""
    content = content.encode() if isinstance(content, str) else content
    errors = errors_of(content, form) if errors is None else errors
    text = "".join(error_csv(content, form, errors))
    return list(csv.reader(io.StringIO(text, newline=""), strict=True)), text


def test_each_row_is_as_it_was_with_what_is_wrong_before_it():
    rows, _text = returned(
        'ref,name\na,"Ann, the ""first"""\nb,x\u202ey\nc,"two\r\nlines"\n',
        errors=[
            CellError(3, "name", "It hides text."),
            CellError(3, None, "The row is wrong."),
            CellError(4, "ref", "There is no such ref."),
        ],
    )

    assert rows == [
        ["_errors", "ref", "name"],
        ["", "a", 'Ann, the "first"'],
        ["name: It hides text. The row is wrong.", "b", "x\u202ey"],
        ["ref: There is no such ref.", "c", "two\nlines"],
    ]


def test_what_is_wrong_with_the_file_or_its_header_stands_in_the_first_row():
    more = "5 more errors are not listed."
    rows, _text = returned(
        "ref,nmae\na,b\nc,d\n",
        errors=[
            CellError(None, None, more),
            CellError(1, "nmae", "There is no column nmae."),
            CellError(2, "ref", "The ref is wrong."),
        ],
    )

    assert rows[1:] == [
        [
            f"{more} line 1, nmae: There is no column nmae. ref: The ref is wrong.",
            "a",
            "b",
        ],
        ["", "c", "d"],
    ]


def test_the_file_is_read_in_its_form_and_comes_back_with_commas():
    content = "ref;name\na;Zoë, Ms\n".encode("cp1252")
    rows, text = returned(content, Form("cp1252", ";"), errors=[])

    assert rows == [["_errors", "ref", "name"], ["", "a", "Zoë, Ms"]]
    assert text == '_errors,ref,name\n,a,"Zoë, Ms"\n'


def test_a_short_row_is_filled_up_and_refused_again():
    rows, text = returned("ref,name,summary\na,b\n")
    said, *cells = rows[1]

    assert cells == ["a", "b", "", "2 of 3 cells"]
    assert said == (
        "The row has 2 cells, the header 3: give each row as many cells as the header, empty ones "
        "included. Here it is filled up with empty cells: put each cell below its column, and "
        "clear the note “2 of 3 cells” beyond the last one."
    )
    assert [error.line for error in errors_of(text.encode())] == [2]


def test_surplus_cells_are_kept_and_refused_again():
    rows, text = returned("ref,name\na,b,c,d\n")
    said, *cells = rows[1]

    assert cells == ["a", "b", "c", "d"]
    assert said.endswith("Here the surplus cells stand beyond the last column.")
    assert [error.line for error in errors_of(text.encode())] == [2]


def test_an_errors_column_that_came_with_the_file_is_replaced():
    rows, _text = returned(
        "ref,_errors,name\na,It was wrong.,b\nc,Wrong too.,d,e\nf\n",
        errors=[CellError(2, "ref", "It is wrong.")],
    )

    assert rows[:3] == [
        ["_errors", "ref", "name"],
        ["ref: It is wrong.", "a", "b"],
        ["Here the surplus cells stand beyond the last column.", "c", "d", "e"],
    ]
    assert rows[3][1:] == ["f", "", "1 of 2 cells"]


@pytest.mark.parametrize(
    ("content", "unread"),
    [
        (b'ref,name\na,b\nc,"d"e\r\nf,"g\n\nh,i"\n', ['c,"d"e', 'f,"g', "", 'h,i"']),
        (b'ref,name\na,b\nc,"d\ne,f', ['c,"d', "e,f"]),
        (b"ref,name\na,b\nc,d\xe9\nf,g\n", ["c,d\\xe9", "f,g"]),
        (b'ref,name\na,b\nc,"d\ne\xe9"\nf,g\n', ['c,"d', 'e\\xe9"', "f,g"]),
        (b"ref,name\na,b\nc,\0\nf,g", ["c,\0", "f,g"]),
    ],
)
def test_lines_that_could_not_be_read_stand_as_they_are_and_are_refused_again(content, unread):
    rows, text = returned(content)

    assert rows[:2] == [["_errors", "ref", "name"], ["", "a", "b"]]
    assert [row[1:] for row in rows[2:]] == [["", "", line] for line in unread]
    assert rows[2][0].startswith(errors_of(content)[0].message)
    assert rows[2][0].endswith("not read; they stand as they are beyond the last column.")
    assert all(row[0] == "" for row in rows[3:])
    refused = [error.line for error in errors_of(text.replace("\0", "").encode())]
    assert refused == list(range(3, 3 + len(unread)))


def test_a_file_of_which_not_even_the_header_can_be_read_comes_back_in_lines():
    rows, _text = returned(b"\xff\xfea\0,\0b\0\n\0c", Form("utf-8"))

    assert rows[0] == ["_errors"]
    assert rows[1][0].startswith("line 1: The file is not UTF-8: byte 0xFF")
    assert [row[1] for row in rows[1:]] == ["\\xff\\xfea\0,\0b\0", "\0c"]


def test_a_long_file_comes_back_in_pieces(monkeypatch):
    monkeypatch.setattr(faulty, "PIECE_CHARACTERS", 20)
    pieces = list(error_csv(b"ref\n" + b"y\n" * 20, Form(), []))

    assert [len(piece) for piece in pieces] == [21, 21, 21, 9]
    assert "".join(pieces) == "_errors,ref\n" + ",y\n" * 20


def test_an_empty_file_comes_back_with_the_column_alone():
    assert returned("")[1] == "_errors\n"


def test_the_errors_column_is_passed_over_wherever_it_stands():
    sheet, rows = read("_errors,ref,_errors,name\nWrong.,a,,b\n")

    assert (sheet.header, rows) == (["ref", "name"], [(2, ["a", "b"])])


def test_a_file_with_the_errors_column_alone_has_no_key():
    assert [error.column for error in errors_of(b"_errors\nWrong.\n")] == ["ref"]


def test_a_row_is_still_as_wide_as_its_header_with_the_errors_column():
    sheet, rows = read("_errors,ref\na\n,b\n")

    assert [error.line for error in sheet.errors.listed] == [2]
    assert rows == [(3, ["b"])]


some_cells = st.text('ab",;\t\n\r\u202e\x07é', max_size=5)


@given(
    rows=st.lists(st.lists(some_cells, min_size=1, max_size=4), max_size=6),
    piece_bytes=st.sampled_from([3, 1 << 18]),
)
def test_no_cell_is_lost_and_sound_rows_are_read_again_alike(rows, piece_bytes):
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["ref", "name"], *rows])
    content = out.getvalue().encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "PIECE_BYTES", piece_bytes)
        again, text = returned(content)
        found, sound = read(content)
        found_again, sound_again = read(text)

    expected = [[cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in rows]
    assert [row[1 : 1 + len(cells)] for row, cells in zip(again[1:], expected, strict=True)] == (
        expected
    )
    assert [row for _line, row in sound_again] == [row for _line, row in sound]
    assert found_again.errors.count == found.errors.count

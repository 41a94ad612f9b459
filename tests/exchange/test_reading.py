"""What is not a table of ours is refused by name, line and column, all at once."""

import pytest

from roster.exchange import sheets
from roster.exchange.reading import check_header, csv_sheet, lines, read_sheet
from tests.exchange.sheets import COLUMNS, complaints, read, rows_of


def test_rows_come_with_the_line_on_which_they_begin():
    sheet, rows = read('ref,name\na,"two\nlines"\n\nb,one\n')

    assert sheet.header == ["ref", "name"]
    assert rows == [(2, ["a", "two\nlines"]), (5, ["b", "one"])]


def test_a_header_of_several_lines_counts_as_many():
    sheet, rows = read('\n"re\nf",name\na,b\n')

    assert (sheet.header, rows) == (["re\nf", "name"], [(4, ["a", "b"])])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(end):
    _sheet, rows = read(f'ref,name{end}a,"x{end}y"{end}b,z{end}')

    assert rows == [(2, ["a", "x\ny"]), (4, ["b", "z"])]


@pytest.mark.parametrize("piece_bytes", [1, 2, 3, 5, 7])
def test_a_file_is_the_same_in_pieces_of_any_size(monkeypatch, piece_bytes):
    text = '\ufeffref;name\r\na;"é\r\n€"\r\n\r\nb;😀\rc;"d\ne"'
    whole = read(text)[1]

    monkeypatch.setattr(lines, "PIECE_BYTES", piece_bytes)

    assert read(text, sheets.Form(delimiter=";"))[1] == whole
    assert whole == [(2, ["a", "é\n€"]), (5, ["b", "😀"]), (6, ["c", "d\ne"])]


def test_a_file_is_read_from_its_path(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"ref,name\na,b\n")
    sheet = read_sheet(path)

    assert (sheet.header, rows_of(sheet)) == (["ref", "name"], [(2, ["a", "b"])])


def test_a_file_that_is_not_there_is_the_systems_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_sheet(tmp_path / "none.csv")


def test_rows_come_in_batches_and_say_how_far_the_file_is_read(monkeypatch):
    monkeypatch.setattr(csv_sheet, "BATCH", 2)
    monkeypatch.setattr(lines, "PIECE_BYTES", 10)
    sheet = read_sheet(b"ref,name\n" + b"a,b\n" * 5)
    seen = [(len(batch.rows), sheet.row_count, sheet.fraction) for batch in sheet.batches]

    assert [rows for rows, _count, _fraction in seen] == [2, 2, 1]
    assert [count for _rows, count, _fraction in seen] == [2, 4, 5]
    assert [fraction for _rows, _count, fraction in seen] == [20 / 29, 1, 1]


def test_a_header_alone_is_a_table_without_rows():
    sheet, rows = read("ref,name")

    assert (sheet.header, rows, sheet.errors.count) == (["ref", "name"], [], 0)


NOT_UTF_8 = (
    "The file is not UTF-8: byte 0x{byte} on line {line} has no meaning there. Save it as "
    "“CSV UTF-8” and try again, or choose its encoding: in the preview, or with --encoding."
)


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        (b"", None, None, "The file is empty"),
        (b"\xef\xbb\xbf", None, None, "The file is empty"),
        (b"\n\r\n\r", None, None, "The file is empty"),
        (b'"ref', 1, None, "The row is not CSV"),
        (b"ref,name\na,\x00b\n", 2, None, "NUL byte (U+0000) on line 2: it is not CSV in UTF-8."),
        (b"r\x00e\x00f\x00,\x00", 1, None, "NUL byte (U+0000) on line 1"),
        (b"ref,name\na,caf\xe9\n", 2, None, NOT_UTF_8.format(byte="E9", line=2)),
        (b'ref,name\na,"b\n\nc\xe9"\n', 2, None, NOT_UTF_8.format(byte="E9", line=4)),
        (b"ref,name\na,caf\xc3", 2, None, NOT_UTF_8.format(byte="C3", line=2)),
        (b"\x89PNG\r\n\x1a\n", 1, None, NOT_UTF_8.format(byte="89", line=1)),
        (b'{"ref": "a"}', 1, '{"ref": "a"}', "There is no column"),
        (b"ref,nmae\n", 1, "nmae", "Did you mean name?"),
        (b"ref,Name\n", 1, "Name", "Did you mean name?"),
        (b"ref, name\n", 1, " name", "Did you mean name?"),
        (b"ref,\n", 1, None, "number 2, which has no name"),
        (b"ref,name,ref\n", 1, "ref", "is there twice"),
        (b"ref,,\n", 1, None, "There is no column number 3, which has no name."),
        (b"name\n", 1, "ref", "The key column ref is missing"),
        (b"ref|name\na|b\n", 1, "ref|name", "There is no column"),
        ("ref,na\u202eme\n".encode(), 1, None, "The name of column 2 holds U+202E"),
        (b"ref,name\na\n", 2, None, "The row has 1 cells, the header 2"),
        (b"ref,name\na,b,c\n", 2, None, "The row has 3 cells, the header 2"),
        (b'ref,name\na,"b\n', 2, None, "The row is not CSV"),
        (b'ref,name\na,"b"c\n', 2, None, "that holds a quotation mark, a comma or a line break"),
        (b'ref;name\na;"b"c\n', 2, None, "that holds a quotation mark, a semicolon or a line"),
        (b"ref,name\na,x\x07y\n", 2, "name", "U+0007"),
        ("ref,name\na,x\u202ey\n".encode(), 2, "name", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("ref,name\na,x\u2066y\n".encode(), 2, "name", "U+2066"),
        ("ref,name\na,x\ufeffy\n".encode(), 2, "name", "U+FEFF"),
        (b"ref,name\na," + b"x" * 100_001 + b"\n", 2, "name", "100,001 characters; at most"),
    ],
)
def test_what_is_not_a_table_is_refused_by_name(content, line, column, words):
    found = [e for e in complaints(content) if words in e[2]]

    assert found, complaints(content)
    assert found[0][:2] == (line, column)


def test_a_column_that_is_there_twice_is_said_once_for_each():
    assert [column for _line, column, _message in complaints("ref,name,name,name\n")] == [
        "name",
        "name",
    ]


def test_every_error_of_form_comes_at_once_and_good_rows_stay():
    sheet, rows = read("ref,name\na\nb,x\u200ey\nc,fine\nd,1,2\n")

    assert [(e.line, e.column) for e in sheet.errors.listed] == [(2, None), (3, "name"), (5, None)]
    assert rows == [(4, ["c", "fine"])]
    assert sheet.row_count == 4


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_row_right_before_what_cannot_be_read_is_read(end):
    sheet, rows = read(end.join([b"ref,name", b"a,x", b"\xff"]))

    assert rows == [(2, ["a", "x"])]
    assert "on line 3 " in sheet.errors.listed[0].message


def test_rows_before_what_cannot_be_read_are_read():
    sheet, rows = read(b"ref,name\na,x\nb\nc,y\nd,\xff\ne,z\n")

    assert rows == [(2, ["a", "x"]), (4, ["c", "y"])]
    assert [error.line for error in sheet.errors.listed] == [3, 5]


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"ref,name\na,x\x07y\n", "x\ufffdy"),
        (b"ref,name\na," + b"x" * 61 + b"\x07\n", "x" * 59 + "…"),
        (b"ref,name\na,caf\xe9 b\nc,d\n", "a,caf\\xe9 b"),
        (b"ref,name\na,x\x00y\n", "a,x\ufffdy"),
        (b"ref,nmae\n", "nmae"),
        (b"ref,name\na\n", ""),
    ],
)
def test_an_error_shows_what_stands_there(content, value):
    sheet = read_sheet(content)
    check_header(sheet, COLUMNS, ("ref",))
    rows_of(sheet)

    assert sheet.errors.listed[0].value == value


@pytest.mark.parametrize("piece_bytes", [1, 3, 16, 1000])
@pytest.mark.parametrize("batch", [1, 2, 3])
def test_a_hidden_character_is_found_wherever_the_pieces_end(monkeypatch, piece_bytes, batch):
    monkeypatch.setattr(lines, "PIECE_BYTES", piece_bytes)
    monkeypatch.setattr(csv_sheet, "BATCH", batch)
    sheet, rows = read('r,n\na,b\nc,"d\n\u202ed"\ne,f\n\ng,h\u200e\ni,j\n')

    assert [error.line for error in sheet.errors.listed] == [3, 7]
    assert [line for line, _cells in rows] == [2, 5, 8]


def test_many_errors_are_counted_and_so_many_listed(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ERRORS", 3)
    sheet, _rows = read("ref,name\n" + "a\n" * 5)

    assert (sheet.errors.count, len(sheet.errors.listed)) == (5, 3)

"""What is not a table of ours is refused by name, line and column, all at once."""

import pytest

from roster.exchange import reading
from roster.exchange.reading import read_table

COLUMNS = ("ref", "name", "summary")


def read(content):
    if isinstance(content, str):
        content = content.encode()
    return read_table(content, columns=COLUMNS, key_columns=("ref",))


def complaints(content):
    return [(e.line, e.column, e.message) for e in read(content).errors]


def test_rows_come_with_the_line_on_which_they_begin():
    table = read('ref,name\na,"two\nlines"\n\nb,one\n')

    assert [(row.line, row.cells) for row in table.rows] == [
        (2, {"ref": "a", "name": "two\nlines"}),
        (5, {"ref": "b", "name": "one"}),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(end):
    table = read(f'ref,name{end}a,"x{end}y"{end}b,z{end}')

    assert [(row.line, row.cells["name"]) for row in table.rows] == [(2, "x\ny"), (4, "z")]


def test_a_byte_order_mark_is_fine():
    assert read("\ufeffref,name\na,b\n").header == ["ref", "name"]


def test_columns_may_come_in_any_order():
    assert read("name,ref\nx,a\n").rows[0].cells == {"name": "x", "ref": "a"}


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        (b"", None, None, "The file is empty"),
        (b"\n\n", None, None, "The file is empty"),
        (b'"ref', 1, None, "The row is not CSV"),
        (b"ref,name\na,\x00b\n", None, None, "NUL byte (U+0000) on line 2"),
        (b"\xff\xfer\x00e\x00f\x00", None, None, "NUL byte"),
        (b"ref,name\na,caf\xe9\n", None, None, "not UTF-8: byte 0xE9 on line 2"),
        (b"\x89PNG\r\n\x1a\n", None, None, "not UTF-8: byte 0x89 on line 1"),
        (b'{"ref": "a"}', 1, '{"ref": "a"}', "There is no column"),
        (b"ref,nmae\n", 1, "nmae", "Did you mean name?"),
        (b"ref,Name\n", 1, "Name", "Did you mean name?"),
        (b"ref, name\n", 1, " name", "Did you mean name?"),
        (b"ref,\n", 1, None, "number 2, which has no name"),
        (b"ref,name,ref\n", 1, "ref", "is there twice"),
        (b"name\n", 1, "ref", "The key column ref is missing"),
        (b"ref;name\na;b\n", 1, "ref;name", "There is no column"),
        (b"ref,name\na\n", 2, None, "The row has 1 cells, the header 2"),
        (b"ref,name\na,b,c\n", 2, None, "The row has 3 cells, the header 2"),
        (b'ref,name\na,"b\n', 2, None, "The row is not CSV"),
        (b'ref,name\na,"b"c\n', 2, None, "The row is not CSV"),
        (b"ref,name\na,x\x07y\n", 2, "name", "U+0007"),
        ("ref,name\na,x\u202ey\n".encode(), 2, "name", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("ref,name\na,x\u2066y\n".encode(), 2, "name", "U+2066"),
        (b"ref,name\na," + b"x" * 100_001 + b"\n", 2, "name", "100,001 characters; at most"),
    ],
)
def test_what_is_not_a_table_is_refused_by_name(content, line, column, words):
    found = [e for e in complaints(content) if words in e[2]]

    assert found, complaints(content)
    assert found[0][:2] == (line, column)


def test_every_error_of_form_comes_at_once_and_good_rows_stay():
    table = read("ref,name\na\nb,x\u200ey\nc,fine\nd,1,2\n")

    assert [(e.line, e.column) for e in table.errors] == [(2, None), (3, "name"), (5, None)]
    assert [row.cells["ref"] for row in table.rows] == ["c"]
    assert table.row_count == 4


def test_a_cell_of_the_greatest_length_passes():
    assert not read(b"ref,summary\na," + b"x" * 100_000 + b"\n").errors


def test_a_file_over_the_limit_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 10)

    assert complaints(b"ref,name\na,b\n") == [
        (None, None, "The file has 13 bytes; at most 10 are read.")
    ]

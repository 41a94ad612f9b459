"""Encoding and delimiter are found out by looking at the file, or are as they were asked for."""

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.exchange.reading import CODECS, DELIMITERS, read_sheet
from roster.exchange.sheets import Form
from roster.text.characters import without_forbidden
from tests.exchange.sheets import read, rows_of

MARKED = {
    ("utf-8", b""): "utf-8",
    ("utf-8", codecs.BOM_UTF8): "utf-8",
    ("utf-16-le", codecs.BOM_UTF16_LE): "utf-16",
    ("utf-16-be", codecs.BOM_UTF16_BE): "utf-16",
}
"""The encodings that are found out: codec and mark, and the name of each."""

cells = st.text(st.characters(codec="utf-8"), max_size=12).map(
    lambda text: without_forbidden(text, multiline=True)
)
names = cells.map(lambda text: "".join(one for one in text if one not in DELIMITERS))


@st.composite
def tables(draw):
    width = draw(st.integers(2, 4))
    row = st.lists(cells, min_size=width, max_size=width)
    return [
        draw(st.lists(names, min_size=width, max_size=width)),
        *draw(st.lists(row, max_size=4)),
    ]


def written(table, delimiter, end, quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(table)
    return out.getvalue().replace("\r\n", end)


@given(
    table=tables(),
    delimiter=st.sampled_from(list(DELIMITERS)),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(list(MARKED)),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_table_is_read_as_it_was_written(table, delimiter, end, encoding, quoting):
    codec, mark = encoding
    content = mark + written(table, delimiter, end, quoting).encode(codec)

    sheet = read_sheet(content)
    rows = [row for _line, row in rows_of(sheet)]

    assert [sheet.header, *rows] == table
    assert sheet.form == Form(MARKED[encoding], delimiter)
    assert not sheet.errors


@pytest.mark.parametrize("encoding", CODECS)
def test_what_is_asked_for_is_read(encoding):
    content = "ref,name\na,Ann 'x'\n".encode(encoding)
    sheet, rows = read(content, Form(encoding))

    assert (rows, sheet.form) == ([(2, ["a", "Ann 'x'"])], Form(encoding, ","))


@pytest.mark.parametrize(
    ("encoding", "byte", "character"),
    [
        ("cp1252", b"\x92", "’"),
        ("latin-1", b"\xe9", "é"),
        ("iso8859-15", b"\xa4", "€"),
        ("mac_roman", b"\x8e", "é"),
        ("cp1250", b"\x9a", "š"),
        ("iso8859-2", b"\xb9", "š"),
        ("cp1251", b"\xc6", "Ж"),
        ("cp1253", b"\xe1", "α"),
        ("cp1254", b"\xfe", "ş"),
    ],
)
def test_an_encoding_that_cannot_be_found_out_is_read_when_it_is_asked_for(
    encoding, byte, character
):
    content = b"ref,name\na," + byte + b"\n"

    assert read(content, Form(encoding))[1] == [(2, ["a", character])]
    assert "The file is not UTF-8" in read(content)[0].errors.listed[0].message


@pytest.mark.parametrize(
    ("content", "asked", "message"),
    [
        (b"ref,name\na,\x81\n", "cp1252", "The file is not Windows-1252: byte 0x81 on line 2"),
        (b"\xff\xfer\0,\0n\0\n", "", "The file is not UTF-16: byte 0x0A on line 1"),
        (b"\xff\xfer\0,\0n\0\n\0\x00\xd8\n\0", "", "The file is not UTF-16: byte 0x00 on line 2"),
        (b"\xff\xfer\0,\0n\0\n\0", "utf-8", "The file is not UTF-8: byte 0xFF on line 1"),
        (b"r,n\na,\0\n", "latin-1", "a NUL byte (U+0000) on line 2: it is not CSV in ISO 8859-1."),
        (b"r,n\n", "utf-7", "“utf-7” is no encoding that is read: choose utf-8, utf-16, cp1252, "),
    ],
)
def test_what_is_not_in_the_encoding_is_refused(content, asked, message):
    sheet, _rows = read(content, Form(asked))

    assert message in sheet.errors.listed[0].message


@pytest.mark.parametrize("delimiter", ["|", ";;", "\n", '"'])
def test_another_delimiter_is_refused(delimiter):
    sheet, _rows = read("r,n\n", Form(delimiter=delimiter))

    (error,) = sheet.errors.listed
    assert error.message.endswith(" is no delimiter that is read: choose comma, semicolon, tab.")


def test_a_mark_of_another_encoding_is_read_as_what_it_is_there():
    assert read(b"\xef\xbb\xbfref,n\n", Form("cp1252"))[0].header == ["ï»¿ref", "n"]


def test_utf_16_without_a_mark_is_little_endian_when_it_is_asked_for():
    assert read("r,n\na,b\n".encode("utf-16-le"), Form("utf-16"))[1] == [(2, ["a", "b"])]


def test_a_mark_before_a_quoted_header_is_fine():
    assert read('\ufeff"ref","name"\na,b\n')[0].header == ["ref", "name"]


@pytest.mark.parametrize(
    ("text", "delimiter", "header"),
    [
        ("ref,name\n", ",", ["ref", "name"]),
        ("ref;name\na;b,c,d\n", ";", ["ref", "name"]),
        ("ref\tname\na\tb,c;d\n", "\t", ["ref", "name"]),
        ("ref\n", ",", ["ref"]),
        ("ref\na;b\n", ",", ["ref"]),
        ('"one; two; three",name\n', ",", ["one; two; three", "name"]),
        ('"one ""a;b;c;d"" two",name\n', ",", ['one "a;b;c;d" two', "name"]),
        ('"one, two,\n three,";name\n', ";", ["one, two,\n three,", "name"]),
        ("\n\nref;name\n", ";", ["ref", "name"]),
        ("a,b;c;d\n", ";", ["a,b", "c", "d"]),
        ("a;b,c\n", ",", ["a;b", "c"]),
    ],
)
def test_the_delimiter_is_the_one_that_separates_the_header(text, delimiter, header):
    sheet, _rows = read(text)

    assert (sheet.form.delimiter, sheet.header) == (delimiter, header)


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_delimiter_that_is_asked_for_is_taken(delimiter):
    sheet, _rows = read("a,b;c;d\te\tf\tg\n", Form(delimiter=delimiter))

    assert sheet.form.delimiter == delimiter
    assert delimiter not in "".join(sheet.header)


def test_the_form_of_a_sheet_reads_the_file_again_alike():
    content = "\ufeffref;name\na;é\n".encode("utf-16-le")
    sheet, rows = read(content)

    assert read(content, sheet.form)[1] == rows == [(2, ["a", "é"])]

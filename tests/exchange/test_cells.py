"""No cell of an export is computed by a spreadsheet, and each comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.exchange.cells import (
    STARTERS,
    escape_column,
    escaped,
    unescape_batch,
    unescaped,
)

LIKE_FORMULAS = st.text(alphabet="'" + STARTERS + "a\0", max_size=5)
CELLS = st.text(max_size=5) | LIKE_FORMULAS
TABLES = st.integers(0, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=4)
)


@pytest.mark.parametrize(
    ("cell", "in_file"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("'=1", "''=1"),
        ("''＝1", "'''＝1"),
        ("'\n", "''\n"),
    ],
)
def test_what_a_spreadsheet_would_compute_gets_one_apostrophe(cell, in_file):
    assert escaped(cell) == in_file
    assert unescaped(in_file) == cell


@pytest.mark.parametrize(
    "cell", ["", "'", "''", "'hello", "hello", "a=1", " =1", "1-1", "..", "’=1", "\0=1"]
)
def test_what_is_harmless_is_left_as_it_is(cell):
    assert escaped(cell) == cell
    assert unescaped(cell) == cell


@given(CELLS)
def test_every_cell_comes_back(cell):
    assert unescaped(escaped(cell)) == cell


@given(CELLS)
def test_no_cell_of_a_file_begins_like_a_formula(cell):
    assert not escaped(cell).startswith(tuple(STARTERS))


@given(st.lists(CELLS))
def test_a_column_is_escaped_as_its_cells_are(cells):
    assert list(escape_column(cells)) == [escaped(cell) for cell in cells]


@given(TABLES)
def test_a_batch_comes_back_as_its_cells_do(rows):
    assert unescape_batch([[escaped(cell) for cell in row] for row in rows]) == rows


def test_what_needs_nothing_is_given_back():
    rows = [["mark", "'hello", ""], ["a-b", "x=1", "'"]]
    assert unescape_batch(rows) is rows
    assert escape_column(rows[1][:2]) == ["a-b", "x=1"]

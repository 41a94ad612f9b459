"""No cell of an export is computed by a spreadsheet, and each comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.exchange.cells import (
    STARTERS,
    escape_batch,
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


@given(TABLES)
def test_a_batch_is_escaped_as_its_cells_are(rows):
    in_file = [[escaped(cell) for cell in row] for row in rows]
    assert escape_batch(rows) == in_file
    assert unescape_batch(in_file) == rows


def test_a_batch_with_nothing_to_do_is_given_back():
    rows = [["mark", "'hello", ""], ["a-b", "x=1", "'"]]
    assert escape_batch(rows) is rows
    assert unescape_batch(rows) is rows

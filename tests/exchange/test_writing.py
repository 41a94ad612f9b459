"""CSV is written as the standard library writes it, and reads back."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from roster.exchange.cells import escaped, unescaped
from roster.exchange.writing import csv_text

CELLS = st.text(max_size=8) | st.text(alphabet="\",\r\n='a \0", max_size=5)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5)
)
LINES = st.text(st.characters(exclude_characters="\r", exclude_categories=("Cs",)), max_size=8)


def test_cells_are_quoted_only_where_they_must_be():
    rows = [("a", 'say "hi"', "b,c"), ("two\nlines", " d ", "")]
    assert csv_text(rows) == 'a,"say ""hi""","b,c"\n"two\nlines", d ,\n'


def test_what_a_spreadsheet_would_compute_is_escaped():
    assert csv_text([("=1,2", "'=1", "'a")]) == "\"'=1,2\",''=1,'a\n"


def test_no_rows_are_no_text():
    assert csv_text([]) == ""


@given(TABLES)
def test_rows_read_back(rows):
    read = csv.reader(io.StringIO(csv_text(rows), newline=""), strict=True)
    assert [[unescaped(cell) for cell in row] for row in read] == rows


@given(st.lists(st.tuples(LINES, LINES, LINES), max_size=5))
def test_the_text_is_that_of_the_standard_library(rows):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([map(escaped, row) for row in rows])
    assert csv_text(rows) == out.getvalue()

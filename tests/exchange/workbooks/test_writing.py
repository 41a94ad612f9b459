"""Every cell of a workbook of ours is a text, for our reader and for another's."""

import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from roster.exchange.workbooks import WorkbookRefused, write_workbook
from roster.exchange.workbooks import writing as module
from tests.exchange.workbooks.making import FEW, table, written

HOSTILE = [
    "=1+1", "'=1", "+1", "-1", "@x", "\t=1", "007", "1e9", "2020-01-01", "3/4", "TRUE", "#REF!",
    " padded ", "two\nlines", "\n", "<b>&amp;</b>", "]]>", "_x0041_", "_x005F_", "__x000D_x_", "𐍈",
    "e\u0301", "\u00a0", "_xD800_",
]  # fmt: skip
PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Zl", "Zp")), max_size=8)
TEXTS = PLAIN | st.text("_x0041DF&<", max_size=12) | st.sampled_from(HOSTILE)
ROWS = st.lists(st.lists(TEXTS, min_size=3, max_size=3).filter(any), max_size=4)


@given(ROWS)
def test_any_texts_come_back(rows):
    assert table(written(["ref", "name", "summary"], *rows)) == (["ref", "name", "summary"], rows)


@given(ROWS)
def test_another_reader_finds_texts_and_no_formulas(rows):
    sheet = load_workbook(io.BytesIO(written(["ref", "name", "summary"], *rows))).active
    for number, row in enumerate(rows, 2):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column)
            assert cell.data_type != "f"
            if "_x" not in text:  # which openpyxl leaves as it stands
                assert (cell.value or "") == text


def test_cells_are_formatted_as_text_so_that_what_is_typed_stays():
    book = load_workbook(io.BytesIO(written(["ref"], ["a"])))
    sheet = book.active
    assert (sheet.title, sheet.freeze_panes) == ("officials", "A2")
    assert {sheet["A1"].number_format, sheet["A2"].number_format} == {"@"}
    assert sheet.column_dimensions["A"].number_format == "@"


def test_the_same_rows_give_the_same_bytes():
    assert written(["ref"], ["a"]) == written(["ref"], ["a"])


def test_the_rows_are_counted():
    assert write_workbook(io.BytesIO(), "x", [[["ref"]], [["a"], ["b"]], []]) == 3


def test_a_table_without_rows_has_its_header():
    assert table(written(["ref", "name"])) == (["ref", "name"], [])


@pytest.mark.parametrize("text", ["x" * 32_767, "𐍈" * 16_383])
def test_the_longest_text_that_a_cell_takes_is_written(text):
    limits = replace(FEW, cell_characters=40_000)
    assert table(written(["ref"], [text]), limits) == (["ref"], [[text]])


@pytest.mark.parametrize("text", ["x" * 32_768, "𐍈" * 16_384])
def test_a_longer_text_is_refused(text):
    with pytest.raises(WorkbookRefused, match=r"^Row 2 has a text of .* as CSV, .*\.$"):
        written(["ref"], [text])


def test_more_rows_than_a_sheet_takes_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_ROWS", 2)
    written(["ref"], ["a"])
    with pytest.raises(WorkbookRefused, match="at most 2 rows"):
        written(["ref"], ["a"], ["b"])


def test_more_than_the_zip_takes_is_refused(monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 5_000)
    with pytest.raises(WorkbookRefused, match="at most 2 GiB"):
        written(["ref"], *[[str(number)] for number in range(500)])

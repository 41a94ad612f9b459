"""A workbook gives its plain cells as they are shown, and says of all others what is wrong."""

from dataclasses import replace
from datetime import date

import pytest

from roster.exchange.sheets import BATCH
from roster.exchange.workbooks import is_workbook, read_workbook
from roster.exchange.workbooks.cells import column_letters, column_number
from tests.exchange.workbooks.making import FEW, by_hand, by_openpyxl, errors, refusal, table


def formatted(place, code):
    def change(sheet):
        sheet[place].number_format = code

    return change


def only_error(content):
    (error,) = errors(content)
    assert error.message.endswith(".")
    return error


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (" a ", " a "),
        ("two\nlines", "two\nlines"),
        (7, "7"),
        (-12, "-12"),
        (8.0, "8"),
        (99_999_999_999, "99999999999"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2024, 7, 18), "2024-07-18"),
        (date(1900, 3, 1), "1900-03-01"),
        (date(9999, 12, 31), "9999-12-31"),
    ],
)
def test_plain_values_are_read_as_they_are_shown(value, text):
    assert table(by_openpyxl(["ref", "x"], ["a", value])) == (["ref", "x"], [["a", text]])


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.5, "General"),
        (100_000_000_000, "General"),
        (8, "0.00"),
        (8, "0%"),
        (8, "00000"),
        (8000, "#,##0"),
        (8, "[$€]0"),
        (date(2020, 7, 1), "mmm-yy"),
        (date(2020, 7, 1), "d-mmm"),
        (date(2020, 7, 1), "yyyy"),
        (44_013.5, "m/d/yyyy"),
        (44_013.5, "m/d/yyyy h:mm"),
        (44_013, "m/d/yyyy h:mm"),
        (60, "yyyy-mm-dd"),
        (3_000_000, "yyyy-mm-dd"),
    ],
)
def test_what_is_shown_in_another_way_is_refused(value, code):
    content = by_openpyxl(["ref", "x"], ["a", value], change=formatted("B2", code))
    error = only_error(content)
    assert (error.line, error.column) == (2, "x")
    assert error.message.startswith("The cell B2: ")
    assert "format the cell as text and write" in error.message
    assert error.value


@pytest.mark.parametrize(
    "code", ["dd/mm/yyyy", "yyyy\\-mm\\-dd", "[$-409]d\\-mmm\\-yy;@", 'd"." mmmm yyyy']
)
def test_a_date_shown_with_day_month_and_year_is_a_day(code):
    content = by_openpyxl(["ref", "x"], ["a", date(2024, 7, 18)], change=formatted("B2", code))
    assert table(content)[1] == [["a", "2024-07-18"]]


def test_a_text_that_looks_like_a_formula_is_a_text():
    def as_text(sheet):
        sheet["B2"] = "=1+1"
        sheet["B2"].data_type = "s"

    assert table(by_openpyxl(["ref", "x"], ["a", ""], change=as_text))[1] == [["a", "=1+1"]]


def test_a_formula_is_refused_with_its_cell():
    error = only_error(by_openpyxl(["ref", "x"], ["a", "=1+1"]))
    assert (error.line, error.column) == (2, "x")
    assert "holds a formula" in error.message
    assert "paste them as values" in error.message


def test_an_error_value_is_refused():
    error = only_error(by_openpyxl(["ref", "x"], ["a", "#REF!"]))
    assert (error.line, error.column, error.value) == (2, "x", "#REF!")


def test_every_error_of_the_sheet_comes_at_once():
    content = by_openpyxl(["ref", "x"], ["a", 0.5], ["b", "fine"], ["c", "=1", "beyond"])
    found = [(error.line, error.column) for error in errors(content)]
    assert found == [(2, "x"), (4, "x"), (4, "C")]


def test_merged_cells_are_refused():
    content = by_openpyxl(["ref", "x"], ["a", "b"], change=lambda sheet: sheet.merge_cells("A2:A3"))
    assert "The cells “A2:A3” are merged" in refusal(content)


def test_a_further_sheet_that_holds_anything_is_refused():
    def add(sheet):
        sheet.parent.create_sheet("Notes")["D9"] = "x"

    assert "The sheet “Notes” holds cells too" in refusal(by_openpyxl(["ref"], ["a"], change=add))


def test_a_hidden_sheet_counts():
    def add(sheet):
        further = sheet.parent.create_sheet("Hidden")
        further["A1"] = 1
        further.sheet_state = "hidden"

    assert "“Hidden”" in refusal(by_openpyxl(["ref"], ["a"], change=add))


def test_further_sheets_that_are_empty_do_not_matter():
    content = by_openpyxl(["ref"], ["a"], change=lambda sheet: sheet.parent.create_sheet("Sheet2"))
    assert table(content) == (["ref"], [["a"]])


def test_lines_are_rows_of_the_sheet_and_empty_ones_are_passed_over():
    sheet = read_workbook(by_openpyxl(["ref", "x"], [], ["a"], ["", ""], ["b", "y"]), FEW)
    (batch,) = sheet.batches
    assert (batch.lines, batch.rows) == ([3, 5], [["a", ""], ["b", "y"]])
    assert (sheet.row_count, sheet.fraction) == (2, 1.0)


def test_long_tables_come_in_batches():
    rows = [[f"r{number}"] for number in range(BATCH + 1)]
    sheet = read_workbook(by_openpyxl(["ref"], *rows), FEW)
    assert [len(batch.rows) for batch in sheet.batches] == [BATCH, 1]


def test_a_column_without_a_name_stays_for_the_engine_to_refuse():
    assert table(by_openpyxl(["ref", "", "x"], ["a", "b", "c"]))[0] == ["ref", "", "x"]


def test_an_empty_sheet_is_refused():
    assert "The first sheet is empty" in refusal(by_openpyxl())


def test_a_header_with_a_formula_is_refused_and_no_row_is_read():
    sheet = read_workbook(by_openpyxl(["ref", "=1"], ["a", "b"]), FEW)
    assert (sheet.header, list(sheet.batches)) == ([], [])
    assert [(error.line, error.column) for error in sheet.errors.listed] == [(1, "B")]


@pytest.mark.parametrize("text", ["a\u202eb", "a_x0001_b", "a_x202E_b"])
def test_characters_that_hide_or_reorder_are_refused(text):
    error = only_error(by_openpyxl(["ref", "x"], ["a", text]))
    assert (error.line, error.column) == (2, "x")
    assert "remove it" in error.message


def test_line_ends_are_those_of_csv():
    cell = '<c t="inlineStr"><is><t>a_x000D_\nb_x000D_c</t></is></c>'
    content = by_hand(f'<row><c t="inlineStr"><is><t>x</t></is></c></row><row>{cell}</row>')
    assert table(content)[1] == [["a\nb\nc"]]


SHARED = "<sst><si><t>ref</t></si><si><r><t>a</t></r><rPh><t>!</t></rPh><r><t>b</t></r></si></sst>"


def test_rich_texts_are_read_without_how_they_are_pronounced():
    rows = '<row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>'
    assert table(by_hand(rows, shared=SHARED)) == (["ref"], [["ab"]])


@pytest.mark.parametrize("number", ["2", "-1", "x", "9" * 5_000])
def test_a_shared_text_that_is_not_there_is_refused(number):
    rows = f'<row><c t="s"><v>0</v></c></row><row><c t="s"><v>{number}</v></c></row>'
    assert f"has no text “{number[:60]}" in only_error(by_hand(rows, shared=SHARED)).message


def test_elements_may_have_a_prefix_and_places_may_be_left_out():
    sheet = (
        '<x:worksheet xmlns:x="y"><x:sheetData><x:row><x:c t="str"><x:v>ref</x:v></x:c></x:row>'
        "<x:row><x:c><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert table(by_hand(sheet)) == (["ref"], [["5"]])


@pytest.mark.parametrize(
    ("said", "day"), [("2024-07-18", "2024-07-18"), ("2024-07-18T00:00:00Z", "2024-07-18")]
)
def test_days_in_iso_notation_are_read(said, day):
    rows = f'<row><c t="str"><v>ref</v></c></row><row><c t="d"><v>{said}</v></c></row>'
    assert table(by_hand(rows))[1] == [[day]]


def test_a_moment_in_iso_notation_is_refused():
    rows = '<row><c t="str"><v>ref</v></c></row><row><c t="d"><v>2024-07-18T12:00:00</v></c></row>'
    assert "is no day" in only_error(by_hand(rows)).message


@pytest.mark.parametrize("said", ["x", "NaN", "INF", "sNaN", "1E999999999", "-1E999999999"])
def test_what_is_no_number_is_refused(said):
    rows = f'<row><c t="str"><v>ref</v></c></row><row><c><v>{said}</v></c></row>'
    assert only_error(by_hand(rows)).line == 2


def test_days_may_count_from_1904():
    def since_1904(sheet):
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        sheet.parent.epoch = CALENDAR_MAC_1904

    content = by_openpyxl(["ref", "x"], ["a", date(2024, 7, 18)], change=since_1904)
    assert table(content)[1] == [["a", "2024-07-18"]]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (replace(FEW, file_bytes=100), "at most 100 are read"),
        (replace(FEW, columns=1), "2 columns; at most 1 are read"),
        (replace(FEW, rows=1), "more than 1 rows"),
    ],
)
def test_limits_are_kept(limits, words):
    assert words in refusal(by_openpyxl(["ref", "x"], ["a"], ["b"]), limits)


def test_a_cell_may_be_as_long_as_the_limit_says():
    limits = replace(FEW, cell_characters=5)
    assert table(by_openpyxl(["ref"], ["x" * 5]), limits)[1] == [["x" * 5]]
    (error,) = errors(by_openpyxl(["ref"], ["x" * 6]), limits)
    assert (error.line, error.column) == (2, "ref")
    assert "more than 5 characters" in error.message


def test_a_file_is_read_by_its_path(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(by_openpyxl(["ref"], ["a"]))
    assert table(path) == (["ref"], [["a"]])
    with pytest.raises(FileNotFoundError):
        read_workbook(tmp_path / "missing.xlsx", FEW)


@pytest.mark.parametrize(
    ("column", "letters"),
    [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")],
)
def test_columns_are_called_by_letters(column, letters):
    assert column_letters(column) == letters
    assert column_number(letters) == column


def test_a_workbook_is_known_by_its_first_bytes():
    assert is_workbook(by_openpyxl(["ref"])[:8])
    assert is_workbook(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert not is_workbook(b"ref,name\n")
    assert not is_workbook(b"PK,name\n")
    assert not is_workbook(b"")

"""Mappings: columns of theirs become columns of ours, a batch at a time; nothing is dropped."""

import pytest

from roster.exchange.mappings import Fixed, Made, Making, Mapping
from roster.exchange.sheets import Batch, Errors, Sheet


def sheet(header, *rows, a_batch=2):
    """A sheet of these rows, in batches, its first row on line 2."""
    lines = list(range(2, len(rows) + 2))
    made = Sheet(list(header), iter(()), Errors())

    def batches():
        for start in range(0, len(rows), a_batch):
            some = [list(row) for row in rows[start : start + a_batch]]
            made.row_count += len(some)
            made.fraction = made.row_count / len(rows)
            yield Batch(lines[start : start + a_batch], some)

    made.batches = batches()
    return made


def mapped(columns, header, *rows, ignored=()):
    """Our header, the rows, and the errors as (line, column, value)."""
    out = Mapping("officials", columns, ignored).applied(sheet(header, *rows))
    found = [row for batch in out.batches for row in batch.rows]
    errors = [(error.line, error.column, error.value) for error in out.errors.listed]
    return out.header, found, errors


def cells(made, *rows, header=("one", "two"), column="name"):
    """One column of ours, made of rows with two columns of theirs."""
    used = made.sources
    ignored = tuple(name for name in header if name not in used)
    _header, found, errors = mapped({column: made}, header, *rows, ignored=ignored)
    return [row[0] for row in found], errors


def sentences(columns, header, *, ignored=()):
    out = Mapping("officials", columns, ignored).applied(sheet(header, ["x"] * len(header)))
    assert list(out.batches) == []
    assert out.header == []
    return [(error.line, error.column, error.message) for error in out.errors.listed]


def test_columns_are_renamed_and_come_in_the_order_of_the_mapping():
    columns = {"ref": Made(("id",)), "born": Made(("birthday",))}
    assert mapped(columns, ["birthday", "x", "id"], ["1950", "-", "a"], ignored=("x",)) == (
        ["ref", "born"],
        [["a", "1950"]],
        [],
    )


def test_lines_rows_and_progress_are_those_of_the_file():
    given = sheet(["id"], ["a"], ["b"], ["c"])
    out = Mapping("officials", {"ref": Made(("id",))}).applied(given)
    seen = [(batch.lines, batch.rows, out.row_count, out.fraction) for batch in out.batches]
    assert seen == [([2, 3], [["a"], ["b"]], 2, 2 / 3), ([4], [["c"]], 3, 1.0)]


def test_errors_of_the_file_itself_stay():
    given = sheet(["id"])
    out = Mapping("officials", {"ref": Made(("id",))}).applied(given)
    assert out.errors is given.errors


def test_sheet_without_a_table_stays_as_it_is():
    given = Sheet([], iter(()))
    assert Mapping("officials", {"ref": Made(("id",))}).applied(given) is given


def test_one_column_of_theirs_may_become_several_of_ours():
    columns = {"ref": Made(("id",), Making.REF), "name": Made(("id",))}
    assert mapped(columns, ["id"], ["C1"])[1] == [["c1", "C1"]]


def test_fixed_value_stands_in_every_row():
    columns = {"ref": Made(("id",)), "country": Fixed("US")}
    assert mapped(columns, ["id"], ["a"], ["b"])[1] == [["a", "US"], ["b", "US"]]


@pytest.mark.parametrize(
    ("row", "joined"),
    [
        (["Ann", "Lee"], "Lee, Ann"),
        (["Ann", ""], "Ann"),
        (["", "  "], ""),
        ([" Ann ", "Lee"], "Lee,  Ann "),
        (["D’Arc", "Müller"], "Müller, D’Arc"),
    ],
)
def test_columns_are_joined_in_the_order_given_without_the_blank_ones(row, joined):
    assert cells(Made(("two", "one"), join=", "), row) == ([joined], [])


@pytest.mark.parametrize(("trims", "kept"), [(False, " Ann "), (True, "Ann")])
def test_white_space_at_the_edges_goes_only_when_asked(trims, kept):
    assert cells(Made(("one",), trims=trims), [" Ann ", ""]) == ([kept], [])


@pytest.mark.parametrize(
    ("row", "listed"),
    [
        (["Bill", "William"], "Bill|William"),
        (["Bill", "Bill"], "Bill"),
        (["", "William"], "William"),
        (["", ""], ""),
        (["a|b", "c\\"], "a\\|b|c\\\\"),
    ],
)
def test_list_has_each_cell_as_one_item_once(row, listed):
    made = Made(("one", "two"), Making.LIST)
    assert cells(made, row, column="aliases") == ([listed], [])


@pytest.mark.parametrize(
    ("row", "ref"),
    [
        (["C000127", "Sen Ator"], "c000127/sen-ator"),
        (["mike-pompeo", "2001-01-03"], "mike-pompeo/2001-01-03"),
        (["a/b", "c"], "a/b/c"),
    ],
)
def test_ref_is_made_of_its_parts(row, ref):
    assert cells(Made(("one", "two"), Making.REF), row, column="official") == ([ref], [])


def test_ref_of_another_record_is_blank_where_all_its_cells_are():
    made = Made(("one", "two"), Making.REF)
    assert cells(made, ["", " "], column="official") == ([""], [])


@pytest.mark.parametrize(
    ("column", "row", "error"),
    [
        ("official", ["a", ""], (2, "two", "")),
        ("ref", ["", ""], (2, "one", "")),
        ("ref", ["?!", "a"], (2, "one", "?!")),
    ],
)
def test_row_of_which_no_ref_can_be_made_is_refused(column, row, error):
    assert cells(Made(("one", "two"), Making.REF), row, column=column) == ([], [error])


def test_values_are_told_in_our_words():
    made = Made(("one",), values={"yes": "round_the_clock", "": "unknown"})
    assert cells(made, ["yes", ""], ["", ""]) == (["round_the_clock", "unknown"], [])


def test_blank_cell_stays_blank_where_the_table_has_none():
    assert cells(Made(("one",), values={"yes": "event"}), ["", ""]) == ([""], [])


def test_value_that_the_table_lacks_is_refused_with_its_line_their_column_and_the_nearest():
    made = Made(("one",), values={"daily": "part_time", "always": "round_the_clock"})
    given = sheet(["one"], ["daily"], ["dayly"], ["always"], ["<b>"])
    out = Mapping("protections", {"level": made}).applied(given)
    assert [batch.rows for batch in out.batches] == [[["part_time"]], [["round_the_clock"]]]
    first, second = out.errors.listed
    assert (first.line, first.column, first.value) == (3, "one", "dayly")
    assert "Did you mean “daily”?" in first.message
    assert "The table has “daily”, “always”." in second.message
    assert (second.line, second.value) == (5, "<b>")
    assert out.row_count == 4


def test_value_that_the_table_lacks_stays_when_so_declared():
    made = Made(("one",), values={"sen": "Senator"}, keeps_others=True)
    assert cells(made, ["sen", ""], ["Delegate", ""]) == (["Senator", "Delegate"], [])


def test_white_space_goes_before_the_table_is_asked():
    made = Made(("one",), trims=True, values={"yes": "event"})
    assert cells(made, [" yes ", ""]) == (["event"], [])


def test_column_that_the_mapping_does_not_mention_is_an_error_with_the_nearest():
    columns = {"ref": Made(("id",)), "born": Made(("birthday",))}
    found = sentences(columns, ["id", "birthdya"])
    assert [(line, column) for line, column, _said in found] == [(1, "birthdya"), (1, "birthday")]
    assert (
        "does not say what becomes of the column “birthdya”. Did you mean “birthday”?"
        in (found[0][2])
    )
    assert (
        "has no column “birthday”, which the mapping uses. Did you mean “birthdya”?"
        in (found[1][2])
    )


def test_ignored_column_may_be_missing_or_repeated():
    columns = {"ref": Made(("id",))}
    assert mapped(columns, ["id", "", ""], ["a", "1", "2"], ignored=("", "phone"))[1:] == (
        [["a"]],
        [],
    )


def test_used_column_that_is_there_twice_is_an_error():
    ((line, column, said),) = sentences({"ref": Made(("id",))}, ["id", "id"])
    assert (line, column) == (1, "id")
    assert "is there 2 times" in said


def test_hostile_column_is_named_without_what_cannot_be_seen():
    ((_line, _column, said),) = sentences({"ref": Made(("id",))}, ["id", "a\u202eb"])
    assert "\u202e" not in said

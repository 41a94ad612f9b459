"""A file is read by what it holds, and its cells are what they were before the export."""

import io

import pytest
from hypothesis import given

from roster.exchange.bundle import export_bundle
from roster.exchange.exports import export_csv, export_workbook
from roster.exchange.opening import open_sheet
from roster.exchange.resources import RESOURCES
from roster.exchange.runs import import_csv
from roster.models import Change, Official
from tests.exchange.conftest import wipe
from tests.exchange.rosters import rosters, saved
from tests.exchange.test_round_trip import examples
from tests.exchange.workbooks.making import by_openpyxl


def cells(content):
    sheet = open_sheet(content)
    rows = [row for batch in sheet.batches for row in batch.rows]
    assert not sheet.errors, sheet.errors.listed
    return [sheet.header, *rows]


def as_csv(stem):
    out = io.StringIO(newline="")
    export_csv(stem, out)
    return out.getvalue().encode()


def as_workbook(stem):
    out = io.BytesIO()
    export_workbook(stem, out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_the_content_decides_and_not_the_name(tmp_path, name):
    path = tmp_path / name
    for content in (b"ref,name\na,Ann\n", by_openpyxl(["ref", "name"], ["a", "Ann"])):
        path.write_bytes(content)
        assert cells(path) == cells(content) == [["ref", "name"], ["a", "Ann"]]


def test_what_was_escaped_is_taken_back_from_csv_alone():
    assert cells(b"ref,name\na,'=1\nb,''=1\nc,'hello\n")[1:] == [
        ["a", "=1"],
        ["b", "'=1"],
        ["c", "'hello"],
    ]
    assert cells(by_openpyxl(["ref", "name"], ["a", "'=1"]))[1:] == [["a", "'=1"]]


def test_the_column_of_earlier_errors_is_passed_over_in_both():
    for content in (b"_errors,ref\nNo.,a\n", by_openpyxl(["_errors", "ref"], ["No.", "a"])):
        assert cells(content) == [["ref"], ["a"]]


def test_a_path_that_is_not_there_is_no_sheet(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_sheet(tmp_path / "none.xlsx")


@pytest.mark.django_db
@examples(10)
@given(rows=rosters())
def test_any_roster_comes_back_from_workbooks_as_from_csv(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("roster")
    wipe()
    saved(rows)
    export_bundle(folder / "first")
    workbooks = {stem: as_workbook(stem) for stem in RESOURCES}
    for stem in RESOURCES:
        assert cells(workbooks[stem]) == cells(as_csv(stem))
    wipe()

    for stem, content in workbooks.items():
        report = import_csv(stem, content, reason="Back again.")
        assert report.ok, report.errors

    export_bundle(folder / "second")
    for path in (folder / "first").iterdir():
        assert path.read_bytes() == (folder / "second" / path.name).read_bytes()


@pytest.mark.django_db
@pytest.mark.parametrize("stem", RESOURCES)
def test_what_was_exported_imports_again_with_nothing_changed(seeded, stem):
    before = Change.objects.count()
    for content in (as_csv(stem), as_workbook(stem)):
        report = import_csv(stem, content, reason="Again.")
        assert (report.ok, report.unchanged, report.changeset) == (True, report.rows, None)
    assert Change.objects.count() == before


@pytest.mark.django_db
def test_errors_of_a_workbook_refuse_it_with_row_and_column():
    content = by_openpyxl(["ref", "name"], ["a", "Ann"], ["b", "=1"], ["c", ""])
    report = import_csv("officials", content, reason="Why")
    first, *_others = report.errors
    assert (first.line, first.column) == (3, "name")
    assert not Official.objects.exists()

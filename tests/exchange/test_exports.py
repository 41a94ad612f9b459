"""An export says what the rows say, in one order, and never holds more than a batch of them."""

import pytest
from django.db.models import Value
from hypothesis import given

from roster.exchange import exports
from roster.exchange.exports import cell_batches, csv_pieces
from roster.exchange.resources import RESOURCES
from roster.models import Official, Source
from tests.exchange.conftest import wipe
from tests.exchange.rosters import rosters, saved
from tests.exchange.test_round_trip import examples

pytestmark = pytest.mark.django_db


def cells_of_rows(stem):
    """The cells as the rows themselves say them, in no order."""
    resource = RESOURCES[stem]()
    columns = resource.model().columns
    return sorted([row.cell(column) for column in columns] for row in resource.with_cells())


def exported_cells(stem, **options):
    return [list(row) for batch in cell_batches(stem, **options) for row in batch][1:]


@pytest.mark.parametrize("stem", RESOURCES)
def test_the_database_makes_the_cells_that_rows_say(seeded, stem):
    assert sorted(exported_cells(stem)) == cells_of_rows(stem)


@examples(10)
@given(rows=rosters())
def test_the_database_makes_the_cells_of_hostile_rows_too(db, rows):
    wipe()
    saved(rows)

    for stem in RESOURCES:
        assert sorted(exported_cells(stem)) == cells_of_rows(stem)


@pytest.mark.parametrize(
    "stem", [stem for stem in RESOURCES if stem not in ("sources", "paragraphs")]
)
def test_cells_with_and_without_states_are_the_same(seeded, stem):
    with_states = exported_cells(stem, versions=True, states=True)

    assert [row[:-1] for row in with_states] == exported_cells(stem, versions=True)


def test_a_row_that_the_ledger_does_not_know_has_a_blank_version(seeded, monkeypatch):
    monkeypatch.setattr(exports, "with_version", lambda rows: rows.annotate(version=Value(0)))

    assert {row[-1] for row in exported_cells("officials", versions=True)} == {""}


def test_rows_come_in_batches(monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 2)
    Official.objects.bulk_create(Official(ref=ref, name="N") for ref in "edcba")

    assert [len(batch) for batch in cell_batches("officials")] == [3, 2, 1]
    assert [piece.count("\n") for piece in csv_pieces("officials")] == [3, 2, 1]


def test_rows_are_ordered_by_code_point_on_both_engines():
    refs = ["a-b", "a/b", "a0", "aa", "b"]
    Source.objects.bulk_create(Source(ref=ref, title="T") for ref in reversed(refs))

    assert [row[0] for row in exported_cells("sources")] == refs


def test_what_a_spreadsheet_would_compute_is_escaped_in_the_file_alone():
    Official.objects.create(ref="a", name="=1+1", aliases=["-x", "y"], summary="'@a")

    (row,) = exported_cells("officials")
    text = "".join(csv_pieces("officials"))
    assert (row[1], row[3], row[7]) == ("=1+1", "-x|y", "'@a")
    assert text.splitlines()[1] == "a,'=1+1,,'-x|y,,,,''@a"

"""What PostgreSQL writes as CSV is what we write."""

import io

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from roster.exchange import copying
from roster.exchange.cells import escaped
from roster.exchange.copying import escaped_csv
from roster.exchange.exports import csv_pieces, export_csv
from roster.exchange.resources import RESOURCES
from roster.exchange.writing import csv_text
from roster.models import Official
from tests.exchange.conftest import wipe
from tests.exchange.rosters import rosters, saved
from tests.exchange.test_round_trip import examples

CELLS = st.text(max_size=6) | st.text(alphabet="\",\r\n='-＝\t a", max_size=5)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5)
)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="COPY is of PostgreSQL"
)


def quoted(cell):
    """The cell as any writer has it between commas."""
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",\r\n') else cell


@given(TABLES)
def test_lines_of_csv_are_escaped_cell_by_cell(rows):
    plain = "".join(",".join(map(quoted, row)) + "\n" for row in rows)
    assert escaped_csv(plain) == csv_text(rows)


def test_cells_that_only_look_alike_in_the_text_are_left_as_they_are():
    text = 'a,"x,=1\n-2",b\n'
    assert escaped_csv(text) == text
    assert escaped("x,=1\n-2") == "x,=1\n-2"


def copied(stem, **options):
    out = io.StringIO(newline="")
    count = export_csv(stem, out, **options)
    return out.getvalue(), count


@pytest.mark.django_db
@examples(15)
@given(rows=rosters())
def test_both_ways_of_an_export_give_the_same_text(rows):
    wipe()
    saved(rows)
    for stem, resource in RESOURCES.items():
        for versions in (False, True):
            expected = "".join(csv_pieces(stem, versions=versions))
            count = resource.model()._default_manager.count()
            assert copied(stem, versions=versions) == (expected, count)


@pytest.mark.django_db
def test_an_export_goes_through_a_debugging_cursor_too(settings):
    settings.DEBUG = True
    Official.objects.create(ref="a", name="=N")

    assert copied("officials")[0].splitlines()[1:] == ["a,'=N,,,,,,"]


@pytest.mark.django_db
@on_postgresql
def test_copies_come_in_pieces(monkeypatch):
    monkeypatch.setattr(copying, "BATCH", 2)
    Official.objects.bulk_create(Official(ref=ref, name="N") for ref in "abcde")

    pieces = copying.copied_csv(Official.objects.order_by("ref").values_list("ref", "name"))

    assert list(pieces) == [("a,N\nb,N\n", 2), ("c,N\nd,N\n", 2), ("e,N\n", 1)]

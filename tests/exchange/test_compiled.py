"""A cell read among thousands is what its field makes of it alone."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from roster.exchange.planning import compiled
from roster.exchange.planning.compiled import CompiledColumn, Refused
from roster.exchange.resources import RESOURCES
from tests.exchange.cells import cells_of

COLUMNS = [
    pytest.param(column, id=f"{stem}.{name}")
    for stem, resource in RESOURCES.items()
    for name, column in resource.columns().items()
]
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
LIKE_ONE = st.text("aZ09/-_|\\~.: \n\u00a0\u202e١é", max_size=12)


def alone(column, cell):
    """What the column's own rule makes of the cell."""
    try:
        return column.clean(cell)
    except ValidationError:
        return None


@pytest.mark.parametrize("column", COLUMNS)
@given(cells=st.lists(ANY_TEXT | LIKE_ONE, min_size=1, max_size=20))
def test_any_text_is_read_as_by_the_rule(column, cells):
    read = CompiledColumn(column).read(cells)
    assert [None if isinstance(value, Refused) else value for value in read] == [
        alone(column, cell) for cell in cells
    ]


@pytest.mark.parametrize("column", COLUMNS)
def test_texts_at_the_edge_are_read_as_by_the_rule(column):
    field = getattr(column, "model_field", None)  # none where a column names rows of many kinds
    cells = cells_of(field) if field else ["", "a", "official:a", "official:", "nobody:a"]
    read = CompiledColumn(column).read(cells)
    assert [None if isinstance(value, Refused) else value for value in read] == [
        alone(column, cell) for cell in cells
    ]


def test_only_so_many_and_only_short_cells_are_remembered(monkeypatch):
    monkeypatch.setattr(compiled, "REMEMBERED", 3)
    reader = CompiledColumn(RESOURCES["officials"].columns()["born"])
    long = "x" * (compiled.LONGEST_REMEMBERED + 1)
    dates = [str(year) for year in range(2000, 2010)]
    assert list(reader.read(dates * 2)) == dates * 2
    assert isinstance(reader.read([long])[0], Refused)
    assert len(reader._values) <= 3
    assert long not in reader._values

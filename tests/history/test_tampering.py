"""Whatever single value of the ledger is rewritten, verification finds it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Acknowledgement, Change
from tests.history.force import by_force, kinds, run
from tests.history.samples import a_ledger

pytestmark = pytest.mark.django_db


EXAMPLES = 100


COLUMNS = [
    (table, column)
    for table, columns in {
        "roster_change": (
            "id changeset_id clock table key act before after official_id database_user"
        ),
        "roster_changeset": (
            "id position kind user_id reason closed_at first_change last_change change_count "
            "outside review_reasons previous_digest digest"
        ),
        "roster_boundchange": "change_id changeset_id",
        "roster_acknowledgement": "id change_id",
    }.items()
    for column in columns.split()
]


def test_any_single_rewriting_is_found():
    """One value of one row replaced by another that the column takes, or one row removed."""
    a_ledger()
    with changeset(reason="Looked into."):
        for change in Change.objects.outside():
            Acknowledgement.objects.create(change=change)
    assert verify().ok
    head = verify().head

    @settings(max_examples=EXAMPLES)
    @given(st.data())
    def rewriting_is_found(data: st.DataObject) -> None:
        mark = transaction.savepoint()
        try:
            table = _rewrite(data)
            found_as = {"roster_acknowledgement": {"replay"}}
            assert kinds(head) & found_as.get(table, {"digest", "chain", "anchor"})
        finally:
            transaction.savepoint_rollback(mark)

    with by_force():
        rewriting_is_found()


def _rewrite(data: st.DataObject) -> str:
    """Rewrite one value, or remove one row; the table that it was in."""
    table, column = data.draw(st.sampled_from(COLUMNS))
    key = "change_id" if table == "roster_boundchange" else "id"
    row = data.draw(st.sampled_from(run(f"SELECT {key} FROM {table} ORDER BY 1")))[0]
    if data.draw(st.booleans(), label="remove"):
        run(f"DELETE FROM {table} WHERE {key} = {row}")
        return table
    ((value,),) = run(f'SELECT "{column}" FROM {table} WHERE {key} = {row}')
    other = data.draw(_another(column, value))
    run(f'UPDATE {table} SET "{column}" = %s WHERE {key} = {row}', other)
    return table


def _another(column: str, value: object) -> st.SearchStrategy:
    """A value that differs from `value`; of keys, one that no row has."""
    if column in ("clock", "closed_at"):
        days = st.dates(min_value=date(1990, 1, 1), max_value=date(2020, 1, 1))
        return days.map(lambda day: f"{day} 12:00:00")
    if column == "act":
        return st.sampled_from(sorted({"i", "u", "d"} - {value}))
    if column == "kind":
        return st.sampled_from(sorted({"edit", "import", "seed", "undo"} - {value}))
    if isinstance(value, int) or column.endswith("_id"):
        return st.integers(min_value=100_000, max_value=2**31 - 1)
    length = 1 if column == "act" else 60
    letters = st.characters(min_codepoint=32, max_codepoint=126)
    return st.text(letters, max_size=length).filter(lambda text: text != value)

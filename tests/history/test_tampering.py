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
ADDED = "a row that was added"


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
    """A value replaced or exchanged with another row's, a row removed or added, a tail cut off."""
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
            # An entry that was added outside any changeset is told as one that was written so.
            found_as = {
                "roster_acknowledgement": {"replay"},
                ADDED: {"digest", "chain", "anchor", "outside"},
            }
            assert kinds(head) & found_as.get(table, {"digest", "chain", "anchor"})
        finally:
            transaction.savepoint_rollback(mark)

    with by_force():
        rewriting_is_found()


def _rewrite(data: st.DataObject) -> str:
    """Tamper in one of five ways; the table, or that a row was added."""
    table, column = data.draw(st.sampled_from(COLUMNS))
    key = "change_id" if table == "roster_boundchange" else "id"
    row = data.draw(st.sampled_from(run(f"SELECT {key} FROM {table} ORDER BY 1")))[0]
    how = data.draw(st.sampled_from(("replace", "remove", "swap", "insert", "cut")))
    if how == "cut":
        return _cut_tail(data)
    if how == "swap" and (others := _others(table, key, column, row)):
        _swap(table, key, column, row, data.draw(st.sampled_from(others)))
        return table
    if how == "insert" and table in ("roster_change", "roster_changeset"):
        _insert_again(table, row)
        return ADDED
    if how == "remove":
        run(f"DELETE FROM {table} WHERE {key} = {row}")
        return table
    ((value,),) = run(f'SELECT "{column}" FROM {table} WHERE {key} = {row}')
    other = data.draw(_another(column, value))
    run(f'UPDATE {table} SET "{column}" = %s WHERE {key} = {row}', other)
    return table


def _cut_tail(data: st.DataObject) -> str:
    """Remove the newest changesets with all that is theirs, as an old copy lacks them."""
    last = run("SELECT max(position) FROM roster_changeset")[0][0]
    first = data.draw(st.integers(min_value=1, max_value=last))
    ids = f"(SELECT id FROM roster_changeset WHERE position >= {first})"
    run(f"DELETE FROM roster_boundchange WHERE changeset_id IN {ids}")
    run(f"DELETE FROM roster_change WHERE changeset_id IN {ids}")
    run(f"DELETE FROM roster_changeset WHERE position >= {first}")
    return "roster_changeset"


def _others(table: str, key: str, column: str, row: int) -> list[int]:
    """Rows that say something else in this column, which no rule keeps unique."""
    if column in (key, "position"):
        return []
    mine = f'(SELECT "{column}" FROM {table} WHERE {key} = {row})'
    found = run(f'SELECT {key} FROM {table} WHERE "{column}" <> {mine} ORDER BY 1')
    return [other for (other,) in found]


def _swap(table: str, key: str, column: str, row: int, other: int) -> None:
    """Exchange what two rows say in one column."""
    ((mine,),) = run(f'SELECT "{column}" FROM {table} WHERE {key} = {row}')
    ((theirs,),) = run(f'SELECT "{column}" FROM {table} WHERE {key} = {other}')
    run(f'UPDATE {table} SET "{column}" = %s WHERE {key} = {row}', theirs)
    run(f'UPDATE {table} SET "{column}" = %s WHERE {key} = {other}', mine)


def _insert_again(table: str, row: int) -> None:
    """Add a copy of a row under a key of its own."""
    columns = [column for of, column in COLUMNS if of == table and column != "id"]
    named = ", ".join(f'"{column}"' for column in columns)
    copied = ", ".join("900000" if column == "position" else f'"{column}"' for column in columns)
    run(f"INSERT INTO {table} (id, {named}) SELECT 900000, {copied} FROM {table} WHERE id = {row}")


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

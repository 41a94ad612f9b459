"""Refs for new rows that were given none: never one that a row has, had, or is given here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roster.exchange.columns import RefColumn, staged
from roster.exchange.planning import tables
from roster.exchange.planning.plan import Plan
from roster.exchange.plans import RowState
from roster.history.refs import taken_refs, unused_ref
from roster.models.records import Referable
from roster.text.refs import REF_FORM, is_ref


def make_refs(plan: Plan) -> None:
    """Set a ref in each new row without one; a row is wrong from whose names none can be made."""
    if not plan.makes_refs:
        return
    unnamed = (
        f"FROM {plan.matched} m JOIN {plan.staged} s ON s.line = m.line "
        f"WHERE m.state = '{RowState.NEW}' AND s.c_ref = ''"
    )
    if tables.all_rows(f"SELECT 1 {unnamed} LIMIT 1"):
        tables.set_values(plan.staged, {"c_ref": "text"}, _made(plan, unnamed))
        plan.refuse_rows(_without(plan, unnamed))


def _made(plan: Plan, unnamed: str) -> Iterator[tuple[int, str]]:
    """The line of each row with its ref; those from which none can be made are left out."""
    model: type[Referable] = plan.model  # type: ignore[assignment]  # as `makes_refs` says
    names = [name for name in plan.given if name != "ref"]
    cells = "".join(f", s.{staged(name)}" for name in names)
    taken = taken_refs(model)
    given = tables.rows_of(f"SELECT c_ref FROM {plan.staged} WHERE c_ref <> ''")
    taken.update(ref for (ref,) in given)
    for line, *values in tables.rows_of(f"SELECT s.line{cells} {unnamed} ORDER BY s.line"):
        ref = unused_ref(_named_row(plan, dict(zip(names, values, strict=True))), taken=taken)
        if is_ref(ref):
            taken.add(ref)
            yield line, ref


def _without(plan: Plan, unnamed: str) -> Iterator[int]:
    """The rows that still have none, each refused."""
    for (line,) in tables.rows_of(f"SELECT s.line {unnamed} ORDER BY s.line"):
        plan.refuse(line, "ref", f"No ref can be made from these names: give {REF_FORM}.")
        yield line


def _named_row(plan: Plan, values: dict[str, Any]) -> Any:
    """A row of the model with these values; rows that it points at have their ref alone."""
    row = plan.model()
    for name, value in values.items():
        column = plan.columns[name]
        if isinstance(column, RefColumn):
            setattr(row, name, column.target(ref=value) if value else None)
        else:
            setattr(row, name, value)
    return row

"""Rows below one another in a circle, of those that are here and those that a file brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models

from roster.exchange.columns import staged
from roster.exchange.planning import tables
from roster.exchange.planning.plan import Plan
from roster.exchange.plans import RowState
from roster.models.records import Nested, circle_sentence


def refuse_circles(plan: Plan) -> None:
    """Note each row of the file that would be part of a circle."""
    if issubclass(plan.model, Nested) and plan.model.upper_column in plan.given:
        plan.refuse_rows(_in_a_circle(plan, plan.model.upper_column))


def _in_a_circle(plan: Plan, upper: str) -> Iterator[int]:
    above = _above(plan, upper)
    circles = {ref: found for found in circles_of(above) for ref in found}
    for line, ref, _parent in _planned(plan, upper) if circles else ():
        if found := circles.get(ref):
            start = found.index(ref)
            sentence = circle_sentence([*found[start:], *found[:start]])
            plan.refuse(line, upper, sentence, above[ref])
            yield line


def _above(plan: Plan, upper: str) -> dict[str, str]:
    """What each row is to be below, by ref; rows at the top are left out."""
    rows: models.QuerySet[Any] = plan.model._default_manager.exclude(**{upper: None})
    above = dict(rows.values_list("ref", f"{upper}__ref").iterator())
    for _line, ref, parent in _planned(plan, upper):
        if parent:
            above[ref] = parent
        else:
            above.pop(ref, None)
    return above


def _planned(plan: Plan, upper: str) -> Iterator[tuple[Any, ...]]:
    """Line, ref and ref of the row above, of each row that is to come."""
    return tables.rows_of(
        f"SELECT m.line, s.c_ref, s.{staged(upper)} FROM {plan.matched} m "
        f"JOIN {plan.staged} s ON s.line = m.line "
        f"WHERE m.state IN ('{RowState.NEW}', '{RowState.CHANGED}') ORDER BY m.line"
    )


def circles_of(above: Mapping[str, str]) -> Iterator[list[str]]:
    """Each circle of two or more once, each row followed by the one above it.

    A row right below itself is left out: the table's own rule speaks of it.
    """
    seen: set[str] = set()
    for start in above:
        path: dict[str, None] = {}
        ref: str | None = start
        while ref is not None and ref not in seen:
            seen.add(ref)
            path[ref] = None
            ref = above.get(ref)
        if ref in path and len(found := _from(ref, list(path))) > 1:
            yield found


def _from(ref: str, path: list[str]) -> list[str]:
    return path[path.index(ref) :]

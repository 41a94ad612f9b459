"""Planning: goals become a plan, with what stands in their way and each value as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from roster.history.naming import Names
from roster.history.plans.obstacles import Obstacles
from roster.history.plans.plan import Goal, Plan, PlannedRow, Refusal, ValueChange
from roster.history.values import fields_of
from roster.models.changes import Act


def planned(
    act: str,
    goals: Sequence[Goal],
    names: Names,
    *,
    refusals: Iterable[Refusal] = (),
    notes: Iterable[str] = (),
) -> Plan:
    """The plan of an act that brings rows to these goals; `names` knows their rows."""
    return Plan(
        act,
        rows=tuple(_planned_row(goal, names) for goal in goals),
        refusals=(*refusals, *Obstacles(goals, names).refusals()),
        notes=tuple(notes),
    )


def _planned_row(goal: Goal, names: Names) -> PlannedRow:
    fields = fields_of(goal.model)
    changes = []
    for column in goal.columns:
        old, new = (
            names.text(fields[column], row[column]) if row is not None else ""
            for row in (goal.present, goal.wanted)
        )
        if goal.act == Act.UPDATE or old or new:
            changes.append(ValueChange(fields[column].name, old, new))
    return PlannedRow(goal, names.label(goal.model, goal.key), tuple(changes))

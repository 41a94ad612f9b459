"""The planner: a sheet against the roster, in the order in which that is found out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from roster.exchange.planning import completing, evidence, loading, matching
from roster.exchange.planning.plan import Plan
from roster.exchange.plans import Decisions
from roster.exchange.progress import Progress, Watch
from roster.exchange.resources.base import RowResource
from roster.exchange.sheets import Sheet


@contextmanager
def loaded(
    resource: RowResource, sheet: Sheet, watch: Watch | None = None, *, mapping: object = None
) -> Iterator[Plan]:
    """A plan with the sheet in its staging table; the tables go when the block is left.

    `mapping` is what the sheet was made by. Needs no transaction, and on SQLite holds up no one
    who writes.
    """
    plan = Plan(resource, sheet.header)
    plan.read_by = repr((sheet.form, mapping))
    try:
        loading.load(plan, sheet, watch)
        matching.create(plan)
        evidence.create(plan)
        if watch:
            watch(Progress("checking", sheet.row_count, 1.0))
        yield plan
    finally:
        plan.drop()


def plan_rows(plan: Plan, *, decisions: Decisions | None = None, to_write: bool) -> None:
    """Find what each staged row is against the roster, and every error.

    Inside a transaction. With `to_write` the rows that the file names stay locked until it ends.
    """
    if to_write:
        matching.lock(plan)
    matching.match(plan, decisions)
    completing.complete(plan)
    evidence.plan_evidence(plan)
    matching.count(plan)

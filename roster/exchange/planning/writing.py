"""Writing a plan without errors: a few statements, however many rows there are."""

from __future__ import annotations

from django.db import IntegrityError, connection, models
from django.db.models.expressions import RawSQL

from roster.exchange.planning import tables
from roster.exchange.planning.evidence import write_citations
from roster.exchange.planning.plan import Plan, quote
from roster.exchange.plans import RowState


def write(plan: Plan) -> None:
    """Write the new and the changed rows, inside the caller's changeset.

    Raises IntegrityError when others wrote or deleted what the rows name meanwhile.
    """
    if plan.counts.get(RowState.NEW):
        _insert(plan)
    if plan.counts.get(RowState.CHANGED):
        _update(plan)
    write_citations(plan)
    plan.resource.follow_up(_written(plan))


def _insert(plan: Plan) -> None:
    _number(plan)
    fields = [f for f in plan.model._meta.local_concrete_fields if not f.generated]
    columns = ", ".join(quote(field) for field in fields)
    values = ", ".join(plan.inserted_value(field) for field in fields)
    written = tables.execute(
        f"INSERT INTO {plan.table} ({columns}) SELECT {values} FROM {plan.matched} m "
        f"JOIN {plan.staged} s ON s.line = m.line WHERE m.state = %s ORDER BY m.line",
        [RowState.NEW],
    )
    _expect(written, plan.counts[RowState.NEW])


def _number(plan: Plan) -> None:
    """Give new rows keys in their order, and rows that name rows of the file the keys of these."""
    table = plan.model._meta.db_table
    if connection.vendor == "postgresql":
        # Of an UPDATE the order is not said, that of a query is: rows are numbered as they stand.
        new = f"SELECT line FROM {plan.matched} WHERE state = %s ORDER BY line"
        once = f"SELECT pg_get_serial_sequence('{table}', 'id')::regclass"  # not once a row
        numbered = f"SELECT line, nextval(({once})) AS id"
        tables.execute(
            f"UPDATE {plan.matched} SET row_id = n.id FROM ({numbered} FROM ({new}) o) n "
            f"WHERE n.line = {plan.matched}.line",
            [RowState.NEW],
        )
    else:
        used = f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'"
        tables.execute(
            f"UPDATE {plan.matched} SET row_id = coalesce(({used}), 0) + line WHERE state = %s",
            [RowState.NEW],
        )
    for lookup in plan.lookups:
        if lookup.is_own:
            named = (
                f"SELECT n.row_id FROM {plan.matched} n WHERE n.line = -{plan.matched}.{lookup.key}"
            )
            tables.execute(
                f"UPDATE {plan.matched} SET {lookup.key} = ({named}) WHERE {lookup.key} < 0"
            )


def _update(plan: Plan) -> None:
    changes = list(plan.changing())
    tests = ", ".join(
        f"max(CASE WHEN {plan.differs(new, f't.{quote(field)}')} THEN 1 ELSE 0 END)"
        for field, new in changes
    )
    (differs,) = tables.all_rows(
        f"SELECT {tests} FROM {plan.rows} WHERE m.state = %s", [RowState.CHANGED]
    )
    settings = ", ".join(
        f"{quote(field)} = {new}"
        for (field, new), is_changed in zip(changes, differs, strict=True)
        if is_changed
    )
    written = tables.execute(
        f"UPDATE {plan.table} SET {settings} FROM {plan.matched} m "
        f"JOIN {plan.staged} s ON s.line = m.line "
        f"WHERE {plan.table}.id = m.row_id AND m.state = %s",
        [RowState.CHANGED],
    )
    _expect(written, plan.counts[RowState.CHANGED])


def _written(plan: Plan) -> models.QuerySet[models.Model]:
    """The rows that were written."""
    keys = f"SELECT row_id FROM {plan.matched} WHERE state IN (%s, %s)"
    written = RawSQL(keys, [RowState.NEW, RowState.CHANGED])  # noqa: S611 - names of our own
    return plan.model._default_manager.filter(pk__in=written)


def _expect(written: int, planned: int) -> None:
    if written != planned:
        raise IntegrityError(f"{planned} rows were to be written, and {written} were.")

"""What is planned, as data: rows for a screen, and a digest of all that would be done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from roster.exchange.columns import staged
from roster.exchange.planning import tables
from roster.exchange.planning.evidence import cited_by, left_stale_by
from roster.exchange.planning.matching import latest_version
from roster.exchange.planning.plan import VERSION, Plan, key_text, made, quote
from roster.exchange.plans import CellChange, Choice, PlannedRow, Preview, RowState, Wanted


def preview(plan: Plan) -> Preview:
    """What importing the plan's file would do, its rows and errors aside."""
    return Preview(counts=dict(plan.counts), decided=plan.decided, digest=digest(plan))


def planned_rows(plan: Plan, wanted: Wanted) -> list[PlannedRow]:
    """Some rows of the plan, in the order of the file, with what each would change."""
    if not wanted.count:
        return []
    cells = "".join(f", s.{staged(name)}" for name in plan.given)
    version = f"s.{VERSION}" if plan.has_versions else "''"
    states = ", ".join(["%s"] * len(wanted.states))
    decided = " OR m.decided IS NOT NULL" if wanted.decided else ""
    found = tables.all_rows(
        f"SELECT m.line, m.state, m.decided, m.row_id, {latest_version(plan)}, {version}{cells} "
        f"FROM {plan.rows} WHERE m.state IN ({states}){decided} "
        "ORDER BY m.line LIMIT %s OFFSET %s",
        [*wanted.states, wanted.count, wanted.start],
    )
    stored = {
        row.pk: row
        for row in plan.resource.with_cells().filter(
            pk__in=[key for _, _, _, key, *_ in found if key]
        )
    }
    lines = [line for line, *_ in found]
    cites, stale = cited_by(plan, lines), left_stale_by(plan, lines)
    return [
        PlannedRow(
            line=line,
            state=RowState(state),
            label=key_text([said[plan.given.index(name)] for name in plan.model.key_columns]),
            cells=tuple(_changes(plan.given, said, stored.get(key))),
            cites=tuple(sorted(cites[line], key=plan.given.index)) if line in cites else (),
            makes_stale=tuple(stale.get(line, ())),
            key=key,
            exported_version=given_version,
            version=latest or 0,
            decided=Choice(choice) if choice else None,
        )
        for line, state, choice, key, latest, given_version, *said in found
    ]


def digest(plan: Plan) -> str:
    """A text that is the same as long as the plan would do the same to the roster.

    It rests on the state of every row, what the roster says of those that would be changed, the
    rows that they name, the refs and values that new ones are given, the citations concerned, and
    how the file was read; the file itself is not looked at again.
    """
    old = "".join(f", t.{quote(field)}" for field, _new in plan.changing())
    found = "".join(f", m.{key}" for key in plan.keys)
    given = "".join(f", m.{made(name)}" for name in plan.made)
    ref = ", s.c_ref" if plan.makes_refs and plan.can_be_matched else ""
    hashed = hashlib.sha256(f"{plan.read_by} {plan.citations} {plan.stale}".encode())
    rows = tables.rows_of(
        f"SELECT m.line, m.state{old}{found}{given}{ref} FROM {plan.rows} "
        f"WHERE m.state <> '{RowState.UNCHANGED}' ORDER BY m.line"
    )
    for row in rows:
        hashed.update(json.dumps(row, ensure_ascii=False).encode())
    return hashed.hexdigest()


def lines_of(plan: Plan, keys: Sequence[int]) -> dict[int, int]:
    """The line of the file on which each of these rows of the roster stands, by key."""
    places = ", ".join(["%s"] * len(keys))
    sql = f"SELECT row_id, line FROM {plan.matched} WHERE row_id IN ({places})"
    return dict(tables.all_rows(sql, keys)) if keys else {}


def _changes(given: Sequence[str], said: Sequence[Any], stored: Any) -> list[CellChange]:
    """The cells that would be another: of a new row those that say something."""
    cells = [
        CellChange(name, stored.cell(name) if stored else "", _text(value))
        for name, value in zip(given, said, strict=True)
    ]
    return [cell for cell in cells if cell.old != cell.new]


def _text(value: Any) -> str:
    return "" if value is None else str(value)

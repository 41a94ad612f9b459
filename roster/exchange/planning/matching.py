"""Matching: what each staged row is against the roster, found for all rows at once.

One statement looks up every foreign key, finds the row of the roster with the same key, and
compares; its cost is that of its joins, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from roster.exchange.columns import Lookup, staged
from roster.exchange.planning import tables
from roster.exchange.planning.plan import SEARCH_KEY, VERSION, Plan, key_text, made, quote
from roster.exchange.plans import Choice, Decisions, RowState
from roster.exchange.reading.records import printable
from roster.exchange.resources.base import VERSION_COLUMN


def create(plan: Plan) -> None:
    """Make the matched table, empty."""
    keys = dict.fromkeys(plan.keys, "bigint")
    tables.create(
        plan.matched,
        {
            "line": "integer PRIMARY KEY",
            "row_id": "bigint",
            "state": "text",
            "decided": "text",
            SEARCH_KEY: "text",
            **keys,
            **{made(name): "text" for name in plan.made},
        },
    )


def lock(plan: Plan) -> None:
    """Keep others from changing the rows that the file names, until the transaction ends."""
    if connection.features.has_select_for_update:
        found = f"SELECT t.id FROM {_joined(plan, 'JOIN')} ORDER BY t.id FOR UPDATE OF t"
        tables.execute(f"SELECT count(*) FROM ({found}) locked")


def match(plan: Plan, decisions: Decisions | None = None) -> None:
    """Fill the matched table and note what is wrong with rows that the roster does not bear."""
    joined = _joined(plan, "LEFT JOIN")
    columns = ["line", "row_id", "state", *plan.keys]
    values = ["s.line", "t.id", _state(plan), *_keys(plan)]
    tables.execute(
        f"INSERT INTO {plan.matched} ({', '.join(columns)}) "
        f"SELECT {', '.join(values)} FROM {joined}"
    )
    tables.measure(plan.matched)
    plan.refuse_rows(_repeated(plan))
    _refuse_unknown(plan)
    _decide(plan, decisions or {})
    plan.refuse_rows(_naming_left_out(plan))
    plan.refuse_rows(_incomplete(plan))


def count(plan: Plan) -> None:
    """Count the rows of each state."""
    found = tables.all_rows(f"SELECT state, count(*) FROM {plan.matched} GROUP BY state")
    plan.counts = {RowState(state): number for state, number in found}
    ((plan.decided,),) = tables.all_rows(f"SELECT count(decided) FROM {plan.matched}")


def _joined(plan: Plan, join: str) -> str:
    """SQL: the staged rows with the rows that they name, and with those of the same key."""
    steps = [f"{plan.staged} s"]
    for lookup in plan.lookups:
        steps.append(f'LEFT JOIN "{lookup.table}" {lookup.alias} ON {lookup.on}')
        if lookup.is_own:
            steps.append(
                f"LEFT JOIN {_first_of_each_ref(plan)} {lookup.alias}_here "
                f"ON {lookup.alias}_here.c_ref = s.{staged(lookup.column)}"
            )
    return f"{' '.join(steps)} {join} {plan.table} t ON {plan.resource.identity()}"


def _first_of_each_ref(plan: Plan) -> str:
    """SQL: the rows of the file by ref; of a ref that stands there twice, the first."""
    return f"(SELECT c_ref, min(line) AS line FROM {plan.staged} WHERE c_ref <> '' GROUP BY c_ref)"


def _keys(plan: Plan) -> Iterator[str]:
    """SQL: each foreign key; of a row that stands in the file, the negative of its line."""
    for lookup in plan.lookups:
        if lookup.key:
            yield _found(lookup)


def _state(plan: Plan) -> str:
    """SQL: the state of a row."""
    unknown = [f"({lookup.named} AND {_found(lookup)} IS NULL)" for lookup in _named(plan)]
    wrong = " OR ".join(["s.is_wrong = 1", *unknown])
    # The matched table is not there yet: what it will hold of a foreign key is looked up.
    keys = dict(zip(plan.keys, _keys(plan), strict=True))
    differences = [
        plan.differs(keys.get(str(field.column), new), f"t.{quote(field)}")
        for field, new in plan.changing()
        if not new.endswith(SEARCH_KEY)
    ]
    changed = " OR ".join(differences) or "1 = 0"
    new, conflict = RowState.NEW, RowState.CONFLICT
    if plan.has_versions:
        when_new = f"CASE WHEN s.{VERSION} = '' THEN '{new}' ELSE '{conflict}' END"
        latest = latest_version(plan)
        overtaken = f"{latest} IS NOT NULL AND CAST({latest} AS text) <> s.{VERSION}"
        when_changed = f"CASE WHEN {overtaken} THEN '{conflict}' ELSE '{RowState.CHANGED}' END"
    else:
        when_new, when_changed = f"'{new}'", f"'{RowState.CHANGED}'"
    return (
        f"CASE WHEN {wrong} THEN '{RowState.WRONG}' WHEN t.id IS NULL THEN {when_new} "
        f"WHEN {changed} THEN {when_changed} ELSE '{RowState.UNCHANGED}' END"
    )


def _named(plan: Plan) -> Iterator[Lookup]:
    return (lookup for lookup in plan.lookups if lookup.named)


def _found(lookup: Lookup) -> str:
    """SQL: the row that a look-up found, in the roster or in the file."""
    own = f"coalesce({lookup.alias}.id, -{lookup.alias}_here.line)"
    return own if lookup.is_own else f"{lookup.alias}.id"


def latest_version(plan: Plan) -> str:
    """SQL: the version of the row now; NULL where none is recorded."""
    return (
        f"(SELECT max(c.id) FROM roster_change c "
        f'WHERE c."table" = \'{plan.model._meta.db_table}\' AND c."key" = t.id)'
    )


def _repeated(plan: Plan) -> Iterator[int]:
    """Rows whose key stands in the file already, each refused."""
    keys = plan.staged_keys
    partition = ", ".join(keys)
    given = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    if plan.makes_refs:
        given += " AND c_ref <> ''"
    repeated = tables.rows_of(
        f"SELECT line, first, {partition} FROM (SELECT line, {partition}, min(line) "
        f"OVER (PARTITION BY {partition}) AS first FROM {plan.staged} WHERE {given}) k "
        "WHERE line > first ORDER BY line"
    )
    for line, first, *cells in repeated:
        sentence = f"The row {key_text(cells)} is on line {first} already: give each row once."
        plan.refuse(line, plan.model.key_columns[-1], sentence, str(cells[-1]))
        yield line


def _refuse_unknown(plan: Plan) -> None:
    """A cell that names a row which is not there."""
    for lookup in _named(plan):
        cells = ", ".join(f"s.{staged(name)}" for name in lookup.cells)
        unknown = tables.rows_of(
            f"SELECT s.line, {cells} FROM {plan.matched} m JOIN {plan.staged} s ON s.line = m.line "
            f"WHERE m.state = '{RowState.WRONG}' AND {lookup.named} AND m.{lookup.key} IS NULL"
        )
        for line, *said in unknown:
            plan.refuse(line, lookup.column, lookup.refusal(*said), str(said[-1]))


def _naming_left_out(plan: Plan) -> Iterator[int]:
    """Rows that name a row of the file which was deleted and stays so, each refused."""
    for lookup in plan.lookups:
        if lookup.is_own:
            cell = f"s.{staged(lookup.column)}"
            naming = tables.rows_of(
                f"SELECT m.line, {cell} FROM {plan.matched} m JOIN {plan.staged} s "
                f"ON s.line = m.line JOIN {plan.matched} n ON n.line = -m.{lookup.key} "
                f"WHERE n.state = '{RowState.KEPT}' AND m.state <> '{RowState.KEPT}' "
                "ORDER BY m.line"
            )
            for line, said in naming:
                plan.refuse(line, lookup.column, lookup.refusal(said), said)
                yield line


def _incomplete(plan: Plan) -> Iterator[int]:
    """New rows in a file that leaves out columns which a new row needs, each refused.

    Of a row whose key is refused it is not known whether it is new.
    """
    missing = [
        name
        for name, column in plan.columns.items()
        if column.is_required and name not in plan.given
    ]
    if not missing:
        return
    has_key = " AND ".join(f"s.{key} IS NOT NULL" for key in plan.staged_keys)
    new = tables.rows_of(
        f"SELECT m.line FROM {plan.matched} m JOIN {plan.staged} s ON s.line = m.line "
        f"WHERE m.row_id IS NULL AND {has_key} "
        f"AND m.state IN ('{RowState.NEW}', '{RowState.WRONG}') ORDER BY m.line"
    )
    for (line,) in new:
        for name in missing:
            sentence = f"A new row needs {name}: add the column and give a value."
            plan.refuse(line, name, sentence)
        yield line


def _decide(plan: Plan, decisions: Decisions) -> None:
    """Settle the conflicts that are decided for the version of now; refuse the others."""
    if not plan.has_versions:
        return
    settled: list[tuple[int, str, str]] = []
    conflicts = tables.rows_of(
        f"SELECT m.line, m.row_id, s.{VERSION}, {latest_version(plan)}, {_label_cells(plan)} "
        f"FROM {plan.rows} WHERE m.state = '{RowState.CONFLICT}' ORDER BY m.line"
    )
    for line, row_id, given, latest, *cells in conflicts:
        decision = decisions.get(line)
        if decision and decision.version == (latest or 0 if row_id else 0):
            taken = RowState.CHANGED if row_id else RowState.NEW
            state = taken if decision.choice is Choice.TAKE else RowState.KEPT
            settled.append((line, state.value, decision.choice.value))
        elif row_id is None:
            plan.refuse_conflict(
                line,
                VERSION_COLUMN,
                "The row was deleted after this file was exported: leave it out, or empty its "
                f"{VERSION_COLUMN} to add it anew.",
                given,
            )
        else:
            label = plan.resource.label(cells)
            plan.refuse_conflict(
                line,
                VERSION_COLUMN,
                f"{label} was changed after this file was exported (version "
                f"{printable(given) or 'not given'} here, {latest} now): export it "
                "again and repeat the change there.",
                given,
            )
    if settled:
        tables.set_values(plan.matched, {"state": "text", "decided": "text"}, settled)


def _label_cells(plan: Plan) -> str:
    return ", ".join(f"s.{key}" for key in plan.staged_keys)

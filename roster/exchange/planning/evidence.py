"""What a file does to the evidence: citations that its rows bring, and those they leave stale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL

from roster.exchange.citing import STANCE
from roster.exchange.columns import staged
from roster.exchange.planning import tables
from roster.exchange.planning.plan import Plan, quote
from roster.exchange.plans import RowState
from roster.models import Citation
from roster.models.records import Record
from roster.provenance.states import with_states

_TO_COME = f"('{RowState.NEW}', '{RowState.CHANGED}')"
_TABLE = Citation._meta.db_table


def create(plan: Plan) -> None:
    """Make the table of what the rows cite, empty."""
    tables.create(
        plan.cited,
        {"line": "integer", "field": "text", "value": "text", "citation_id": "bigint"},
    )


def plan_evidence(plan: Plan) -> None:
    """Find what the rows cite and which citations they leave stale, and count both."""
    if not issubclass(plan.model, Record):
        return
    if plan.brings_evidence:
        for name in _factual(plan):
            _cite(plan, name)
        plan.refuse_rows(_of_other_stances(plan))
        ((plan.citations,),) = tables.all_rows(f"SELECT count(*) FROM {plan.cited}")
    if stale := _stale(plan):
        ((plan.stale,),) = tables.all_rows(f"SELECT count(*) FROM ({stale[0]}) stale", stale[1])


def cited_by(plan: Plan, lines: Sequence[int]) -> dict[int, list[str]]:
    """The columns for which the rows on these lines bring evidence, by line."""
    found: dict[int, list[str]] = defaultdict(list)
    if plan.brings_evidence and lines:
        places = ", ".join(["%s"] * len(lines))
        sql = f"SELECT line, field FROM {plan.cited} WHERE line IN ({places})"
        for line, name in tables.all_rows(sql, lines):
            found[line].append(name)
    return found


def left_stale_by(plan: Plan, lines: Sequence[int]) -> dict[int, list[str]]:
    """The column of each citation that the rows on these lines leave stale, by line."""
    found: dict[int, list[str]] = defaultdict(list)
    if lines and issubclass(plan.model, Record) and (stale := _stale(plan)):
        places = ", ".join(["%s"] * len(lines))
        sql = f"SELECT line, field FROM ({stale[0]}) stale WHERE line IN ({places}) ORDER BY field"
        for line, name in tables.all_rows(sql, [*stale[1], *lines]):
            found[line].append(name)
    return found


def write_citations(plan: Plan) -> None:
    """Write the citations that the rows bring, once the rows themselves are written."""
    if not plan.citations:
        return
    kind = plan.model.record_kind
    joined = (
        f"{plan.cited} c JOIN {plan.matched} m ON m.line = c.line "
        f"JOIN {plan.staged} s ON s.line = c.line"
    )
    given = {
        f"{kind}_id": "m.row_id",
        "field": "c.field",
        "paragraph_id": "s.cite_paragraph_id",
        "quote": "s.cite_quote",
        "stance": "s.cite_stance",
        "credibility": "''",
        "value": "c.value",
        "note": "''",
        "anchor_quote": "s.cite_anchor_quote",
        "anchor_words": "s.cite_anchor_words",
    }
    columns = ", ".join(f'"{name}"' for name in given)
    tables.execute(
        f"INSERT INTO {_TABLE} ({columns}) SELECT {', '.join(given.values())} FROM {joined} "
        f"WHERE c.citation_id IS NULL ORDER BY c.line, c.field"
    )
    tables.execute(
        f"UPDATE {_TABLE} SET value = c.value, anchor_quote = s.cite_anchor_quote, "
        f"anchor_words = s.cite_anchor_words FROM {joined} WHERE {_TABLE}.id = c.citation_id"
    )


def _factual(plan: Plan) -> Iterator[str]:
    """The columns of the file whose values want evidence."""
    assert issubclass(plan.model, Record)  # noqa: S101 - for the type checker
    factual = plan.model.factual_columns()
    return (name for name in plan.given if name in factual)


def _cell(plan: Plan, name: str) -> str:
    """SQL: what the file's cell says, as an export would write it."""
    cell = f"s.{staged(name)}"
    return cell if plan.columns[name].sql_type == "text" else f"coalesce(CAST({cell} AS text), '')"


def _differs(plan: Plan, name: str) -> str:
    """SQL: that the file says otherwise than the roster."""
    field = plan.field(name)
    return plan.differs(str(plan.new_value(field)), f"t.{quote(field)}")


def _cite(plan: Plan, name: str) -> None:
    """What the rows that set or change a column cite for it, unless it is empty or unknown."""
    kind = plan.model.record_kind
    same_words = (
        f"e.{kind}_id = m.row_id AND e.field = '{name}' "
        "AND e.paragraph_id = s.cite_paragraph_id AND e.quote = s.cite_quote"
    )
    tables.execute(
        f"INSERT INTO {plan.cited} (line, field, value, citation_id) "
        f"SELECT m.line, '{name}', {_cell(plan, name)}, e.id FROM {plan.rows} "
        f"LEFT JOIN {_TABLE} e ON {same_words} "
        f"WHERE m.state IN {_TO_COME} AND s.cite_paragraph_id IS NOT NULL "
        f"AND {_cell(plan, name)} NOT IN ('', 'unknown') "
        f"AND (t.id IS NULL OR {_differs(plan, name)})"
    )


def _of_other_stances(plan: Plan) -> Iterator[int]:
    """Rows whose words are cited already with the other stance, each refused."""
    found = tables.rows_of(
        f"SELECT c.line, c.field, e.stance, s.cite_stance FROM {plan.cited} c "
        f"JOIN {plan.staged} s ON s.line = c.line JOIN {_TABLE} e ON e.id = c.citation_id "
        "WHERE e.stance <> s.cite_stance ORDER BY c.line"
    )
    refused = None
    for line, field, stance, given in found:
        plan.refuse(
            line,
            STANCE,
            f"These words are cited for {field} already, with the stance "
            f"{stance}: give that stance, or other words.",
            given,
        )
        if line != refused:
            refused = line
            yield line


def _stale(plan: Plan) -> tuple[str, Sequence[object]] | None:
    """SQL: line and field of each citation of the value so far that is not of the new one."""
    cells = " ".join(
        f"WHEN '{name}' THEN {_cell(plan, name)}" for name in plan.given if name != "ref"
    )
    if not cells:
        return None
    kind = plan.model.record_kind
    changed = RawSQL(f"SELECT row_id FROM {plan.matched} WHERE state = %s", [RowState.CHANGED])  # noqa: S611
    of_changed = Citation.objects.filter(**{f"{kind}__in": changed}).order_by()
    so_far: models.QuerySet[Any] = with_states(of_changed)
    current = so_far.filter(is_stale=False).values("id", "field", "value", f"{kind}_id")
    sql, values = current.query.sql_with_params()
    recited = (
        f"SELECT 1 FROM {plan.cited} r WHERE r.line = s.line AND r.citation_id = e.id"
        if plan.brings_evidence
        else "SELECT 1 WHERE 1 = 0"
    )
    found = (
        f"SELECT s.line AS line, e.field AS field FROM ({sql}) e "
        f"JOIN {plan.matched} m ON m.row_id = e.{kind}_id JOIN {plan.staged} s ON s.line = m.line "
        f"WHERE e.value <> CASE e.field {cells} ELSE e.value END AND NOT EXISTS ({recited})"
    )
    return found, values

"""Completing: what follows from a whole row, as the file and the roster together say it.

The rules between columns, refs for rows without one, search keys, circles. Rows come as a stream,
in the order of the file; what is made is set back for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from roster.exchange.columns import RefColumn, staged
from roster.exchange.planning import tables
from roster.exchange.planning.plan import SEARCH_KEY, Plan
from roster.exchange.plans import RowState
from roster.exchange.resources.base import RowCheck
from roster.fields import Rule, SearchKeyField
from roster.history.refs import taken_refs, unused_ref
from roster.models.records import Nested, Referable, circle, circle_sentence

REMEMBERED = 20_000
"""Outcomes of a rule that are remembered, by the values on which it rests."""
_TO_COME = (RowState.NEW, RowState.CHANGED)


def complete(plan: Plan) -> None:
    """Make what is lacking, and note the rows that the rules refuse."""
    _make_refs(plan)
    _make_search_keys(plan)
    plan.resource.complete(plan)
    _check_rules(plan)
    _refuse_circles(plan)


class _Check:
    """A rule between columns, as asked of one row after the other."""

    def __init__(self, plan: Plan, rule: Rule | RowCheck) -> None:
        self.plan, self.rule = plan, rule
        self.fields = list(rule.fields_of(plan.model))
        self._outcomes: dict[tuple[Any, ...], list[tuple[str, str]]] = {}

    @property
    def concerns(self) -> bool:
        """Whether the file says anything of what the rule rests on."""
        return any(self.plan.new_value(field) for field in self.fields)

    @property
    def asks_other_rows(self) -> bool:
        return any(field.is_relation for field in self.fields)

    def outcome(self, values: tuple[Any, ...]) -> list[tuple[str, str]]:
        """What a row with these values of the rule's fields is refused for, by CSV column."""
        known = self._outcomes.get(values)
        if known is None:
            if len(self._outcomes) >= REMEMBERED:
                self._outcomes.clear()
            known = self._outcomes[values] = list(self._refusals(values))
        return known

    def _refusals(self, values: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
        row = self.plan.model()
        for field, value in zip(self.fields, values, strict=True):
            setattr(row, field.attname, value)
        try:
            self.rule.validate(self.plan.model, row)
        except ValidationError as error:
            for column, messages in error.update_error_dict({}).items():
                name = self.rule.field if column == NON_FIELD_ERRORS else column
                for message in messages:
                    yield self._given(name), " ".join(message.messages)

    def _given(self, name: str) -> str:
        """The column to be mended: this one, or else one that the file has."""
        given = self.plan.given
        names = (field.name for field in self.fields if field.name in given)
        return name if name in given else next(names, name)


def _check_rules(plan: Plan) -> None:
    """Ask every rule between columns of each row that is to come, or is wrong for other reasons."""
    of_table = [rule for rule in plan.model._meta.constraints if isinstance(rule, Rule)]
    rules: list[Rule | RowCheck] = [*of_table, *plan.resource.row_checks]
    checks = [_Check(plan, rule) for rule in rules]
    checks = [check for check in checks if check.concerns]
    fields = list(dict.fromkeys(field for check in checks for field in check.fields))
    if not fields:
        return
    places = [[fields.index(field) for field in check.fields] for check in checks]
    refused = []
    for line, state, *values in _merged(plan, fields, (*_TO_COME, RowState.WRONG)):
        # Of a row that is wrong, a text that is NULL is refused already, as may be a foreign key.
        is_wrong = state == RowState.WRONG
        for check, of_check in zip(checks, places, strict=True):
            given = tuple([values[place] for place in of_check])
            if is_wrong and (check.asks_other_rows or None in given):
                continue
            for column, sentence in check.outcome(given):
                refused.append(line)
                plan.refuse(line, column, sentence)
    plan.refuse_rows(refused)


def _make_search_keys(plan: Plan) -> None:
    """Give each row that is to come the search key of the names that it is to have."""
    for field in plan.model._meta.local_concrete_fields:
        if isinstance(field, SearchKeyField) and plan.new_value(field):
            named = [plan.field(source) for source in field.sources]
            keys = (
                (line, _search_key(plan.model, field, named, values))
                for line, _state, *values in _merged(plan, named, _TO_COME)
            )
            tables.set_values(plan.matched, {SEARCH_KEY: "text"}, keys)


def _search_key(
    model: type[models.Model], key: SearchKeyField, named: Sequence[Any], values: Sequence[Any]
) -> str:
    row = model()
    for field, value in zip(named, values, strict=True):
        setattr(row, field.attname, value)
    return key.key_of(row)


def _make_refs(plan: Plan) -> None:
    """Give new rows without a ref one that no row has or ever had."""
    if not plan.makes_refs:
        return
    model: type[Referable] = plan.model  # type: ignore[assignment]  # as `makes_refs` says
    names = [name for name in plan.given if name != "ref"]
    cells = "".join(f", s.{staged(name)}" for name in names)
    unnamed = (
        f"FROM {plan.matched} m JOIN {plan.staged} s ON s.line = m.line "
        f"WHERE m.state = '{RowState.NEW}' AND s.c_ref = ''"
    )
    if not tables.all_rows(f"SELECT 1 {unnamed} LIMIT 1"):
        return
    taken = taken_refs(model)
    taken.update(
        ref for (ref,) in tables.rows_of(f"SELECT c_ref FROM {plan.staged} WHERE c_ref <> ''")
    )

    def made() -> Iterator[tuple[int, str]]:
        for line, *values in tables.rows_of(f"SELECT s.line{cells} {unnamed} ORDER BY s.line"):
            ref = unused_ref(_named_row(plan, dict(zip(names, values, strict=True))), taken=taken)
            taken.add(ref)
            yield line, ref

    tables.set_values(plan.staged, {"c_ref": "text"}, made())


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


def _merged(
    plan: Plan, fields: Sequence[models.Field[Any, Any]], states: Sequence[RowState]
) -> Iterator[tuple[Any, ...]]:
    """Line, state, and what the row is to say of each field, in the order of the file."""
    listed = ", ".join(f"'{state}'" for state in states)
    values = ", ".join(plan.merged_value(field) for field in fields)
    return tables.rows_of(
        f"SELECT m.line, m.state, {values} FROM {plan.rows} "
        f"WHERE m.state IN ({listed}) ORDER BY m.line"
    )


def _refuse_circles(plan: Plan) -> None:
    """Rows below one another, of those that are here and those that are planned."""
    if not issubclass(plan.model, Nested) or plan.model.upper_column not in plan.given:
        return
    upper = plan.model.upper_column
    stored: models.QuerySet[Any] = plan.model._default_manager.all()
    above = dict(stored.values_list("ref", f"{upper}__ref"))
    planned = list(
        tables.rows_of(
            f"SELECT m.line, s.c_ref, s.{staged(upper)} FROM {plan.rows} "
            f"WHERE m.state IN ('{RowState.NEW}', '{RowState.CHANGED}') ORDER BY m.line"
        )
    )
    above.update((ref, parent or None) for _line, ref, parent in planned)
    refused = []
    for line, ref, _parent in planned:
        path = circle(ref, above.get)
        if len(path) > 1:  # of a row right below itself the table's own rule speaks
            refused.append(line)
            plan.refuse(line, upper, circle_sentence(path), ref)
    plan.refuse_rows(refused)

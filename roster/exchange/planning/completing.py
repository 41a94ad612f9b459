"""Completing: what follows from a whole row, as the file and the roster together say it.

The rules between columns, refs for rows without one, search keys, circles. Rows come as a stream,
in the order of the file; what is made is set back for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from roster.exchange.planning import tables
from roster.exchange.planning.circles import refuse_circles
from roster.exchange.planning.plan import SEARCH_KEY, Plan
from roster.exchange.planning.refs import make_refs
from roster.exchange.plans import RowState
from roster.exchange.resources.base import RowCheck
from roster.fields import Rule, SearchKeyField

REMEMBERED = 20_000
"""Outcomes of a rule that are remembered, by the values on which it rests."""
LONGEST_REMEMBERED = 200
"""Characters of the values of an outcome that is remembered."""
_TO_COME = (RowState.NEW, RowState.CHANGED)


def complete(plan: Plan) -> None:
    """Make what is lacking, and note the rows that the rules refuse."""
    make_refs(plan)
    _make_search_keys(plan)
    plan.resource.complete(plan)
    plan.refuse_rows(_against_the_rules(plan))
    refuse_circles(plan)


class _Check:
    """A rule between columns, as asked of one row after the other."""

    def __init__(self, plan: Plan, rule: Rule | RowCheck) -> None:
        self.plan, self.rule = plan, rule
        self.fields = list(rule.fields_of(plan.model))
        self._row = plan.model()
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
            known = list(self._refusals(values))
            if sum(len(value) for value in values if isinstance(value, str)) <= LONGEST_REMEMBERED:
                self._outcomes[values] = known
        return known

    def _refusals(self, values: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
        for field, value in zip(self.fields, values, strict=True):
            setattr(self._row, field.attname, value)
        try:
            self.rule.validate(self.plan.model, self._row)
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


def _against_the_rules(plan: Plan) -> Iterator[int]:
    """Rows that a rule between columns refuses, of those to come and those wrong already."""
    of_table = [rule for rule in plan.model._meta.constraints if isinstance(rule, Rule)]
    rules: list[Rule | RowCheck] = [*of_table, *plan.resource.row_checks]
    checks = [_Check(plan, rule) for rule in rules]
    checks = [check for check in checks if check.concerns]
    fields = list(dict.fromkeys(field for check in checks for field in check.fields))
    if not fields:
        return
    places = [[fields.index(field) for field in check.fields] for check in checks]
    for line, state, *values in _merged(plan, fields, (*_TO_COME, RowState.WRONG)):
        # Of a row that is wrong, a text that is NULL is refused already, as may be a foreign key.
        is_wrong, is_refused = state == RowState.WRONG, False
        for check, of_check in zip(checks, places, strict=True):
            given = tuple([values[place] for place in of_check])
            if is_wrong and (check.asks_other_rows or None in given):
                continue
            for column, sentence in check.outcome(given):
                plan.refuse(line, column, sentence)
                is_refused = True
        if is_refused:
            yield line


def _make_search_keys(plan: Plan) -> None:
    """Give each row that is to come the search key of the names that it is to have."""
    for field in plan.model._meta.local_concrete_fields:
        if isinstance(field, SearchKeyField) and plan.new_value(field):
            tables.set_values(plan.matched, {SEARCH_KEY: "text"}, _search_keys(plan, field))


def _search_keys(plan: Plan, key: SearchKeyField) -> Iterator[tuple[int, str]]:
    named = [plan.field(source) for source in key.sources]
    row = plan.model()
    for line, _state, *values in _merged(plan, named, _TO_COME):
        for field, value in zip(named, values, strict=True):
            setattr(row, field.attname, value)
        yield line, key.key_of(row)


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

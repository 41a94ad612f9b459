"""What stands in the way of goals: rows that hang on others, keys that were taken, rules.

Every obstacle is found, in sets, before anything is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from roster.fields import Rule
from roster.history.naming import Names
from roster.history.past.changes import PastChange, Place, last_writer, pasts_of, place_of
from roster.history.plans.plan import Goal, Refusal
from roster.history.plans.sentences import listed, positions
from roster.history.plans.writing import instance_of, unique_keys
from roster.history.values import chunks, fields_of
from roster.text.characters import quoted

_MOST_NAMED = 3


@dataclass(frozen=True)
class _Blocked:
    """A goal and the rows that stand in its way, by the columns in which they do."""

    goal: Goal
    model: type[models.Model]
    columns: tuple[str, ...]
    keys: tuple[int, ...]

    @property
    def named(self) -> list[Place]:
        return [place_of(self.model, key) for key in self.keys[:_MOST_NAMED]]


class Obstacles:
    """All that stands in the way of these goals, together; `names` knows their rows."""

    def __init__(self, goals: Sequence[Goal], names: Names) -> None:
        self.goals = {goal.place: goal for goal in goals}
        self.names = names
        self._pasts: Mapping[Place, list[PastChange]] = {}

    def refusals(self) -> list[Refusal]:
        """One for each obstacle, with the acts that made it."""
        gone, hanging, taken = [*self._gone()], [*self._hanging()], [*self._taken()]
        blocked = [*gone, *hanging, *taken]
        self._pasts = pasts_of({place for one in blocked for place in one.named})
        for one in (*hanging, *taken):
            self.names.add_keys(one.model, one.keys[:_MOST_NAMED])
        return [
            *map(self._say_gone, gone),
            *map(self._say_hanging, hanging),
            *map(self._say_taken, taken),
            *self._against_rules(),
        ]

    def _gone(self) -> Iterator[_Blocked]:
        """Rows that would point at rows that are not there."""
        pointing: dict[type[models.Model], dict[int, list[tuple[Goal, str]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for goal in self.goals.values():
            fields = fields_of(goal.model)
            for column in goal.columns if goal.wanted is not None else ():
                field, key = fields[column], goal.values[column]
                if isinstance(field, models.ForeignKey) and key is not None:
                    pointing[field.related_model][key].append((goal, column))
        for model, keys in pointing.items():
            there = {
                key
                for some in chunks(sorted(keys))
                for key in model._base_manager.filter(pk__in=some).values_list("pk", flat=True)
            }
            for key, pointers in keys.items():
                planned = self.goals.get(place_of(model, key))
                if (planned.wanted is not None) if planned else (key in there):
                    continue
                for goal, column in pointers:
                    yield _Blocked(goal, model, (column,), (key,))

    def _hanging(self) -> Iterator[_Blocked]:
        """Rows that would go though others, which would stay, point at them."""
        going: dict[type[models.Model], list[int]] = defaultdict(list)
        for goal in self.goals.values():
            if goal.wanted is None:
                going[goal.model].append(goal.key)
        for model, keys in going.items():
            for child, field in _pointing_at(model):
                found: dict[int, list[int]] = defaultdict(list)
                for some in chunks(keys):
                    rows = child._base_manager.filter(**{f"{field.attname}__in": some})
                    for key, target in rows.order_by("pk").values_list("pk", field.attname):
                        if self._will_have(child, key, (field.column,), (target,)):
                            found[target].append(key)
                for target, children in found.items():
                    goal = self.goals[place_of(model, target)]
                    yield _Blocked(goal, child, (field.column,), tuple(children))

    def _taken(self) -> Iterator[_Blocked]:
        """Rows whose key, that must be unique, another row has by now."""
        wanting: dict[tuple[type[models.Model], tuple[str, ...]], dict[tuple[Any, ...], Goal]]
        wanting = defaultdict(dict)
        for goal in self.goals.values():
            for columns in unique_keys(goal.model) if goal.wanted is not None else ():
                values = tuple(goal.values[column] for column in columns)
                if None not in values and not set(columns).isdisjoint(goal.columns):
                    wanting[goal.model, columns][values] = goal
        for (model, columns), goals in wanting.items():
            fields = fields_of(model)
            names = [fields[column].attname for column in columns]
            for some in chunks(list(goals)):
                # A few more rows than wanted: each column by itself.
                within = {
                    f"{n}__in": set(v) for n, v in zip(names, zip(*some, strict=True), strict=True)
                }
                for key, *values in model._base_manager.filter(**within).values_list("pk", *names):
                    blocked = goals.get(tuple(values))
                    if (
                        blocked is not None
                        and blocked.key != key
                        and self._will_have(model, key, columns, values)
                    ):
                        yield _Blocked(blocked, model, columns, (key,))

    def _will_have(
        self, model: type[models.Model], key: int, columns: Iterable[str], values: Iterable[Any]
    ) -> bool:
        """Whether a row that has these values now would have them still."""
        planned = self.goals.get(place_of(model, key))
        if planned is None:
            return True
        wanted = planned.wanted
        return wanted is not None and all(
            wanted[column] == value for column, value in zip(columns, values, strict=True)
        )

    def _against_rules(self) -> Iterator[Refusal]:
        """Rows whose values the model would not take today."""
        for goal in self.goals.values():
            if goal.wanted is not None:
                label = self._label(goal)
                for sentence in _broken_rules(goal):
                    said = f"{label} cannot be as it was: {sentence}"
                    yield Refusal(said, label, place=goal.place)

    def _say_gone(self, one: _Blocked) -> Refusal:
        label, target = self._label(one.goal), self.names.label(one.model, one.keys[0])
        field = fields_of(one.goal.model)[one.columns[0]].name
        deletion = self._past(one, one.keys[0])[-1:]
        by = f", deleted by {deletion[0].author}" if deletion else ""
        return Refusal(
            f"{label} cannot name {target} as its {field} again: that is gone{by}; restore it "
            "first.",
            label,
            positions(deletion),
            one.goal.place,
        )

    def _say_hanging(self, one: _Blocked) -> Refusal:
        label = self._label(one.goal)
        named = one.keys[:_MOST_NAMED]
        acts = [last_writer(self._past(one, key), one.columns) for key in named]
        rows = [
            self.names.label(one.model, key) + (f" since {act.author}" if act else "")
            for key, act in zip(named, acts, strict=True)
        ]
        more = len(one.keys) - len(named)
        rows += [f"{more} more"] if more else []
        return Refusal(
            f"{label} cannot be deleted, because other rows hang on it: {listed(rows)}.",
            label,
            positions(acts),
            one.goal.place,
        )

    def _say_taken(self, one: _Blocked) -> Refusal:
        label = self._label(one.goal)
        fields = fields_of(one.model)
        holder = last_writer(self._past(one, one.keys[0]), one.columns)
        said = listed(
            f"{fields[column].name} "
            f"{quoted(self.names.text(fields[column], one.goal.values[column]))}"
            for column in one.columns
        )
        since = f" since {holder.author}" if holder else ""
        other = self.names.label(one.model, one.keys[0])
        return Refusal(
            f"{label} cannot have {said} again: another row, {other}, has that now{since}.",
            label,
            positions([holder]),
            one.goal.place,
        )

    def _past(self, one: _Blocked, key: int) -> list[PastChange]:
        return self._pasts.get(place_of(one.model, key), [])

    def _label(self, goal: Goal) -> str:
        return self.names.label(goal.model, goal.key)


def _pointing_at(
    model: type[models.Model],
) -> Iterator[tuple[type[models.Model], models.ForeignKey[Any, Any]]]:
    """Every foreign key at this model that the database enforces."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and _is_enforced(relation.field):
            yield relation.related_model, relation.field


def _broken_rules(goal: Goal) -> Iterator[str]:
    row, fields = instance_of(goal), fields_of(goal.model)
    broken = False
    for column in goal.columns:
        field, value = fields[column], goal.values[column]
        if field.is_relation and value is not None:
            continue  # whether that row is there is asked for all together
        try:
            field.clean(value, row)
        except ValidationError as error:
            broken = True
            yield from (f"{field.name}: {message}" for message in error.messages)
    for rule in goal.model._meta.constraints:
        if not broken and isinstance(rule, Rule) and not rule.holds(row):
            yield rule.sentence


def _is_enforced(field: models.Field[Any, Any]) -> bool:
    return bool(getattr(field, "db_constraint", False))

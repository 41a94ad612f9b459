"""Planning an import: each row of a file against the database, in sets, and nothing written.

Finds for each row whether it is new, changed or unchanged, and every error of every row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from roster.exchange.citing import CITE_COLUMNS, Passage, Passages, brings_evidence, plan_evidence
from roster.exchange.columns import Lookups, RefColumn
from roster.exchange.evidence import STATE_COLUMN, has_states
from roster.exchange.plans import CellChange, Plan, PlannedRow
from roster.exchange.reading import Table, TableRow
from roster.exchange.report import CellError
from roster.exchange.resources.base import VERSION_COLUMN, Key, RowResource
from roster.fields import Rule
from roster.history.refs import taken_refs, unused_ref
from roster.history.versions import versions_of
from roster.models import Row
from roster.models.records import Nested, Record, Referable, circle, circle_sentence


class Planner:
    """Plans one table for one resource; the columns given are the same for every row."""

    def __init__(self, resource: RowResource, table: Table) -> None:
        self.resource = resource
        self.model = resource.model()
        self.table = table
        beside = {VERSION_COLUMN, STATE_COLUMN, *CITE_COLUMNS}
        self.given = [name for name in table.header if name not in beside]
        self.columns = resource.columns()
        self.plan = Plan(errors=list(table.errors))

    def run(self) -> Plan:
        """The plan; existing rows stay locked until the caller's transaction ends."""
        keyed = list(self._keyed_rows())
        cells = [row.cells for row, _key in keyed]
        lookups = self.resource.lookups(self.given, cells)
        stored = self.resource.stored(key for _row, key in keyed if any(key))
        versions = self._versions(stored)
        for row, key in self._parents_first(keyed):
            found = stored.get(key)
            if found is None:
                self._plan_new(row, lookups)
            else:
                self._plan_stored(row, found, lookups, versions.get(found.pk))
        self._refuse_circles(keyed)
        self._make_refs()
        if issubclass(self.model, Record):
            plan_evidence(self.plan, self._passages(keyed))
        self.plan.rows.sort(key=lambda row: row.line)
        self.plan.errors.sort(key=lambda error: error.line or 0)
        return self.plan

    def _keyed_rows(self) -> Iterator[tuple[TableRow, Key]]:
        """Each row with its key; a key that stands twice is an error of the later row."""
        first_lines: dict[Key, int] = {}
        for row in self.table.rows:
            key = self.resource.key(row.cells)
            if any(key) and key in first_lines:
                self._refuse(
                    row,
                    self.model.key_columns[-1],
                    f"The row {' / '.join(key)} is on line {first_lines[key]} already: "
                    "give each row once.",
                )
                continue
            first_lines[key] = row.line
            yield row, key

    def _passages(self, keyed: list[tuple[TableRow, Key]]) -> dict[int, Passage]:
        """The passage that each row brings as its evidence, by the row's line."""
        if not brings_evidence(self.table.header):
            return {}
        brought = Passages(row.cells for row, _key in keyed)
        found = {}
        for row, _key in keyed:
            try:
                if passage := brought.of(row.cells):
                    found[row.line] = passage
            except ValidationError as error:
                for column, messages in error.message_dict.items():
                    for message in messages:
                        self._refuse(row, column, message)
        return found

    def _versions(self, stored: dict[Key, Row]) -> dict[int, int]:
        if VERSION_COLUMN not in self.table.header:
            return {}
        return versions_of(self.model, (row.pk for row in stored.values()))

    def _parents_first(self, keyed: list[tuple[TableRow, Key]]) -> Iterator[tuple[TableRow, Key]]:
        """The rows in such an order that one which names another of this file comes after it."""
        own = [
            name
            for name, column in self.columns.items()
            if name in self.given and isinstance(column, RefColumn) and column.target is self.model
        ]
        if not own:
            yield from keyed
            return
        waiting = {key: (row, key) for row, key in keyed if any(key)}
        yield from ((row, key) for row, key in keyed if not any(key))
        while waiting:
            ready = [
                key
                for key, (row, _key) in waiting.items()
                if not any((row.cells[name],) in waiting for name in own)
            ]
            # A circle is planned as it stands: its members do not find one another.
            for key in ready or list(waiting):
                yield waiting.pop(key)

    def _refuse_circles(self, keyed: list[tuple[TableRow, Key]]) -> None:
        """Rows below one another, of those that are here and those that are planned."""
        if not issubclass(self.model, Nested) or self.model.upper_column not in self.given:
            return
        column = self.model.upper_column
        stored: models.QuerySet[Any] = self.model._default_manager.all()
        above = dict(stored.values_list("ref", f"{column}__ref"))
        planned: list[Any] = [*self.plan.new, *self.plan.changed]
        for row in planned:
            above[row.ref] = getattr(getattr(row, column), "ref", None)
        for line, (ref, *_) in keyed:
            path = circle(ref, above.get) if ref else []
            if len(path) > 1:  # of a row right below itself the table's own rule speaks
                self._refuse(line, column, circle_sentence(path))

    def _plan_new(self, row: TableRow, lookups: Lookups) -> None:
        if row.cells.get(VERSION_COLUMN):
            self.plan.conflicts += 1
            self._refuse(
                row,
                VERSION_COLUMN,
                "The row was deleted after this file was exported: leave it out, or empty its "
                f"{VERSION_COLUMN} to add it anew.",
            )
            return
        instance = self.model()
        missing = [
            name
            for name, column in self.columns.items()
            if column.is_required and name not in self.given
        ]
        for name in missing:
            self._refuse(row, name, f"A new row needs {name}: add the column and give a value.")
        refused = self._assign(row, instance, lookups)
        if not self._obeys_rules(row, instance, {*refused, *missing}) or refused or missing:
            return
        self.resource.complete(instance, self.given)
        self.plan.new.append(instance)
        self.plan.origins.append((instance, row.line))
        says = [CellChange(name, "", instance.cell(name)) for name in self.given]
        self._note(row, [cell for cell in says if cell.new], is_new=True)
        if isinstance(instance, Referable) and instance.ref:
            lookups.add(instance)

    def _plan_stored(
        self, row: TableRow, instance: Row, lookups: Lookups, version: int | None
    ) -> None:
        before = {name: instance.cell(name) for name in self.given}
        refused = self._assign(row, instance, lookups)
        if not self._obeys_rules(row, instance, refused) or refused:
            return
        says = [CellChange(name, before[name], instance.cell(name)) for name in self.given]
        changed = [cell for cell in says if cell.old != cell.new]
        if not changed:
            self.plan.unchanged += 1
            return
        if version is not None and row.cells[VERSION_COLUMN] != str(version):
            self.plan.conflicts += 1
            self._refuse(
                row,
                VERSION_COLUMN,
                f"{instance.label} was changed after this file was exported (version "
                f"{row.cells[VERSION_COLUMN] or 'not given'} here, {version} now): export it "
                "again and repeat the change there.",
            )
            return
        self.plan.changed.append(instance)
        self.plan.origins.append((instance, row.line))
        self.plan.changed_columns |= {cell.column for cell in changed}
        self._note(row, changed, is_new=False)

    def _assign(self, row: TableRow, instance: Row, lookups: Lookups) -> set[str]:
        """Set every given value; the columns whose value was refused."""
        refused = set()
        for name in self.given:
            if name == "ref" and not row.cells[name]:
                continue
            try:
                self.columns[name].assign(instance, row.cells, lookups)
            except ValidationError as error:
                refused.add(name)
                for message in _sentences(error, name):
                    self._refuse(row, name, message)
        return refused

    def _obeys_rules(self, row: TableRow, instance: Row, refused: Collection[str]) -> bool:
        """Check the rules between the columns of a row that were not refused, without a query."""
        unknown = {name for column in refused for name in self.columns[column].model_fields}
        obeys = True
        for rule in self.model._meta.constraints:
            if not isinstance(rule, Rule):
                continue  # uniqueness: the key decides, and a repeated key is refused above
            if any(rule.rests_on(self.model, unknown)):
                continue
            try:
                rule.validate(self.model, instance)
            except ValidationError as error:
                obeys = False
                for column, messages in error.update_error_dict({}).items():
                    name = column if column != NON_FIELD_ERRORS else rule.field
                    for message in messages:
                        self._refuse(row, name, " ".join(message.messages))
        return obeys

    def _make_refs(self) -> None:
        """Give new rows without a ref one that no row has or ever had."""
        unnamed = [row for row in self.plan.new if isinstance(row, Referable) and not row.ref]
        if not unnamed:
            return
        taken = taken_refs(type(unnamed[0]))
        taken |= {row.ref for row in self.plan.new if isinstance(row, Referable) and row.ref}
        for row in unnamed:
            row.ref = unused_ref(row, taken=taken)
            taken.add(row.ref)

    def _note(self, row: TableRow, cells: list[CellChange], *, is_new: bool) -> None:
        label = " / ".join(self.resource.key(row.cells))
        self.plan.rows.append(PlannedRow(row.line, is_new, label, tuple(cells)))

    def _refuse(self, row: TableRow, column: str | None, message: str) -> None:
        self.plan.errors.append(CellError(row.line, column, message))


def _sentences(error: ValidationError, column: str) -> list[str]:
    """What an error says; of a blank cell, that it must not be."""
    if getattr(error, "code", None) == "blank":
        return [f"{column} must not be empty: give a value."]
    return list(error.messages)


def known_columns(resource: RowResource) -> tuple[str, ...]:
    """The columns that a file to import may have: the contract's, and those beside it."""
    model = resource.model()
    states = (STATE_COLUMN,) if has_states(model) else ()
    cites = CITE_COLUMNS if issubclass(model, Record) else ()
    return (*model.columns, VERSION_COLUMN, *states, *cites)

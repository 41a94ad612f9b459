"""Overtaken rows: what rows that are in conflict said when their file was exported, and who wrote
to them since. Read from the ledger, for a page of rows at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from roster.exchange.plans import PlannedRow
from roster.history.past.cells import UNKNOWN, foreign_keys
from roster.history.past.versions import values_at
from roster.models import Change
from roster.models.changes import Act
from roster.models.records import Referable, Row

_LONGEST_ID = 18


@dataclass(frozen=True)
class Overtaken:
    """A row that was changed or deleted since its file was exported."""

    exported: Mapping[str, str] = field(default_factory=dict)
    """Its cells as exported, by column; a column of which the ledger does not tell is left out."""
    change: Change | None = None
    """The latest change, with its changeset; None where it is not told."""


def overtaken(model: type[Row], rows: Sequence[PlannedRow]) -> dict[int, Overtaken]:
    """What became of each of these rows, by its line; a handful of queries however many there are.

    The file names the version, and may name any: one of another row tells nothing.
    """
    versions = {row.line: _number(row.exported_version) for row in rows}
    named = {*versions.values(), *(row.version for row in rows)}
    changes = {change.pk: change for change in _changes().filter(pk__in=named - {0})}
    exported = {
        row.line: change
        for row in rows
        if (change := changes.get(versions[row.line])) and _is_of(change, model, row)
    }
    gone = {change.key for row in rows if not row.key and (change := exported.get(row.line))}
    deletions = {change.key: change for change in _deletions(model, gone)}
    cells = _cells(model, exported)
    return {
        row.line: Overtaken(
            cells.get(row.line, {}),
            changes.get(row.version)
            if row.key
            else deletions.get(exported[row.line].key)
            if row.line in exported
            else None,
        )
        for row in rows
    }


def _changes() -> models.QuerySet[Change]:
    return Change.objects.select_related("changeset__user")


def _deletions(model: type[Row], keys: Iterable[int]) -> models.QuerySet[Change]:
    """The deletions of the rows of these keys, oldest first."""
    deletions = _changes().filter(table=model._meta.db_table, key__in=keys, act=Act.DELETE)
    return deletions.order_by("id") if keys else deletions.none()


def _number(version: str) -> int:
    """A version as a file gives it; 0 when it is none."""
    is_number = version.isascii() and version.isdigit() and len(version) <= _LONGEST_ID
    return int(version) if is_number else 0


def _is_of(change: Change, model: type[Row], row: PlannedRow) -> bool:
    """Whether the change is of this row; of one that is gone, its ref tells."""
    if change.table != model._meta.db_table:
        return False
    if row.key:
        return change.key == row.key
    said = values_at(model, change.pk, [change]) or {}
    return issubclass(model, Referable) and said.get("ref") == row.label


def _cells(model: type[Row], changes: Mapping[int, Change]) -> dict[int, dict[str, str]]:
    """The cells that rows had after these changes, by what the changes are kept under.

    Another row that a cell names is named as it is called now.
    """
    values = {line: values_at(model, change.pk, [change]) or {} for line, change in changes.items()}
    targets = {key.name: target for key, target in foreign_keys(model)}
    refs = _refs(targets, values.values())
    return {
        line: {
            column: refs.get((column, said[column]), UNKNOWN if said[column] else "")
            if column in targets
            else _row(model, said).cell(column)
            for column in model.columns
            if column in said
        }
        for line, said in values.items()
    }


def _row(model: type[Row], said: Mapping[str, Any]) -> Row:
    row = model()
    for model_field in model._meta.local_concrete_fields:
        if model_field.name in said:
            setattr(row, model_field.attname, said[model_field.name])
    return row


def _refs(
    targets: Mapping[str, type[Row]], values: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, int], str]:
    """The ref of each row that the values of a column name, by column and key."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for said in values:
        for column in targets:
            if said.get(column):
                wanted[column].add(said[column])
    refs: dict[tuple[str, int], str] = {}
    for column, keys in wanted.items():
        if issubclass(target := targets[column], Referable):
            rows: models.QuerySet[Any] = target._default_manager.filter(pk__in=keys)
            refs |= {(column, key): ref for key, ref in rows.values_list("pk", "ref")}
    return refs

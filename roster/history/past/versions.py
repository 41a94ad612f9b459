"""Versions: which change last wrote a row, and what the row said at a version.

A row's version is the id of its latest change, and 0 where none is recorded. No counter is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from roster.history.diffs import state
from roster.history.past.changes import Place
from roster.history.values import chunks, fields_of, value_of
from roster.models import Change

UNRECORDED = 0
"""The version of a row of which the ledger has no change."""

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def versions_of(model: type[models.Model], keys: Iterable[int]) -> dict[int, int]:
    """The version of each row that has changes, by key.

    Ask before the rows are read, or with them locked: a write between the two would pass for seen.
    """
    found: dict[int, int] = {}
    for some in chunks(sorted(keys)):
        changes = Change.objects.filter(table=model._meta.db_table, key__in=some)
        found |= dict(changes.values_list("key").annotate(Max("id")).order_by())
    return found


def with_version(rows: Rows) -> Rows:
    """The rows, each with its `version` at the very moment at which it is read."""
    changes = Change.objects.filter(table=rows.model._meta.db_table, key=OuterRef("pk"))
    latest = Subquery(changes.order_by("-id").values("id")[:1])
    return rows.annotate(version=Coalesce(latest, Value(UNRECORDED)))


def changes_from(
    wanted: Mapping[Place, int], *, ids: Iterable[int] = ()
) -> dict[Place, list[Change]]:
    """The changes of each row from the given version on, that version included, oldest first.

    In one query, with who made them and why; together with those of these ids, whatever they are.
    """
    asked = Q(pk__in=list(ids))
    for (table, key), version in wanted.items():
        asked |= Q(table=table, key=key, id__gte=version)
    changes = Change.objects.filter(asked).select_related("changeset__user").order_by("id")
    found: dict[Place, list[Change]] = defaultdict(list)
    for change in changes:
        found[change.table, change.key].append(change)
    return found


def values_at(
    model: type[models.Model], version: int, changes: Sequence[Change]
) -> dict[str, Any] | None:
    """What a row said at a version, by field; None when it never had that version.

    `changes` are its changes from that version on. A field that had no such column then, or whose
    recorded value it takes no longer, is left out.
    """
    if not changes:
        return None
    first = changes[0]
    recorded = first.before if version == UNRECORDED else first.after
    if recorded is None or version not in (UNRECORDED, first.pk):
        return None
    columns, values = state(recorded), {}
    for column, field in fields_of(model).items():
        if column in columns:
            try:
                values[field.name] = value_of(field, columns[column])
            except ValidationError:
                continue
    return values

"""Diffs: a change as field-by-field differences, data first, wording last."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from roster.models import Change, Citation, Paragraph, Source
from roster.models.records import Referable


@dataclass(frozen=True)
class FieldDifference:
    """One column of a change; `old` and `new` as recorded, None where the row was not there."""

    column: str
    old: object
    new: object


def state(text: str | None) -> dict[str, Any]:
    """The columns that recorded JSON holds; none for a row that was not there.

    Raises ValueError on a text that no trigger wrote.
    """
    if text is None:
        return {}
    try:
        columns = json.loads(text)
    except ValueError:
        columns = None
    if not isinstance(columns, dict):
        raise ValueError(f"“{text[:60]}” is not what a trigger records of a row.")
    return columns


def differences_between(before: str | None, after: str | None) -> list[FieldDifference]:
    """The columns that differ, in the table's order; of a new row, those that say something."""
    old, new = state(before), state(after)
    return [
        FieldDifference(column, old.get(column), new.get(column))
        for column in {**old, **new}
        if old.get(column) != new.get(column) and not (old == {} and new[column] in ("", None))
    ]


def model_of_table(table: str) -> type[models.Model] | None:
    """The model whose rows this table holds today, if any."""
    return next(
        (
            model
            for model in apps.get_models(include_auto_created=True)
            if model._meta.db_table == table
        ),
        None,
    )


def source_ref(key: int) -> str | None:
    """The present ref of a source; None where it is gone."""
    return Source.objects.filter(pk=key).values_list("ref", flat=True).first()


def row_label(
    table: str,
    key: int,
    recorded: str | None,
    ref_of: Callable[[int], str | None] = source_ref,
) -> str:
    """How messages name a row of the ledger: `kind:ref`, or its table and number.

    Of a paragraph, the source's present ref is looked up by `ref_of`.
    """
    columns, model = state(recorded), model_of_table(table)
    kind = getattr(model, "record_kind", None) or (model._meta.model_name if model else table)
    if model is Paragraph:
        source = ref_of(columns.get("source_id") or 0)
        return f"{kind}:{source or '?'}#{columns.get('number')}"
    if model is Citation:
        return f"{kind}:{columns.get('field')}#{key}"
    if model and issubclass(model, Referable):
        return f"{kind}:{columns.get('ref')}"
    return f"{kind}:{columns.get('username') or columns.get('name') or key}"


def change_label(change: Change) -> str:
    """How messages name the row that a change is of."""
    return row_label(change.table, change.key, change.after or change.before)


def in_words(before: str | None, after: str | None, *, most: int = 3) -> str:
    """The differences as a short phrase: `level part_time → event`; the first few only."""
    if before is None:
        return "new"
    if after is None:
        return "deleted"
    found = differences_between(before, after)
    shown = [f"{d.column} {_short(d.old)} → {_short(d.new)}" for d in found[:most]]
    if len(found) > most:
        shown.append(f"{len(found) - most} more")
    return ", ".join(shown) or "the same values"


def _short(value: object) -> str:
    text = "(empty)" if value in ("", None) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"

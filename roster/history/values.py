"""Rows as values by column: as recorded, read through their fields, and as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.db import models

from roster.fields import SearchKeyField
from roster.history.tracked import tracked_tables

Values = Mapping[str, Any]
"""The values of a row by column, without its key and without what is computed or left out."""

Item = TypeVar("Item")
CHUNK = 500


@cache
def fields_of(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    """The fields that a row can be given again, by column.

    Left out are its key, generated columns, search keys, which follow from the names, and what
    the ledger never holds, as a password.
    """
    left_out = {name for tracked in tracked_tables() for name in tracked.left_out}
    return {
        str(field.column): field
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.generated or field.column in left_out)
        and not isinstance(field, SearchKeyField)
    }


@cache
def search_keys(model: type[models.Model]) -> tuple[SearchKeyField, ...]:
    """The fields that follow from a row's names, made anew whenever one of these is written."""
    return tuple(f for f in model._meta.concrete_fields if isinstance(f, SearchKeyField))


@cache
def known_columns(model: type[models.Model]) -> frozenset[str]:
    """Every column of the model's table of which the ledger holds values."""
    left_out = {name for tracked in tracked_tables() for name in tracked.left_out}
    columns = {str(field.column) for field in model._meta.concrete_fields}
    return frozenset(columns - left_out)


def value_of(field: models.Field[Any, Any], recorded: Any) -> Any:
    """A recorded value as the field holds it; a time without a zone is UTC.

    Raises ValidationError with the field's sentence on a value that it takes no longer.
    """
    if recorded is None:
        return None
    value = field.to_python(recorded)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def present_values(
    model: type[models.Model], keys: Collection[int], *, lock: bool = False
) -> dict[int, Values]:
    """The rows of these keys that there are; with `lock` no one else changes them meanwhile."""
    rows = model._base_manager.order_by("pk")
    if lock:
        rows = rows.select_for_update()
    columns = list(fields_of(model))
    names = [field.attname for field in fields_of(model).values()]
    return {
        key: dict(zip(columns, values, strict=True))
        for some in chunks(sorted(keys))
        for key, *values in rows.filter(pk__in=some).values_list("pk", *names)
    }


def default_values(model: type[models.Model]) -> dict[str, Any]:
    """What a row has in columns of which nothing is recorded."""
    return {name: field.get_default() for name, field in fields_of(model).items()}


def chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items, as many at a time as one statement takes."""
    waiting = iter(items)
    while some := list(islice(waiting, CHUNK)):
        yield some

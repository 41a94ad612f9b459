"""What every resource has in common; the columns themselves stand on the models."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import models
from import_export.resources import ModelResource

from roster.exchange.columns import (
    CHUNK,
    Column,
    Lookups,
    OrdinalColumn,
    RefColumn,
    with_foreign_keys,
)
from roster.fields import OrdinalField
from roster.models import Row

VERSION_COLUMN = "_version"
"""The id of the latest change of a row when it was exported; not part of the contract."""

Key = tuple[str, ...]


class RowResource(ModelResource):  # type: ignore[misc]  # django-import-export has no types
    """One model's CSV: its columns in order, its key, and its rows."""

    class Meta:
        abstract = True

    @classmethod
    def model(cls) -> type[Row]:
        model: type[Row] = cls._meta.model
        return model

    @classmethod
    def field_from_django_field(
        cls, field_name: str, django_field: models.Field[Any, Any], readonly: bool
    ) -> Column:
        """The column of a model field: a foreign key by ref, the rest as the field says."""
        if isinstance(django_field, models.ForeignKey):
            return RefColumn(django_field)
        if isinstance(django_field, OrdinalField):
            return OrdinalColumn(django_field)
        return Column(django_field)

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """The columns by name, in the order of export."""
        return {name: cls.fields[name] for name in cls.model().columns}

    def get_export_order(self) -> list[str]:
        return list(self.model().columns)

    # Reading: what the rows of a file name, and the rows that are there already.

    def lookups(self, given: Collection[str], cells: list[dict[str, str]]) -> Lookups:
        """The rows that the cells of the given columns name, fetched in sets."""
        found = Lookups()
        for name, column in self.columns().items():
            if name in given:
                column.targets(cells, found)
        return found

    def key(self, cells: Mapping[str, str]) -> Key:
        """The key of a row of a file; all blank when it has none yet."""
        columns = self.columns()
        return tuple(columns[name].canonical(cells[name]) for name in self.model().key_columns)

    def stored(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """The rows of the database with these keys, locked until the transaction ends."""
        wanted = set(keys)
        key_columns = self.model().key_columns
        found = {}
        for row in self.candidates(wanted):
            key = tuple(row.cell(name) for name in key_columns)
            if key in wanted:
                found[key] = row
        return found

    def candidates(self, keys: set[Key]) -> Iterator[Row]:
        """Rows of the database among which are those with these keys."""
        refs = sorted(ref for (ref,) in keys if ref)
        for start in range(0, len(refs), CHUNK):
            yield from self.locked().filter(ref__in=refs[start : start + CHUNK])

    def locked(self) -> models.QuerySet[Any]:
        """Rows to be changed, with what their cells name; no one else's write comes between."""
        return self.with_cells().select_for_update(of=("self",))

    def complete(self, row: Row, given: Collection[str]) -> None:
        """Fill in what a new row was not given and has by its nature."""

    def follow_up(self, written: Iterable[Any]) -> None:
        """Set right what rests on rows that were just written, inside their changeset."""

    # Writing: rows for an export, in an order that is the same on every engine.

    def with_cells(self) -> models.QuerySet[Any]:
        """Rows together with all that their cells name, so that no cell asks a query."""
        return with_foreign_keys(self.model())

    def in_export_order(self) -> models.QuerySet[Any]:
        """Every row, ordered by key in plain code points."""
        return self.with_cells().order_by(*self.model().key_columns)

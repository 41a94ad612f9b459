"""What every resource has in common; the columns themselves stand on the models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from import_export.resources import ModelResource

from roster.exchange.columns import Column, OrdinalColumn, RefColumn, staged, with_foreign_keys
from roster.fields import OrdinalField
from roster.models import Row

if TYPE_CHECKING:
    from roster.exchange.planning.plan import Plan

VERSION_COLUMN = "_version"
"""The id of the latest change of a row when it was exported; not part of the contract."""


@dataclass(frozen=True)
class RowCheck:
    """A rule between columns that only an import asks: a row of the roster need not obey it."""

    fields: tuple[str, ...]
    field: str
    """Where its sentence belongs."""
    refusal: Callable[..., str | None]
    """Given the values of the fields, why they cannot stand together; None when they can."""

    def fields_of(self, model: type[models.Model]) -> list[models.Field[Any, Any]]:
        """The fields on which it rests."""
        return [f for f in model._meta.local_fields if f.name in self.fields]

    def validate(self, model: type[models.Model], row: models.Model) -> None:
        """Raise ValidationError with the sentence when the row does not obey."""
        if sentence := self.refusal(*(getattr(row, name) for name in self.fields)):
            raise ValidationError({self.field: sentence})


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

    # Reading: how a row of a file is told from others, and what is asked of it as a whole.

    row_checks: ClassVar[tuple[RowCheck, ...]] = ()
    """Rules between columns that only an import asks, beside those of the table."""

    def identity(self) -> str:
        """SQL: that `t`, a row of the roster, is the one that the staged row `s` speaks of."""
        return f"t.ref = s.{staged('ref')}"

    def label(self, key: Sequence[Any]) -> str:
        """How a row is named by the values of its key columns."""
        return f"{self.model().record_kind}:{key[0]}"

    made_columns: ClassVar[tuple[str, ...]] = ()
    """Columns that `complete` fills in new rows, where the file does not have them."""

    def complete(self, plan: Plan) -> None:
        """Fill in what new rows were not given and have by their nature."""

    def follow_up(self, written: models.QuerySet[Any]) -> None:
        """Set right what rests on rows that were just written, inside their changeset."""

    # Writing: rows for an export, in an order that is the same on every engine.

    def with_cells(self) -> models.QuerySet[Any]:
        """Rows together with all that their cells name, so that no cell asks a query."""
        return with_foreign_keys(self.model())

    def in_export_order(self) -> models.QuerySet[Any]:
        """Every row, ordered by key in plain code points."""
        return self.with_cells().order_by(*self.model().key_columns)

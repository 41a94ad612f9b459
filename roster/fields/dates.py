"""Partial dates in a column: the text as kept, and two bounds that the database computes.

The bounds are generated columns, so no write path leaves them stale in a table; instances compute
theirs from the text, so they are not stale there either.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.deconstruct import deconstructible

from roster.dates import PartialDate, parse
from roster.fields import date_sql
from roster.fields.ruled import SQLITE, TextColumn, quoted_column

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

    _DateText = models.CharField[str | date | PartialDate, str]
else:
    _DateText = models.CharField

Edge = Literal["earliest", "latest"]
EDGES: tuple[Edge, Edge] = ("earliest", "latest")


class PartialDateField(TextColumn, _DateText):
    """The notation of a `roster.dates.PartialDate`, as a str; empty where it is unknown.

    Takes all that `roster.dates.parse` takes, and days as `datetime.date`. A model with a field
    `start` also has `start_earliest` and `start_latest`, days as ISO text, for filters and order.

    A migration that removes or renames the field first removes its bounds; makemigrations, which
    goes by name, has to be told so by moving these operations up.
    """

    ascii_order = True

    def __init__(self, *args: Any, open_end: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("blank", True)
        self.open_end = open_end
        super().__init__(*args, **kwargs)

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        # A model of a migration's past (`__fake__`) lists the bounds as fields of its own.
        if not cls._meta.abstract and cls.__module__ != "__fake__":
            for edge in EDGES:
                bound = PartialDateBound(source=name, edge=edge)
                bound.contribute_to_class(cls, f"{name}_{edge}")

    def to_python(self, value: Any) -> str:
        try:
            return parse("" if value is None else _text(value), open_end=self.open_end).text
        except ValueError as refusal:
            raise ValidationError(str(refusal), code="invalid") from refusal

    def get_prep_value(self, value: Any) -> Any:
        # Not to_python: a lookup such as startswith may be given part of a date.
        return _text(value) if isinstance(value, PartialDate | date) else value

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        grammar = date_sql.grammar(column, vendor, open_end=self.open_end)
        return [*super().rule_parts(column, vendor), grammar]

    def refusal(self, value: str) -> str | None:
        try:
            parse(value, open_end=self.open_end)
        except ValueError as refusal:
            return str(refusal)
        return None

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.open_end:
            kwargs["open_end"] = True
        return name, path, args, kwargs


class _Bound(DeferredAttribute):
    """The attribute of a bound: computed from the text that the instance holds now.

    What the database returns is kept only for an instance whose text was not loaded.
    """

    field: PartialDateBound

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        kept = instance.__dict__
        if self.field.source not in kept and self.field.attname in kept:
            return kept[self.field.attname]
        text = _text(getattr(instance, self.field.source))
        day: date = getattr(PartialDate(text), self.field.edge)
        return day.isoformat()

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class PartialDateBound(models.GeneratedField):
    """The earliest or the latest day of a partial date of the same row, as ISO text."""

    descriptor_class = _Bound

    def __init__(self, *, source: str, edge: Edge, **kwargs: Any) -> None:
        self.source, self.edge = source, edge
        super().__init__(
            expression=BoundOf(source, edge=edge),
            output_field=models.CharField(max_length=10),
            db_persist=True,
            **kwargs,
        )

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        """Those of the text, and a CHECK for the NOT NULL that Django cannot say of it."""
        text = {"collation": None if connection.vendor == SQLITE else "C"}
        check = f"{quoted_column(self, connection)} IS NOT NULL"
        return {**super().db_parameters(connection), **text, "check": check}

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        for given_by_us in ("expression", "output_field", "db_persist"):
            del kwargs[given_by_us]
        kwargs |= {"source": self.source, "edge": self.edge}
        return name, "roster.fields.PartialDateBound", args, kwargs


@deconstructible(path="roster.fields.BoundOf")
class BoundOf(models.Func):
    """The earliest or the latest day of a partial date, as an expression for queries."""

    arity = 1

    def __init__(self, source: Any, *, edge: Edge) -> None:
        self.edge = edge
        super().__init__(source, output_field=models.CharField(max_length=10))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        return self._as_vendor_sql(compiler, connection)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> Any:
        return self._as_vendor_sql(compiler, connection)

    def _as_vendor_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        text, parameters = compiler.compile(self.get_source_expressions()[0])
        if parameters:  # PostgreSQL has to be told the type of a parameter
            text = f"CAST({text} AS text)"
        bound: Callable[[str, str], str] = getattr(date_sql, self.edge)
        sql = bound("\0", connection.vendor)
        return sql.replace("\0", text), tuple(parameters) * sql.count("\0")


def _text(value: str | date | PartialDate) -> str:
    """The notation of a value that an instance may hold."""
    if isinstance(value, datetime):
        raise ValueError(f"{value} is a moment, not a day: give a day, such as 2024-07-18.")
    return value.isoformat() if isinstance(value, date) else str(value)

"""Columns: how a CSV cell is written from a row and read into one.

Each is a django-import-export Field, so that its pages and exports use the very same columns.
A cell is read without asking the database; what other rows it names is said by its `lookups`, which
are looked up for all rows of a file at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Cast, Concat
from import_export.fields import Field

from roster.fields import LineField, ProseField, RefField
from roster.fields.ordinals import written_ordinal
from roster.models import Paragraph, Row, Source
from roster.models.citations import CITABLE
from roster.models.records import Referable
from roster.provenance.states import cell_now
from roster.text.characters import quoted
from roster.text.refs import is_ref

PlainTest = Callable[[str], object]
Refusal = Callable[..., str]
_RECORD = re.compile(f"(?:{'|'.join(CITABLE)}):[a-z0-9/-]+")


@dataclass(frozen=True)
class Lookup:
    """A row that cells name: where it is looked for, and what is said when it is not there.

    Its SQL speaks of the staged row as `s` and of tables that were joined before by their alias.
    """

    alias: str
    table: str
    on: str
    key: str = ""
    """The foreign key's column that it sets; none where the row is but a step to another."""
    named: str = ""
    """SQL: that the cells name a row here."""
    column: str = ""
    """The CSV column of which the refusal speaks."""
    cells: tuple[str, ...] = ()
    """The CSV columns whose cells the refusal quotes."""
    refusal: Refusal = str
    is_own: bool = False
    """Whether the row may as well stand in the file itself."""


def staged(column: str) -> str:
    """The name that a CSV column has in the staging table."""
    return f"c_{column}"


def with_foreign_keys(model: type[models.Model]) -> models.QuerySet[Any]:
    """The rows of a model together with the rows that their own foreign keys point at."""
    names = [f.name for f in model._meta.local_fields if isinstance(f, models.ForeignKey)]
    rows = model._default_manager.all()
    return rows.select_related(*names) if names else rows


class Column(Field):  # type: ignore[misc]  # django-import-export has no types
    """A CSV column of one field of the model."""

    sql_type = "text"
    """What the cell's value is in the staging table: `text` or `integer`."""

    def __init__(self, model_field: models.Field[Any, Any]) -> None:
        super().__init__(attribute=model_field.name, column_name=model_field.name)
        self.model_field = model_field

    @property
    def name(self) -> str:
        return str(self.column_name)

    @property
    def help(self) -> str:
        """What the column holds, where its name does not say it all."""
        return str(self.model_field.help_text)

    @property
    def is_required(self) -> bool:
        """Whether a new row needs a value; a blank ref is made."""
        return not self.model_field.blank and self.name != "ref"

    def export(self, instance: Row, **_: Any) -> str:
        """The cell."""
        return instance.cell(self.name)

    def cell_expression(self) -> Any:
        """The very cell in SQL, for queries that go without instances."""
        return cell_now(self.model_field.model, self.name)

    def plain_test(self) -> PlainTest | None:
        """A quick test of cells that are their own value as they stand, if there is one.

        It may say no of such a cell, but never yes of one that `clean` refuses or alters.
        """
        match self.model_field:
            case RefField():
                return is_ref
            case LineField(max_length=int(length)) | ProseField(max_length=int(length)):
                return lambda cell: 0 < len(cell) <= length and cell.isprintable()
        return None

    def clean(self, cell: str) -> Any:
        """The value as the database keeps it; ValidationError with the field's own sentence."""
        if not cell and isinstance(self.model_field, RefField):
            return ""  # of a new row, for which one is made
        value = self.model_field.clean(cell, None)
        return self.model_field.get_db_prep_save(value, connection)

    def lookups(self) -> tuple[Lookup, ...]:
        """The rows that the cells name, in the order in which they are joined."""
        return ()


class OrdinalColumn(Column):
    """A whole number: `07` and `7` are the same key."""

    sql_type = "integer"

    def clean(self, cell: str) -> int | None:
        number: int | None = self.model_field.clean(cell or None, None)
        return number


class RefColumn(Column):
    """A foreign key, written as the ref of the row it points at."""

    @property
    def target(self) -> type[Referable]:
        model: type[Referable] = self.model_field.related_model  # type: ignore[assignment]  # a foreign key's model
        return model

    def plain_test(self) -> PlainTest:
        return is_ref

    def clean(self, cell: str) -> str:
        if not cell and not self.model_field.blank:
            raise ValidationError("", code="blank")
        return cell

    def lookups(self) -> tuple[Lookup, ...]:
        alias, cell = f"to_{self.name}", f"s.{staged(self.name)}"
        return (
            Lookup(
                alias=alias,
                table=self.target._meta.db_table,
                on=f"{alias}.ref = {cell}",
                key=str(self.model_field.column),
                named=f"{cell} <> ''",
                column=self.name,
                cells=(self.name,),
                refusal=partial(no_such_row, self.target),
                is_own=self.target is self.model_field.model,
            ),
        )


class RecordColumn(Column):
    """The record of a citation, written `kind:ref`."""

    def __init__(self) -> None:
        Field.__init__(self, attribute="record", column_name="record")

    help = "The record cited for, as kind:ref."
    is_required = True

    def cell_expression(self) -> Any:
        labels = (
            When(
                **{f"{kind}__isnull": False},
                then=Concat(Value(f"{kind}:"), F(f"{kind}__ref"), output_field=models.TextField()),
            )
            for kind in CITABLE
        )
        return Case(*labels, default=Value(""), output_field=models.TextField())

    def plain_test(self) -> PlainTest:
        return _RECORD.fullmatch

    def clean(self, cell: str) -> str:
        kind, colon, _ref = cell.partition(":")
        if not cell:
            raise ValidationError("", code="blank")
        if not colon or kind not in CITABLE:
            raise ValidationError(
                f"{quoted(cell)} names no record: write kind:ref with one of the kinds "
                f"{', '.join(CITABLE)}, such as official:mark-milley."
            )
        return cell

    def lookups(self) -> tuple[Lookup, ...]:
        return tuple(self._lookup(kind, model) for kind, model in CITABLE.items())

    def _lookup(self, kind: str, model: type[Referable]) -> Lookup:
        cell, alias, start = f"s.{staged(self.name)}", f"to_{kind}", f"{kind}:"
        of_kind = f"substr({cell}, 1, {len(start)}) = '{start}'"
        return Lookup(
            alias=alias,
            table=model._meta.db_table,
            on=f"{of_kind} AND {alias}.ref = substr({cell}, {len(start) + 1})",
            key=f"{kind}_id",
            named=of_kind,
            column=self.name,
            cells=(self.name,),
            refusal=lambda cell: no_such_row(model, cell.removeprefix(start)),
        )


class SourceOfParagraphColumn(Column):
    """The source in which a citation's paragraph stands; looked up together with its number."""

    def __init__(self) -> None:
        Field.__init__(self, attribute="source", column_name="source")

    help = "The source in which the paragraph stands, by its ref."
    is_required = True

    def cell_expression(self) -> Any:
        return F("paragraph__source__ref")

    def plain_test(self) -> PlainTest:
        return is_ref

    def clean(self, cell: str) -> str:
        if not cell:
            raise ValidationError("", code="blank")
        return cell

    def lookups(self) -> tuple[Lookup, ...]:
        table = Source._meta.db_table
        return (Lookup("to_source", table, f"to_source.ref = s.{staged(self.name)}"),)


class ParagraphNumberColumn(OrdinalColumn):
    """A citation's paragraph, by its number in the source named beside it."""

    def cell_expression(self) -> Any:
        return Cast(F("paragraph__number"), models.TextField())

    def clean(self, cell: str) -> int:
        if not cell:
            raise ValidationError("", code="blank")
        number = written_ordinal(cell)
        if number is None:
            raise ValidationError(
                f"There is no paragraph {quoted(cell)}: give its number, such as 7."
            )
        return number

    def lookups(self) -> tuple[Lookup, ...]:
        source, number = f"s.{staged('source')}", f"s.{staged(self.name)}"
        return (
            Lookup(
                alias="to_paragraph",
                table=Paragraph._meta.db_table,
                on=f"to_paragraph.source_id = to_source.id AND to_paragraph.number = {number}",
                key="paragraph_id",
                named=f"{source} IS NOT NULL AND {number} IS NOT NULL",
                column=self.name,
                cells=("source", self.name),
                refusal=no_such_paragraph,
            ),
        )


def no_such_row(model: type[Referable], ref: str) -> str:
    """What is said of a ref that no row of the model has."""
    return (
        f"There is no {model._meta.verbose_name} with the ref {quoted(ref)}: give the ref of "
        "one that is here, or import it first."
    )


def no_such_paragraph(source: str, number: int | str) -> str:
    """What is said of a number that no paragraph of the source has."""
    return (
        f"The source {quoted(source)} has no paragraph {quoted(str(number))} here: give one that "
        "is here, or import it first."
    )

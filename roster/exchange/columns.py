"""Columns: how a CSV cell is written from a row and read into one.

Each is a django-import-export Field, so that its pages and exports use the very same columns.
Reading asks `Lookups` for what other rows a cell names; never the database by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from import_export.fields import Field

from roster.models import Paragraph, Row
from roster.models.citations import CITABLE
from roster.models.records import Referable

CHUNK = 1_000
"""Keys asked for in one query."""


def with_foreign_keys(model: type[models.Model]) -> models.QuerySet[Any]:
    """The rows of a model together with the rows that their own foreign keys point at."""
    names = [f.name for f in model._meta.local_fields if isinstance(f, models.ForeignKey)]
    rows = model._default_manager.all()
    return rows.select_related(*names) if names else rows


class Lookups:
    """Rows that cells name, fetched in sets before the cells are read."""

    def __init__(self) -> None:
        self._by_ref: dict[type[Referable], dict[str, Any]] = {}
        self._paragraphs: dict[tuple[str, str], Paragraph] = {}

    def fetch(self, model: type[Referable], refs: Iterable[str]) -> None:
        """Learn the rows of `model` with these refs, as far as there are any."""
        known = self._by_ref.setdefault(model, {})
        wanted = sorted({ref for ref in refs if ref} - known.keys())
        rows = with_foreign_keys(model)
        for start in range(0, len(wanted), CHUNK):
            found = rows.filter(ref__in=wanted[start : start + CHUNK])
            known.update({row.ref: row for row in found})

    def fetch_paragraphs(self, sources: Iterable[str]) -> None:
        """Learn every paragraph of the sources with these refs."""
        self._paragraphs.update(
            {
                (paragraph.source.ref, str(paragraph.number)): paragraph
                for paragraph in Paragraph.objects.filter(
                    source__ref__in=set(sources)
                ).select_related("source")
            }
        )

    def add(self, row: Referable) -> None:
        """Make a row that is about to be written known to the rows that name it."""
        self._by_ref.setdefault(type(row), {})[row.ref] = row

    def row(self, model: type[Referable], ref: str) -> Any:
        """The row with this ref; ValidationError with a sentence when there is none."""
        found = self._by_ref.get(model, {}).get(ref)
        if found is None:
            raise ValidationError(
                f"There is no {model._meta.verbose_name} with the ref {ref!r}: give the ref of "
                "one that is here, or import it first."
            )
        return found

    def paragraph(self, source: str, number: str) -> Paragraph:
        """A paragraph by its key; ValidationError with a sentence when there is none."""
        found = self._paragraphs.get((source, number))
        if found is None:
            raise ValidationError(
                f"The source {source!r} has no paragraph {number!r} here: give one that is "
                "here, or import it first."
            )
        return found


class Column(Field):  # type: ignore[misc]  # django-import-export has no types
    """A CSV column of one field of the model."""

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
    def model_fields(self) -> tuple[str, ...]:
        """The model's fields that this column sets."""
        return (self.model_field.name,)

    @property
    def is_required(self) -> bool:
        """Whether a new row needs a value; a blank ref is made."""
        return not self.model_field.blank and self.name != "ref"

    def export(self, instance: Row, **_: Any) -> str:
        """The cell."""
        return instance.cell(self.name)

    def canonical(self, cell: str) -> str:
        """The cell as an export would write it, as far as the cell alone can tell."""
        return cell

    def targets(self, cells: Iterable[Mapping[str, str]], lookups: Lookups) -> None:
        """Fetch what the cells of this column name; nothing for a plain value."""

    def assign(self, instance: Row, cells: Mapping[str, str], lookups: Lookups) -> None:
        """Set the row's value from its cell; ValidationError with the field's own sentence."""
        value = self.model_field.clean(cells[self.name], instance)
        setattr(instance, self.model_field.attname, value)


def plain_number(cell: str) -> str:
    """A cell that is a whole number without the noughts before it, any other as it is."""
    return str(int(cell)) if cell.isascii() and cell.isdigit() else cell


class OrdinalColumn(Column):
    """A whole number: `07` and `7` are the same key."""

    def canonical(self, cell: str) -> str:
        return plain_number(cell)

    def assign(self, instance: Row, cells: Mapping[str, str], lookups: Lookups) -> None:
        number = self.model_field.clean(cells[self.name] or None, instance)
        setattr(instance, self.model_field.attname, number)


class RefColumn(Column):
    """A foreign key, written as the ref of the row it points at."""

    @property
    def target(self) -> type[Referable]:
        model: type[Referable] = self.model_field.related_model  # type: ignore[assignment]  # a foreign key's model
        return model

    def targets(self, cells: Iterable[Mapping[str, str]], lookups: Lookups) -> None:
        lookups.fetch(self.target, (row[self.name] for row in cells))

    def assign(self, instance: Row, cells: Mapping[str, str], lookups: Lookups) -> None:
        ref = cells[self.name]
        if not ref and not self.model_field.blank:
            raise ValidationError("", code="blank")
        setattr(instance, self.name, lookups.row(self.target, ref) if ref else None)


class RecordColumn(Column):
    """The record of a citation, written `kind:ref`."""

    def __init__(self) -> None:
        Field.__init__(self, attribute="record", column_name="record")

    help = "The record cited for, as kind:ref."
    model_fields = tuple(CITABLE)
    is_required = True

    def targets(self, cells: Iterable[Mapping[str, str]], lookups: Lookups) -> None:
        wanted: dict[str, set[str]] = {}
        for row in cells:
            kind, _, ref = row[self.name].partition(":")
            wanted.setdefault(kind, set()).add(ref)
        for kind in wanted.keys() & CITABLE.keys():
            lookups.fetch(CITABLE[kind], wanted[kind])

    def assign(self, instance: Row, cells: Mapping[str, str], lookups: Lookups) -> None:
        cell = cells[self.name]
        kind, colon, ref = cell.partition(":")
        if not cell:
            raise ValidationError("", code="blank")
        if not colon or kind not in CITABLE:
            raise ValidationError(
                f"{cell!r} names no record: write kind:ref with one of the kinds "
                f"{', '.join(CITABLE)}, such as official:mark-milley."
            )
        setattr(instance, kind, lookups.row(CITABLE[kind], ref))


class SourceOfParagraphColumn(Column):
    """The source in which a citation's paragraph stands; set together with its number."""

    def __init__(self) -> None:
        Field.__init__(self, attribute="source", column_name="source")

    help = "The source in which the paragraph stands, by its ref."
    model_fields = ()
    is_required = True

    def targets(self, cells: Iterable[Mapping[str, str]], lookups: Lookups) -> None:
        lookups.fetch_paragraphs(row[self.name] for row in cells)

    def assign(self, instance: Row, cells: Mapping[str, str], lookups: Lookups) -> None:
        if not cells[self.name]:
            raise ValidationError("", code="blank")


class ParagraphNumberColumn(OrdinalColumn):
    """A citation's paragraph, by its number in the source named beside it."""

    def assign(self, instance: Row, cells: Mapping[str, str], lookups: Lookups) -> None:
        if not cells[self.name]:
            raise ValidationError("", code="blank")
        if cells["source"]:
            number = self.canonical(cells[self.name])
            setattr(instance, self.name, lookups.paragraph(cells["source"], number))

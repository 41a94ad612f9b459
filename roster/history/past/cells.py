"""The CSV cells of a whole model as they were: other rows are named by the keys they had then.

Works on recorded columns alone, which hold text and whole numbers as cells do: a model instance of
each row would cost several times as much. What a cell says is the rule of `Row.cell`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.db import models

from roster.history.asof import recorded
from roster.models import Citation, Paragraph, Row
from roster.models.citations import CITABLE
from roster.models.records import Referable

UNKNOWN = "?"
"""Names a row of which nothing was recorded at the time."""

ROWS_AT_ONCE = 10_000
"""Rows whose foreign keys are looked up together."""

Columns = dict[str, Any]
Cells = tuple[str, ...]


def cells_as_of(model: type[Row], position: int | None) -> list[Cells]:
    """The cells of each row that the model had at the position, in the order of its `columns`.

    Rows are in the order of an export: by key, in code points. The position None is now. Columns
    dropped since are left out, those added since are at their default.
    """
    return sorted(_Reader(model, position).rows(), key=_EXPORT_ORDER.get(model, _by_ref))


def _by_ref(cells: Cells) -> Cells:
    return cells[:1]


def _by_number(cells: Cells) -> tuple[object, ...]:
    source, number = cells[:2]
    return source, _whole(number)


def _by_record(cells: Cells) -> tuple[object, ...]:
    record, field, source, number, quote = cells[:5]
    kind, _, ref = record.partition(":")
    return _KINDS.index(kind), ref, field, source, _whole(number), quote


def _whole(number: str) -> int:
    return int(number) if number.isdecimal() else 0


_KINDS = (*CITABLE, UNKNOWN)
_EXPORT_ORDER: dict[type[Row], Callable[[Cells], tuple[object, ...]]] = {
    Paragraph: _by_number,
    Citation: _by_record,
}


class _Reader:
    """Reads the rows of one model at one position, and keeps the keys of rows that they name."""

    def __init__(self, model: type[Row], position: int | None) -> None:
        self.model = model
        self.position = position
        self._keys: dict[type[Row], dict[int, Cells]] = defaultdict(dict)

    def rows(self) -> Iterator[Cells]:
        """The cells of each row, in no order."""
        cells = [self._cell(self.model, column) for column in self.model.columns]
        rows = (columns for _key, columns in recorded(self.model, self.position))
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            self._meet(self.model, chunk)
            for columns in chunk:
                yield tuple([cell(columns) for cell in cells])

    def _meet(self, model: type[Row], rows: list[Columns]) -> None:
        """Learn the keys of all rows that these rows of a model point at."""
        for field, target in foreign_keys(model):
            known = self._keys[target]
            named = {key for columns in rows if (key := columns.get(field.attname)) is not None}
            found = dict(recorded(target, self.position, keys=named - known.keys()))
            if not issubclass(target, Referable):
                self._meet(target, list(found.values()))
            cells = [self._cell(target, column) for column in target.key_columns]
            for key, columns in found.items():
                known[key] = tuple([cell(columns) for cell in cells])

    def _cell(self, model: type[Row], column: str) -> Callable[[Columns], str]:
        """How the cell of a column is read from what is recorded of a row."""
        if model is Citation:
            match column:
                case "record":
                    return self._record
                case "source":
                    return lambda columns: self._key(Paragraph, columns.get("paragraph_id"))[0]
                case "paragraph":
                    return lambda columns: self._key(Paragraph, columns.get("paragraph_id"))[1]
        for field, target in foreign_keys(model):
            if field.name == column:
                return lambda columns: self._key(target, columns.get(field.attname))[0]
        default = model().cell(column)

        def plain(columns: Columns) -> str:
            value = columns.get(column, default)
            return "" if value is None else str(value)

        return plain

    def _record(self, columns: Columns) -> str:
        """Whom or what a citation is about."""
        for kind, model in CITABLE.items():
            if (key := columns.get(f"{kind}_id")) is not None:
                return f"{kind}:{self._key(model, key)[0]}"
        return UNKNOWN

    def _key(self, model: type[Row], key: int | None) -> Cells:
        """The cells of a row's key columns; blank where no row is pointed at."""
        if key is None:
            return ("",) * len(model.key_columns)
        return self._keys[model].get(key, (UNKNOWN,) * len(model.key_columns))


def foreign_keys(model: type[Row]) -> list[tuple[models.ForeignKey[Any, Any], Any]]:
    """The foreign keys of a model, each with the model that it leads to."""
    return [
        (field, field.related_model)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    ]

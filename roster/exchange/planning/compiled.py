"""Column rules made ready for a whole file: each cell by its field's own rule, but once only.

A text that is surely its own value passes at once; of any other, what the field makes of it is
remembered, so that a code or a date that stands in a hundred thousand rows is read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from roster.exchange.columns import Column

REMEMBERED = 20_000
"""Cells that are remembered of a column."""
LONGEST_REMEMBERED = 100
"""Characters of a cell that is remembered: long ones are seldom met again and fill the memory."""


@dataclass(frozen=True)
class Refused:
    """What a cell is read as that its column does not take."""

    sentences: tuple[str, ...]


class _Values(dict[str, Any]):
    """What cells of a column are read as, learned as they come."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column = column
        self.has_refused = False

    def __missing__(self, cell: str) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        value: Any
        try:
            value = self.column.clean(cell)
        except ValidationError as error:
            self.has_refused = True
            value = Refused(tuple(_sentences(error, self.column.name)))
        if len(cell) <= LONGEST_REMEMBERED:
            self[cell] = value
        return value


class CompiledColumn:
    """The rule of one column, for many cells at a time."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._values = _Values(column)
        self._is_plain = column.plain_test()

    def read(self, cells: Sequence[str]) -> Sequence[Any]:
        """The value of each cell as the database keeps it, or `Refused`."""
        is_plain, values = self._is_plain, self._values
        if is_plain is None:
            return [values[cell] for cell in cells]
        if all(map(is_plain, cells)):
            return cells
        return [cell if is_plain(cell) else values[cell] for cell in cells]

    @property
    def has_refused(self) -> bool:
        """Whether any cell was refused so far."""
        return self._values.has_refused


def _sentences(error: ValidationError, column: str) -> list[str]:
    """What an error says; of a blank cell, that it must not be."""
    if getattr(error, "code", None) in ("blank", "null"):
        return [f"{column} must not be empty: give a value."]
    return list(error.messages)

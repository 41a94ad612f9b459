"""Ordinals in a column: 1, 2, 3 and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from roster.fields.ruled import SQLITE, RuledField

if TYPE_CHECKING:
    _WholeNumber = models.PositiveIntegerField[Any, Any]  # None where null=True
else:
    _WholeNumber = models.PositiveIntegerField

LARGEST = 2_147_483_647


class OrdinalField(RuledField, _WholeNumber):
    """A whole number from 1 to what fits on both engines."""

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        whole = [f"typeof({column}) IN ('integer', 'null')"] if vendor == SQLITE else []
        return [*super().rule_parts(column, vendor), *whole, f"{column} BETWEEN 1 AND {LARGEST}"]

    def refusal(self, value: int) -> str | None:
        if 1 <= value <= LARGEST:
            return None
        return f"{value} is not an ordinal: give a whole number from 1 to {LARGEST}."

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"min_value": 1, "max_value": LARGEST, **kwargs})

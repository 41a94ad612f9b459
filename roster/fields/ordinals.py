"""Ordinals in a column: 1, 2, 3 and so on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from roster.fields.ruled import SQLITE, RuledField
from roster.text.characters import quoted

if TYPE_CHECKING:
    _WholeNumber = models.PositiveIntegerField[Any, Any]  # None where null=True
else:
    _WholeNumber = models.PositiveIntegerField

LARGEST = 2_147_483_647
_WRITTEN = re.compile(f"0*([0-9]{{1,{len(str(LARGEST))}}})")


def written_ordinal(text: str) -> int | None:
    """The ordinal that a text writes in the digits 0–9, white space around it aside; else None."""
    written = _WRITTEN.fullmatch(text.strip())
    number = int(written[1]) if written else 0
    return number if 1 <= number <= LARGEST else None


def _read(value: Any) -> Any:
    """A number as it is, a text as the ordinal that it writes.

    Not int(): it also takes 1_0, and the digits of any script.
    """
    if not isinstance(value, str):
        return value
    number = written_ordinal(value)
    if number is None:
        raise ValidationError(_refusal(quoted(value)), code="invalid")
    return number


def _refusal(shown: object) -> str:
    return f"{shown} is not an ordinal: give a whole number from 1 to {LARGEST}."


class OrdinalFormField(forms.IntegerField):
    """An input of an ordinal, which says the sentence of the column."""

    def to_python(self, value: Any) -> Any:
        return None if value in self.empty_values else _read(value)

    def widget_attrs(self, widget: forms.Widget) -> Any:
        limits = {"min": 1, "max": LARGEST} if isinstance(widget, forms.NumberInput) else {}
        return {**super().widget_attrs(widget), **limits}


class OrdinalField(RuledField, _WholeNumber):
    """A whole number from 1 to what fits on both engines."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_read(value))

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        whole = [f"typeof({column}) IN ('integer', 'null')"] if vendor == SQLITE else []
        return [*super().rule_parts(column, vendor), *whole, f"{column} BETWEEN 1 AND {LARGEST}"]

    def refusal(self, value: int) -> str | None:
        return None if 1 <= value <= LARGEST else _refusal(value)

    def formfield(self, **kwargs: Any) -> Any:
        # No limits of the form's own, which has other words for them.
        given = {"form_class": OrdinalFormField, "min_value": None, "max_value": None}
        return super().formfield(**{**given, **kwargs})

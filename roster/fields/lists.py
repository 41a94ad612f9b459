"""Lists of texts in a column, kept in the notation of `roster.text.lists`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from roster.fields.ruled import TextColumn, position
from roster.fields.texts import character_refusal, length_refusal
from roster.text.lists import join_list, split_list

if TYPE_CHECKING:
    _ListText = models.TextField[str | Iterable[str], tuple[str, ...]]
else:
    _ListText = models.TextField


def listed(value: Any) -> tuple[str, ...]:
    """The items of a notation, or of a sequence of texts; ValidationError with a sentence."""
    try:
        items = split_list(value) if isinstance(value, str) else tuple(value or ())
        if not all(isinstance(item, str) for item in items):
            raise ValueError("Each item of a list of texts is a text: give no other values.")
        join_list(items)  # refuses an empty item
    except ValueError as refusal:
        raise ValidationError(str(refusal), code="invalid") from refusal
    return items


class ListFormField(forms.CharField):
    """One line in the notation, given back as a tuple."""

    def prepare_value(self, value: Any) -> Any:
        return join_list(value) if isinstance(value, tuple | list) else value

    def to_python(self, value: Any) -> Any:
        text = value if isinstance(value, tuple | list) else super().to_python(value)
        return listed(text)


class ListField(TextColumn, _ListText):
    """A tuple of texts, none empty; `max_length` limits the notation as it is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("blank"):
            kwargs.setdefault("default", ())
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_: Any) -> tuple[str, ...] | None:
        return None if value is None else split_list(value)

    def to_python(self, value: Any) -> tuple[str, ...]:
        return listed(value)

    def get_prep_value(self, value: Any) -> Any:
        return join_list(value) if isinstance(value, tuple | list) else value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)))

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        # Once each escaped character is replaced, no backslash is left and items lie between bars.
        plain = rf"replace(replace({column}, '\\', '.'), '\|', '.')"
        stray_escape = position(plain, r"'\'", vendor)
        empty_item = position(f"'|' || {plain} || '|'", "'||'", vendor)
        return [
            *super().rule_parts(column, vendor),
            f"{stray_escape} = 0",
            f"{column} = '' OR {empty_item} = 0",
        ]

    def refusal(self, value: tuple[str, ...]) -> str | None:
        refusals = (character_refusal(item) for item in value)
        return length_refusal(join_list(value), self.max_length) or next(
            filter(None, refusals), None
        )

    def formfield(self, **kwargs: Any) -> Any:
        # Not the text area of Django's TextField, and no limit on the number of items.
        return models.Field.formfield(self, **{"form_class": ListFormField, **kwargs})

"""Refs in a column: the public keys of records, unique within their table."""

from __future__ import annotations

from typing import Any

from roster.fields.ruled import CharField, TextColumn, only_characters, position
from roster.text.characters import quoted
from roster.text.refs import MAX_LENGTH, REF_FORM, is_ref


class RefField(TextColumn, CharField):
    """A ref, of the grammar of `roster.text.refs`.

    A form may leave it blank for an act to make one; the database takes no empty ref.
    """

    ascii_order = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MAX_LENGTH)
        kwargs.setdefault("unique", True)
        super().__init__(*args, **kwargs)

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        framed = f"'/' || {column} || '/'"
        return [
            *super().rule_parts(column, vendor),
            only_characters(column, "a-z0-9/-", vendor),
            *(f"{position(framed, ill, vendor)} = 0" for ill in ("'//'", "'/-'", "'-/'")),
        ]

    def refusal(self, value: str) -> str | None:
        return None if is_ref(value) else f"{quoted(value)} is not a ref: give {REF_FORM}."

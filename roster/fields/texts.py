"""Plain text in a column: one line, several lines, a web address, a fingerprint."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from roster.fields.ruled import SQLITE, CharField, TextColumn, TextField, only_characters, position
from roster.text.characters import forbidden_character, quoted

_FINGERPRINT = re.compile("[0-9a-f]{64}")
_SCHEMES = ("http://", "https://")
_WHITE_SPACE = re.compile(r"\s")
_TOO_LONG = "This text has %(show_value)d characters; at most %(limit_value)d are accepted."


def character_refusal(text: str, *, multiline: bool = False) -> str | None:
    """The sentence that names the first forbidden character of `text`; None if it has none."""
    if found := forbidden_character(text, multiline=multiline):
        taken = "text with line breaks and tabs" if multiline else "one line of text"
        return f"{found} is not accepted: give {taken} without control characters."
    return None


class ProseFormField(forms.CharField):
    """Several lines of text, counted as they are kept: a browser sends a line break as two."""

    def to_python(self, value: Any) -> Any:
        return _with_line_feeds(super().to_python(value))


class LineField(TextColumn, CharField):
    """One line of text, without control characters (that part is not checked by the database)."""

    def refusal(self, value: str) -> str | None:
        return character_refusal(value)


class ProseField(TextColumn, TextField):
    """Text of several lines; a line ends with a line feed alone."""

    def to_python(self, value: Any) -> Any:
        return _with_line_feeds(super().to_python(value))

    def refusal(self, value: str) -> str | None:
        return length_refusal(value, self.max_length) or character_refusal(value, multiline=True)

    def formfield(self, **kwargs: Any) -> Any:
        messages = {"max_length": _TOO_LONG}
        given = {"form_class": ProseFormField, "error_messages": messages}
        return super().formfield(**{**given, **kwargs})


class WebAddressField(TextColumn, CharField):
    """An address of the web, http or https only, as written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2_000)
        super().__init__(*args, **kwargs)

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        character = "char" if vendor == SQLITE else "chr"
        white_space = (f"{character}({code})" for code in (*range(9, 14), 32))
        of_the_web = (f"substr({column}, 1, {len(scheme)}) = '{scheme}'" for scheme in _SCHEMES)
        return [
            *super().rule_parts(column, vendor),
            " OR ".join((f"{column} = ''", *of_the_web)),
            *(f"{position(column, space, vendor)} = 0" for space in white_space),
        ]

    def refusal(self, value: str) -> str | None:
        try:
            if not value.startswith(_SCHEMES) or _WHITE_SPACE.search(value):
                raise ValidationError("not of the web")
            URLValidator(schemes=["http", "https"])(value)
        except ValidationError:
            return (
                f"{quoted(value)} is not a web address: give one that begins with https:// or "
                "http:// and has no white space, such as https://example.org/notice."
            )
        return character_refusal(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"widget": forms.URLInput, **kwargs})


class FingerprintField(TextColumn, CharField):
    """A SHA-256 in 64 lower-case hexadecimal digits."""

    ascii_order = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        return [
            *super().rule_parts(column, vendor),
            f"length({column}) IN (0, 64)",
            only_characters(column, "0-9a-f", vendor),
        ]

    def refusal(self, value: str) -> str | None:
        if _FINGERPRINT.fullmatch(value):
            return None
        return "A fingerprint is 64 hexadecimal digits in lower case (SHA-256)."


def length_refusal(text: str, max_length: int | None) -> str | None:
    if max_length is None or len(text) <= max_length:
        return None
    return _TOO_LONG % {"show_value": len(text), "limit_value": max_length}


def _with_line_feeds(text: Any) -> Any:
    return text.replace("\r\n", "\n") if isinstance(text, str) else text

"""Codes in a column: our own choices, countries and languages."""

from __future__ import annotations

import re
from typing import Any

from django_countries.data import COUNTRIES

from roster.fields.ruled import SQLITE, CharField, TextColumn, only_characters
from roster.text.characters import quoted

_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


class ChoiceColumn(TextColumn, CharField):
    """Base of a column whose form offers choices and refuses others with the field's sentence."""

    ascii_order = True

    def formfield(self, **kwargs: Any) -> Any:
        messages = {"invalid_choice": self.error_messages["invalid_choice"]}
        return super().formfield(**{"error_messages": messages, **kwargs})


class CodeField(ChoiceColumn):
    """One of the codes of a `TextChoices`; empty only with `blank=True`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)
        codes = ", ".join(code for code, _ in self.flatchoices)
        empty = ", or leave it empty" if self.blank else ""
        self.error_messages["invalid_choice"] = (
            f"“%(value)s” is not accepted: give one of {codes}{empty}."
        )

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        codes = [code for code, _ in self.flatchoices] + ([""] if self.blank else [])
        accepted = ", ".join(f"'{code}'" for code in codes)
        return [*super().rule_parts(column, vendor), f"{column} IN ({accepted})"]


class CountryField(ChoiceColumn):
    """A country by its two letters of ISO 3166-1.

    The database checks their shape only: countries come and go without a migration.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2)
        kwargs["choices"] = sorted(COUNTRIES.items(), key=lambda country: country[0])
        super().__init__(*args, **kwargs)
        self.error_messages["invalid_choice"] = (
            "“%(value)s” is not a country: give the two capital letters of ISO 3166-1, such as US."
        )

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        return [
            *super().rule_parts(column, vendor),
            f"length({column}) IN (0, 2)",
            only_characters(column, "A-Z", vendor),
        ]

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["choices"]
        return name, path, args, kwargs


class LanguageField(TextColumn, CharField):
    """A language tag of the shape of BCP 47, such as `en` or `fa-Latn`."""

    ascii_order = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 35)
        super().__init__(*args, **kwargs)

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        parts = super().rule_parts(column, vendor)
        if vendor != SQLITE:
            return [*parts, f"{column} = '' OR {column} ~ '^{_LANGUAGE.pattern}$'"]
        ended = f"({column} || '-')"
        first_subtag = f"substr({column}, 1, instr({ended}, '-') - 1)"
        return [
            *parts,
            only_characters(column, "A-Za-z0-9-", vendor),
            f"{column} = '' OR instr({ended}, '--') = 0",
            f"{column} NOT GLOB '*{'[A-Za-z0-9]' * 9}*'",
            f"{column} = '' OR length({first_subtag}) >= 2",
            only_characters(first_subtag, "A-Za-z", vendor),
        ]

    def refusal(self, value: str) -> str | None:
        if _LANGUAGE.fullmatch(value):
            return None
        return (
            f"{quoted(value)} is not a language tag: give one such as en, fa or zh-Hant (BCP 47)."
        )

"""The base of our fields: one that carries its own rule, in the database and in Python alike.

A rule of one column needs no constraint in Meta and no query to validate: the column has a CHECK
in SQL that bare `sqlite3` and `psql` understand, and `refusal` says the same rule as a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    _Field = models.Field[Any, Any]
    CharField = models.CharField[str, str]
    TextField = models.TextField[str, str]
else:
    _Field = object
    CharField, TextField = models.CharField, models.TextField

SQLITE = "sqlite"


class RuledField(_Field):
    """Mixin of a field whose rule stands as a CHECK on its column and as a sentence."""

    # A rule may rest on what Django takes for mere form matters, so that changing it is a change
    # of the column.
    non_db_attrs = tuple(
        name for name in models.Field.non_db_attrs if name not in {"blank", "choices"}
    )

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        """Conditions, in SQL without a percent sign, that hold for each value of the column.

        `column` is quoted; `vendor` is `sqlite` or `postgresql`.
        """
        return []

    def refusal(self, value: Any) -> str | None:
        """The sentence that says why `value`, which is not empty, is refused; None if it is not."""
        return None

    def rule_sql(self, column: str, vendor: str) -> str:
        """The whole rule of the column as one condition."""
        return " AND ".join(f"({part})" for part in self.rule_parts(column, vendor))

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        return self.rule_sql(quoted_column(self, connection), connection.vendor)

    def run_validators(self, value: Any) -> None:
        if value not in self.empty_values and (sentence := self.refusal(value)):
            raise ValidationError(sentence, code="invalid")
        super().run_validators(value)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, f"roster.fields.{type(self).__name__}", args, kwargs


class TextColumn(RuledField):
    """Mixin of a field that sits in a column of type text, never NULL, of limited length."""

    ascii_order: ClassVar[bool] = False
    """For text that machines read: sorted by code point on PostgreSQL, as SQLite sorts anyway."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("blank"):
            kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        # Not varchar: the CHECK limits the length on both engines, with one kind of error.
        return "text"

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        if self.ascii_order and connection.vendor != SQLITE:
            parameters["collation"] = "C"
        return parameters

    def rule_parts(self, column: str, vendor: str) -> list[str]:
        parts = super().rule_parts(column, vendor)
        if vendor == SQLITE:
            # SQLite keeps a blob in any column, and its length() and GLOB stop at a NUL.
            parts += [f"typeof({column}) = 'text'", f"instr({column}, char(0)) = 0"]
        if self.max_length is not None:
            parts.append(f"length({column}) <= {self.max_length}")
        if not self.blank:
            parts.append(f"{column} <> ''")
        return parts


def quoted_column(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> str:
    """SQL: the name of the field's column."""
    return connection.ops.quote_name(str(field.column))


def position(text: str, part: str, vendor: str) -> str:
    """SQL: where `part`, an SQL text, first stands in `text`, from 1; 0 where it does not."""
    return f"{'instr' if vendor == SQLITE else 'strpos'}({text}, {part})"


def only_characters(text: str, characters: str, vendor: str) -> str:
    """SQL: that `text` holds nothing but `characters`, written as the inside of brackets."""
    if vendor == SQLITE:
        return f"{text} NOT GLOB '*[^{characters}]*'"
    return f"{text} !~ '[^{characters}]'"

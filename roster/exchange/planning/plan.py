"""The plan of one file: its tables, what its columns are in SQL, and what is wrong with it.

In the SQL of this package `s` is the staging table, which says what the file says; `m` the matched
table, which says what each of its rows is against the roster; `t` the model's own table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models

from roster.exchange.citing import CITE_COLUMNS, brings_evidence
from roster.exchange.columns import Lookup, staged
from roster.exchange.planning import tables
from roster.exchange.plans import RowState
from roster.exchange.reading.records import printable
from roster.exchange.report import CellError
from roster.exchange.resources.base import VERSION_COLUMN, RowResource
from roster.exchange.sheets import MAX_ERRORS
from roster.exchange.state_column import STATE_COLUMN
from roster.fields import SearchKeyField
from roster.history.engines import engine_of
from roster.models.records import Referable

VERSION = "c_version"
"""The staged column of `_version`."""
CITED = {
    "cite_paragraph_id": "bigint",
    "cite_quote": "text",
    "cite_stance": "text",
    "cite_anchor_quote": "text",
    "cite_anchor_words": "text",
}
"""The staged columns of the passage that a row brings, in the order of `citing.Passage`."""
SEARCH_KEY = "search_key"
"""The matched column of a search key that is to be made anew."""


class Plan:
    """One file against one model. Its tables are there until `drop`."""

    def __init__(self, resource: RowResource, header: Sequence[str]) -> None:
        self.resource = resource
        self.model = resource.model()
        self.columns = resource.columns()
        beside = {VERSION_COLUMN, STATE_COLUMN, *CITE_COLUMNS}
        self.header = list(header)
        self.given = [name for name in header if name not in beside]
        self.has_versions = VERSION_COLUMN in header
        self.brings_evidence = brings_evidence(header)
        stem = self.model.file_stem
        self.staged, self.matched, self.cited = (
            f"roster_{use}_{stem}" for use in ("staged", "matched", "cited")
        )
        self.table = f'"{self.model._meta.db_table}"'
        self.counts: dict[RowState, int] = {}
        self.citations = 0
        """How many citations the rows bring."""
        self.stale = 0
        """How many citations become stale."""
        self.decided = 0
        """How many conflicts are decided."""
        self.read_by = ""
        """How the file was read, as a text that is another for every other way."""
        self.error_count = 0
        self.conflict_count = 0
        """How many of the errors are conflicts that nobody has decided."""
        self._errors: list[CellError] = []
        self._conflicts: list[CellError] = []
        self._order = {name: number for number, name in enumerate(self.header)}

    @property
    def can_be_matched(self) -> bool:
        """Whether the header has the key, without which no row can be told from others."""
        return set(self.model.key_columns) <= set(self.given)

    def drop(self) -> None:
        """Remove the plan's tables."""
        tables.drop(self.staged, self.matched, self.cited)

    # What is wrong.

    def refuse(self, line: int | None, column: str | None, sentence: str, value: str = "") -> None:
        """Note an error; the first of the file are kept, all are counted."""
        self.error_count += 1
        self._errors.append(CellError(line, column, sentence, printable(value)))
        if len(self._errors) > 4 * MAX_ERRORS:
            self._errors = self._first(self._errors)

    def refuse_conflict(self, line: int, column: str, sentence: str, value: str) -> None:
        """Note a conflict that is not decided, which is an error of its own kind."""
        self.error_count += 1
        self.conflict_count += 1
        if len(self._conflicts) < MAX_ERRORS:  # they come in the order of the file
            self._conflicts.append(CellError(line, column, sentence, value))

    def refuse_rows(self, lines: Iterable[int]) -> None:
        """Have rows stand as wrong that were matched already; each line once, as they come."""
        states = ((line, RowState.WRONG.value) for line in lines)
        tables.set_values(self.matched, {"state": "text"}, states)

    @property
    def errors(self) -> list[CellError]:
        """The first errors in the order of the file, then of its columns."""
        return self._first([*self._errors, *self._conflicts])

    @property
    def faults(self) -> list[CellError]:
        """The first errors that are no conflicts, in the same order."""
        return self._first(self._errors)

    def _first(self, errors: list[CellError]) -> list[CellError]:
        last = len(self._order)
        found = sorted(
            errors, key=lambda error: (error.line or 0, self._order.get(error.column or "", last))
        )
        return found[:MAX_ERRORS]

    # What its columns are in SQL.

    @property
    def lookups(self) -> list[Lookup]:
        """The look-ups of the given columns, in the order in which they are joined."""
        return [lookup for name in self.given for lookup in self.columns[name].lookups()]

    @property
    def made(self) -> list[str]:
        """The columns that new rows are given by their resource."""
        return [name for name in self.resource.made_columns if name not in self.given]

    @property
    def keys(self) -> list[str]:
        """The columns of foreign keys that the file sets."""
        return [lookup.key for lookup in self.lookups if lookup.key]

    def field(self, name: str) -> models.Field[Any, Any]:
        """A field of the model's own table."""
        return next(field for field in self.model._meta.local_fields if field.name == name)

    def new_value(self, field: models.Field[Any, Any]) -> str | None:
        """SQL over `s` and `m`: what the file says of a field; None when it says nothing."""
        if field.column in self.keys:
            return f"m.{field.column}"
        if field.name in self.given and not self.columns[field.name].lookups():
            return f"s.{staged(field.name)}"
        if isinstance(field, SearchKeyField) and not set(field.sources).isdisjoint(self.given):
            return f"m.{SEARCH_KEY}"
        return None

    def merged_value(self, field: models.Field[Any, Any]) -> str:
        """SQL over `s`, `m` and `t`: what the row is to say of a field."""
        if field.primary_key:
            return "coalesce(m.row_id, -m.line)"
        if new := self.new_value(field):
            return new
        default = _default(field)
        return f"coalesce(t.{quote(field)}, {default})" if default else f"t.{quote(field)}"

    def inserted_value(self, field: models.Field[Any, Any]) -> str:
        """SQL over `s` and `m`: what a new row is to say of a field."""
        if field.primary_key:
            return "m.row_id"
        default = _default(field) or "NULL"
        if field.name in self.made:
            return f"coalesce(m.{made(field.name)}, {default})"
        return self.new_value(field) or default

    def changing(self) -> Iterator[tuple[models.Field[Any, Any], str]]:
        """The fields that the file may change, each with its SQL over `s` and `m`."""
        for field in self.model._meta.local_concrete_fields:
            if not field.generated and field.name not in self.model.key_columns:
                new = self.new_value(field)
                if new and field.column not in self._keys_of_row:
                    yield field, new

    @property
    def _keys_of_row(self) -> set[str]:
        """The foreign keys by which rows are told apart, as that of a citation's record."""
        return {
            lookup.key
            for name in self.model.key_columns
            if name in self.given
            for lookup in self.columns[name].lookups()
        }

    def differs(self, one: str, other: str) -> str:
        """SQL: that two values are not the same, NULL being a value like any other."""
        return engine_of(connection).differs(one, other)

    @property
    def rows(self) -> str:
        """SQL: the matched rows with what the file and the roster say of each."""
        return (
            f"{self.matched} m JOIN {self.staged} s ON s.line = m.line "
            f"LEFT JOIN {self.table} t ON t.id = m.row_id"
        )

    @property
    def staged_keys(self) -> list[str]:
        """The staged columns of the key."""
        return [staged(name) for name in self.model.key_columns]

    @property
    def makes_refs(self) -> bool:
        return issubclass(self.model, Referable)


def quote(field: models.Field[Any, Any]) -> str:
    """SQL: the column of a field."""
    return f'"{field.column}"'


def made(name: str) -> str:
    """The matched column of a value that new rows are given."""
    return f"made_{name}"


def key_text(key: Sequence[Any]) -> str:
    """How a row of a file is named by the values of its key."""
    return " / ".join("" if value is None else str(value) for value in key)


def _default(field: models.Field[Any, Any]) -> str:
    """SQL: what a new row says of a field of which the file says nothing; empty for NULL."""
    if field.null:
        return ""
    value = field.get_db_prep_save(field.get_default(), connection)
    return f"'{value}'" if isinstance(value, str) else ""

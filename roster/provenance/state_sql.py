"""The states of a citation as SQL over its own columns; what each means stands in `states`.

Written out rather than composed of Django's Case and When: those take as long to compile for each
page as a small query takes to run. The cited record is looked up by its key, not joined.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func

from roster.fields.ruled import position
from roster.models import Change, Citation, Paragraph
from roster.models.citations import CITABLE, Stance, citable_columns

_KEYS = tuple(f"{kind}_id" for kind in CITABLE)
_COLUMNS = (
    *_KEYS,
    "field",
    "value",
    "stance",
    "paragraph_id",
    "quote",
    "anchor_quote",
    "anchor_words",
)


def value_now(columns: dict[str, str], vendor: str) -> str:
    """SQL: the CSV cell that a cited field has today; given its name and the keys of the records.

    `columns` says what these are called in the query: `field` and, of each kind, `official_id`.
    """
    return _Sql(columns, vendor).value_now()


class _OfCitation(Func):
    """An expression over the columns of one citation."""

    def __init__(self, *columns: Any, **extra: Any) -> None:
        # Django makes copies with the columns as it resolved them.
        super().__init__(*(columns or map(F, _COLUMNS)), **extra)

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Any:
        columns = (compiler.compile(source)[0] for source in self.get_source_expressions())
        said = _Sql(dict(zip(_COLUMNS, columns, strict=True)), connection.vendor)
        return f"({self.said(said)})", []

    def said(self, sql: _Sql) -> str:
        """The expression."""
        raise NotImplementedError


class ValueNow(_OfCitation):
    """The CSV cell that the cited field of the cited record has today."""

    output_field = models.TextField()

    def said(self, sql: _Sql) -> str:
        return sql.value_now()


class IsStale(_OfCitation):
    """That the value is another now."""

    output_field = models.BooleanField()

    def said(self, sql: _Sql) -> str:
        return sql.is_stale()


class IsDisputed(_OfCitation):
    """That it supports the value of today, and another citation disputes that value."""

    output_field = models.BooleanField()

    def said(self, sql: _Sql) -> str:
        return sql.is_disputed()


class IsUnanchored(_OfCitation):
    """That the paragraph has a text, and the quote stands nowhere in it."""

    output_field = models.BooleanField()

    def said(self, sql: _Sql) -> str:
        return sql.is_unanchored()


class IsUnverified(_OfCitation):
    """That the paragraph has no text."""

    output_field = models.BooleanField()

    def said(self, sql: _Sql) -> str:
        return sql.is_unverified()


class _Sql:
    """The expressions for a citation whose columns are called `columns` in the query."""

    def __init__(self, columns: dict[str, str], vendor: str) -> None:
        self.columns, self.vendor = columns, vendor

    def value_now(self) -> str:
        cells = " ".join(
            f"WHEN {self.columns[f'{kind}_id']} IS NOT NULL THEN {self._cell(kind)}"
            for kind in CITABLE
        )
        # Of one collation, whichever the column has.
        return f"CASE {cells} ELSE '' END" + ("" if self.vendor == "sqlite" else ' COLLATE "C"')

    def is_stale(self) -> str:
        same_row = " ".join(
            f"WHEN {self._names_the_same_row(kind, column)} THEN FALSE"
            for kind, column in _NAMES_A_ROW
        )
        value = self.columns["value"]
        return f"CASE WHEN {value} = ({self.value_now()}) THEN FALSE {same_row} ELSE TRUE END"

    def is_disputed(self) -> str:
        disputed = " ".join(
            f"WHEN {self.columns[f'{kind}_id']} IS NOT NULL THEN {self._is_denied(kind)}"
            for kind in CITABLE
        )
        supports = f"{self.columns['stance']} = '{Stance.SUPPORTS}'"
        return f"{supports} AND (CASE {disputed} ELSE FALSE END) AND NOT ({self.is_stale()})"

    def is_unanchored(self) -> str:
        quote, words = self.columns["quote"], self.columns["anchor_words"]
        return self._has_paragraph(
            f"p.text <> '' AND {quote} <> '' AND {self._place(quote)} = 0 "
            f"AND NOT ({self.columns['anchor_quote']} = {quote} AND {words} <> '' "
            f"AND {self._place(words)} > 0)"
        )

    def is_unverified(self) -> str:
        return self._has_paragraph("p.text = ''")

    def _cell(self, kind: str) -> str:
        """The cell of the record's field that is cited."""
        model = CITABLE[kind]
        cells = " ".join(
            f"WHEN '{column}' THEN {_cell_of(model, column)}" for column in citable_columns(model)
        )
        return (
            f"(SELECT CASE {self.columns['field']} {cells} ELSE '' END "
            f"FROM {_table(model)} r WHERE r.id = {self.columns[f'{kind}_id']})"
        )

    def _names_the_same_row(self, kind: str, column: str) -> str:
        """That the field names a row which the ledger knows by the ref that was cited."""
        key = self.columns[f"{kind}_id"]
        model = CITABLE[kind]
        target: Any = model._meta.get_field(column).related_model
        recorded = f"""'"ref":"' || {self.columns["value"]} || '"'"""
        return (
            f"{key} IS NOT NULL AND {self.columns['field']} = '{column}' AND EXISTS ("
            f"SELECT 1 FROM {_table(Change)} h WHERE h.\"table\" = '{target._meta.db_table}' "
            f'AND h."key" = (SELECT r.{column}_id FROM {_table(model)} r WHERE r.id = {key}) '
            f"AND {position('h.before', recorded, self.vendor)} > 0)"
        )

    def _is_denied(self, kind: str) -> str:
        """That another citation of the same field disputes the value which this one was cited for.

        Where the value is a row, whichever value it disputes: a row may have been renamed.
        """
        key = f"{kind}_id"
        names_a_row = [f"'{column}'" for of, column in _NAMES_A_ROW if of == kind]
        or_a_row = f" OR d.field IN ({', '.join(names_a_row)})" if names_a_row else ""
        return (
            f"EXISTS (SELECT 1 FROM {_table(Citation)} d WHERE d.{key} = {self.columns[key]} "
            f"AND d.field = {self.columns['field']} AND d.stance = '{Stance.DISPUTES}' "
            f"AND (d.value = {self.columns['value']}{or_a_row}))"
        )

    def _has_paragraph(self, condition: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {_table(Paragraph)} p "
            f"WHERE p.id = {self.columns['paragraph_id']} AND {condition})"
        )

    def _place(self, words: str) -> str:
        return position("p.text", words, self.vendor)


_NAMES_A_ROW = tuple(
    (kind, column)
    for kind, model in CITABLE.items()
    for column in citable_columns(model)
    if model._meta.get_field(column).is_relation
)
"""The fields whose value is another row, by kind and column."""


def _table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def _cell_of(model: type[models.Model], column: str) -> str:
    """The CSV cell of a column of the record `r`."""
    field: Any = model._meta.get_field(column)
    if field.is_relation:
        target = _table(field.related_model)
        return f"coalesce((SELECT t.ref FROM {target} t WHERE t.id = r.{column}_id), '')"
    text = f'CAST(r."{column}" AS text)'
    return f"coalesce({text}, '')" if field.null else text

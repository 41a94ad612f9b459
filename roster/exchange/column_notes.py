"""What each CSV column takes, in words: for whoever prepares a file, and for the dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from roster.dates import ACCEPTED_FORMS
from roster.exchange.columns import Column, RecordColumn, RefColumn
from roster.exchange.reading import ERRORS_COLUMN
from roster.exchange.resources import RowResource
from roster.exchange.resources.base import VERSION_COLUMN
from roster.exchange.state_column import STATE_COLUMN, has_states
from roster.fields import (
    CodeField,
    CountryField,
    LanguageField,
    ListField,
    OrdinalField,
    PartialDateField,
    ProseField,
    RefField,
    WebAddressField,
)
from roster.models.citations import CITABLE
from roster.models.records import Record
from roster.text.refs import REF_FORM


@dataclass(frozen=True)
class ColumnNote:
    """A column, when a file has to give it, and what its cells take."""

    name: str
    needed: str
    takes: str


def column_notes(resource: type[RowResource]) -> list[ColumnNote]:
    """The columns that a file to import may have, in the order of an export."""
    keys = resource.model().key_columns
    notes = [
        ColumnNote(
            name, _needed(column, keys), " ".join(filter(None, (column.help, _form(column))))
        )
        for name, column in resource.columns().items()
    ]
    version = ColumnNote(
        VERSION_COLUMN, "", "As exported; by it, rows that someone changed since are found."
    )
    state = ColumnNote(STATE_COLUMN, "", "As exported; it is computed, so an import ignores it.")
    model = resource.model()
    evidence = _EVIDENCE if issubclass(model, Record) else ()
    return [*notes, version, *([state] if has_states(model) else []), *evidence, _ERRORS]


_EVIDENCE = (
    ColumnNote(
        "cite_source",
        "",
        "The ref of a source whose passage is cited for every factual field that the row sets or "
        "changes.",
    ),
    ColumnNote("cite_paragraph", "with cite_source", "The number of the paragraph."),
    ColumnNote("cite_quote", "", "The words relied on, as they stand there. Empty: all of it."),
    ColumnNote("cite_stance", "", "supports or disputes. Empty: supports."),
)
_ERRORS = ColumnNote(
    ERRORS_COLUMN, "", "What was wrong when the file was last sent; an import ignores it."
)


def _needed(column: Column, keys: tuple[str, ...]) -> str:
    if column.name in keys:
        return "always: key"
    return "in a new row" if column.is_required else ""


def _form(column: Column) -> str:
    if isinstance(column, RefColumn):
        return f"The ref of one {column.target._meta.verbose_name}."
    if isinstance(column, RecordColumn):
        return f"Kinds are {', '.join(CITABLE)}; an example is official:mark-milley."
    model_field = getattr(column, "model_field", None)
    return _form_of_field(model_field) if model_field else ""


def _form_of_field(field: models.Field[Any, Any]) -> str:
    match field:
        case RefField():
            return f"{REF_FORM.capitalize()}. Blank in a new row: made from the rest of it."
        case CodeField():
            return f"One of {', '.join(str(code) for code, _label in field.flatchoices)}."
        case CountryField():
            return "Two capital letters of ISO 3166-1, such as US."
        case PartialDateField():
            open_end = " Or .. (open, no end foreseen)." if field.open_end else ""
            return f"A date: {ACCEPTED_FORMS}. Empty: unknown.{open_end}"
        case WebAddressField():
            return "An address that begins with https:// or http://."
        case OrdinalField() | models.ForeignKey():
            return "A whole number from 1."
        case LanguageField() | ListField():
            return ""  # its help says it
        case ProseField():
            return f"Text of at most {field.max_length:,} characters; lines may break."
    return f"One line of at most {field.max_length} characters."

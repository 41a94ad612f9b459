"""Our columns as a mapping asks for them: what each takes, and what a value of theirs is in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from roster.exchange.column_notes import ColumnNote, column_notes
from roster.exchange.columns import RefColumn
from roster.exchange.mappings import Making
from roster.exchange.resources import RowResource
from roster.exchange.samples import Sample
from roster.exchange.saved_mappings import contract
from roster.exchange.state_column import STATE_COLUMN
from roster.fields import ListField, PartialDateField, RefField
from roster.text.refs import is_ref

MOST_CHOICES = 40
"""Choices that are offered in a list; of more, the code is typed."""


@dataclass(frozen=True)
class OurColumn:
    """One column that a mapping may make."""

    note: ColumnNote
    choices: dict[str, str] = field(default_factory=dict)
    """By code, what people call it; empty where any text is taken."""
    making: Making = Making.TEXT
    """What cells become in it besides texts as they stand."""
    date: PartialDateField | None = None

    @property
    def name(self) -> str:
        return self.note.name

    @property
    def offers_choices(self) -> bool:
        return 0 < len(self.choices) <= MOST_CHOICES

    @property
    def is_key(self) -> bool:
        return self.note.needed.startswith("always")

    def code_of(self, value: str) -> str:
        """The code that this value of theirs plainly means; empty if it is none."""
        meant = _plain(value)
        for code, label in self.choices.items():
            if meant in {_plain(code), _plain(label)}:
                return code
        return ""

    def strange(self, samples: Iterable[Sample]) -> list[str]:
        """The values found that are none of its choices."""
        if not self.choices:
            return []
        return [value for one in samples for value in one.values if value not in self.choices]

    def likely_making(self, samples: Iterable[Sample]) -> Making:
        """What to make of these columns unless the analyst says otherwise."""
        values = [value for one in samples for value in one.values]
        if self.making == Making.REF and all(map(is_ref, values)):
            return Making.TEXT
        if self.making == Making.LIST and any("|" in value for value in values):
            return Making.TEXT
        return self.making

    def accepted_dates(self, sample: Sample) -> tuple[int, str]:
        """How many of the values found it takes as a date, and the first that it does not take."""
        refused = [value for value in sample.values if not self.is_date(value)]
        return len(sample.values) - len(refused), refused[0] if refused else ""

    def is_date(self, value: str) -> bool:
        if self.date is None:
            return False
        try:
            self.date.to_python(value)
        except ValidationError:
            return False
        return True


def our_columns(resource: type[RowResource]) -> dict[str, OurColumn]:
    """The columns that a mapping may make, by name, in the order of an export."""
    columns = resource.columns()
    return {
        note.name: _our_column(note, columns.get(note.name))
        for note in column_notes(resource)
        if note.name in contract()[resource.model().file_stem] and note.name != STATE_COLUMN
    }


def _our_column(note: ColumnNote, column: object) -> OurColumn:
    found = getattr(column, "model_field", None)
    choices = {str(code): str(label) for code, label in getattr(found, "flatchoices", ())}
    making = Making.TEXT
    if isinstance(found, RefField) or isinstance(column, RefColumn):
        making = Making.REF
    elif isinstance(found, ListField):
        making = Making.LIST
    return OurColumn(note, choices, making, found if isinstance(found, PartialDateField) else None)


def _plain(text: str) -> str:
    return text.strip().casefold().replace("-", "_").replace(" ", "_")

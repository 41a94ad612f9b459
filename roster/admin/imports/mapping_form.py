"""The form of a mapping: what each column of a file becomes, and how each of ours is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from roster.admin.forms.reasons import REASON_LENGTH, one_line
from roster.admin.imports import mapping_values as mapped
from roster.admin.imports.mapping_values import BLANK, IGNORED, Ours, Values
from roster.admin.imports.our_columns import OurColumn
from roster.exchange.mapping_files import MappingRefused, mapping_text
from roster.exchange.mappings import Making, Mapping
from roster.exchange.resources.base import VERSION_COLUMN
from roster.exchange.samples import Sample
from roster.exchange.saved_mappings import mapping_for
from roster.text.characters import quoted

MAKINGS = {
    Making.LIST: (
        (Making.LIST.value, "each cell is one item, whatever stands in it"),
        (Making.TEXT.value, "the cell is a list already, separated by |"),
    ),
    Making.REF: (
        (Making.REF.value, "made from the cells: lower case, hyphens"),
        (Making.TEXT.value, "the cells are refs already"),
    ),
}
TELLING_APART = ("ref", VERSION_COLUMN)
"""Columns for which no value is offered that is the same in every row."""
OTHERS = (("refuse", "refused"), ("keep", "taken as they are"))


class MappingForm(forms.Form):
    """Values are those of `mapping_values`, completed; `mapping` is there once it is valid."""

    ignore_rest = forms.BooleanField(label="Ignore the columns that are left open", required=False)
    name = forms.CharField(
        label="Save it as",
        required=False,
        max_length=100,
        validators=[one_line],
        help_text="A name to use it by again. Left empty, it is used for this file only.",
    )
    replaces = forms.BooleanField(label="Replace the mapping of that name", required=False)
    save_reason = forms.CharField(
        label="Why?",
        required=False,
        max_length=REASON_LENGTH,
        validators=[one_line],
        help_text="When it is saved: kept in the ledger.",
    )

    def __init__(
        self, values: Values, samples: Sequence[Sample], ours: Ours, stem: str, *, is_sent: bool
    ) -> None:
        super().__init__(data=values if is_sent else None, initial=None if is_sent else values)
        self.values, self.samples, self.ours, self.stem = values, samples, ours, stem
        self.mapping: Mapping | None = None
        self.made_of = mapped.sources(values, len(samples), ours)
        for place, sample in enumerate(samples):
            for turn in range(mapped.turns(values, place)):
                self.fields[mapped.becomes(place, turn)] = self._becomes(place, sample, turn)
        for name, column in ours.items():
            if places := self.made_of.get(name):
                self._ask_about(column, places)
            elif name not in TELLING_APART or values.get(f"always-{name}"):
                self.fields[f"always-{name}"] = self._always(column)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for place, sample in enumerate(self.samples):
            self._judge(place, sample, ignores_rest=bool(cleaned.get("ignore_rest")))
        for column in self.ours.values():
            if column.is_key and not self._says(column.name):
                self.add_error(
                    None,
                    f"{column.name} is the key of {self.stem}, and nothing becomes {column.name}: "
                    "choose the columns that tell one row from all others.",
                )
        if cleaned.get("name") and not str(cleaned.get("save_reason", "")).strip():
            self.add_error("save_reason", "Say in a few words why the mapping is saved.")
        if not self.errors:
            self._declare(ignores_rest=bool(cleaned.get("ignore_rest")))
        return cleaned

    def _declare(self, *, ignores_rest: bool) -> None:
        mapping = mapped.mapping_of(
            self.values, self.stem, self.samples, self.ours, ignores_rest=ignores_rest
        )
        try:
            self.mapping = mapping_for(self.stem, mapping_text(mapping))
        except MappingRefused as refusal:
            self.add_error(None, str(refusal))

    def _judge(self, place: int, sample: Sample, *, ignores_rest: bool) -> None:
        targets = mapped.targets(self.values, place)
        if not targets and not ignores_rest:
            problem = f"Say what becomes of {quoted(sample.name)}, or ignore it."
        elif IGNORED in targets and len(targets) > 1:
            problem = f"{quoted(sample.name)} is mapped and ignored: decide on one of the two."
        elif len(set(targets)) < len(targets):
            problem = f"{quoted(sample.name)} becomes the same column twice: leave it once."
        else:
            return
        self.add_error(mapped.becomes(place, 0), problem)

    def _says(self, name: str) -> bool:
        return name in self.made_of or bool(self.values.get(f"always-{name}"))

    def _becomes(self, place: int, sample: Sample, turn: int) -> forms.ChoiceField:
        first = [("", "— choose —"), (IGNORED, "ignored")] if turn == 0 else [("", "—")]
        label = f"{quoted(sample.name)} becomes" if turn == 0 else f"{quoted(sample.name)} also"
        return forms.ChoiceField(
            label=label,
            required=False,
            choices=[*first, *((name, name) for name in self.ours)],
            widget=forms.Select(attrs={"aria-label": label}),
            error_messages={"invalid_choice": "“%(value)s” is no column of ours: choose one."},
        )

    def _always(self, column: OurColumn) -> forms.Field:
        if column.offers_choices:
            choices = [("", "—"), *((code, code) for code in column.choices)]
            return forms.ChoiceField(
                label=column.name, required=False, choices=choices, help_text=column.note.takes
            )
        return forms.CharField(
            label=column.name,
            required=False,
            validators=[one_line],
            help_text=column.note.takes,
        )

    def _ask_about(self, column: OurColumn, places: list[int]) -> None:
        name = column.name
        self.fields[f"shown-{name}"] = forms.CharField(widget=forms.HiddenInput, required=False)
        if column.making in MAKINGS:
            self.fields[f"making-{name}"] = forms.ChoiceField(
                label=f"How {name} is made", choices=MAKINGS[column.making]
            )
        if len(places) > 1:
            self._ask_order(column, places)
        self.fields[f"trim-{name}"] = forms.BooleanField(
            label="Remove white space at the edges of its cells", required=False
        )
        if len(places) == 1 and (rows := mapped.table(self.values, name)):
            self._ask_meanings(column, list(rows))

    def _ask_order(self, column: OurColumn, places: list[int]) -> None:
        name = column.name
        for place in places:
            self.fields[f"order-{name}-{place}"] = forms.IntegerField(
                label=f"Place of {quoted(self.samples[place].name)} in {name}",
                min_value=1,
                max_value=999,
                required=False,
            )
        if column.making == Making.TEXT or self.values.get(f"making-{name}") == Making.TEXT:
            self.fields[f"join-{name}"] = forms.CharField(
                label="Joined with",
                required=False,
                strip=False,
                max_length=20,
                validators=[one_line],
                help_text="What stands between them, such as a space. Blank cells are left out.",
            )

    def _ask_meanings(self, column: OurColumn, theirs: list[str]) -> None:
        name = column.name
        for number, value in enumerate(theirs):
            label = f"{quoted(value) if value else 'A blank cell'} means"
            self.fields[f"theirs-{name}-{number}"] = forms.CharField(
                widget=forms.HiddenInput, strip=False
            )
            self.fields[f"means-{name}-{number}"] = (
                forms.ChoiceField(label=label, required=False, choices=_meanings_of(column))
                if column.offers_choices
                else forms.CharField(
                    label=label, required=False, strip=False, validators=[one_line]
                )
            )
        self.fields[f"others-{name}"] = forms.ChoiceField(
            label="All other values are", choices=OTHERS
        )


def _meanings_of(column: OurColumn) -> list[tuple[str, str]]:
    return [
        ("", "— not accepted —"),
        (BLANK, "blank"),
        *((code, code) for code in column.choices),
    ]

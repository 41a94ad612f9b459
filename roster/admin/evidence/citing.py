"""Citing from a record's page: one short form, with the record and the field already chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404

from roster.admin.display import EMPTY, column_heading, row_text, row_url, value_text
from roster.admin.forms.reasons import ReasonedModelForm
from roster.models import Citation
from roster.models.citations import CITABLE, citable_columns
from roster.models.records import Record
from roster.provenance.placing import place, quote_refusal

SHORT_FORM = ("paragraph", "quote", "stance", "credibility", "note")


@dataclass(frozen=True)
class Cited:
    """The field of a record that the form is about."""

    record: Record
    column: str

    @property
    def heading(self) -> str:
        return column_heading(self.column)

    @property
    def record_text(self) -> str:
        return row_text(self.record)

    @property
    def value(self) -> str:
        return value_text(self.record, self.column)

    @property
    def evidence_url(self) -> str:
        return f"{row_url(self.record)}#evidence"


def cited_field(kind: str, key: int, column: str) -> Cited:
    """The field of the record with that key; Http404 where there is none that can be cited."""
    model = CITABLE.get(kind)
    if model is None or column not in citable_columns(model):
        raise Http404(f"A {kind} has no field {column} to cite.")
    record = model._default_manager.filter(pk=key).first()
    if record is None:
        raise Http404(f"There is no {kind} {key}.")
    return Cited(record, column)


class QuotingForm(ReasonedModelForm):
    """The form of a citation: its quote stands in the paragraph, and is placed there."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        paragraph, quote = cleaned.get("paragraph"), cleaned.get("quote", "")
        is_other = self.instance.pk is None or {"paragraph", "quote"} & set(self.changed_data)
        if paragraph and is_other and (refusal := quote_refusal(quote, paragraph)):
            self.add_error("quote", refusal)
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            place(self.instance)


class CiteForm(QuotingForm):
    """Asks for the passage; record, field and value are those of `cited`."""

    cited: Cited
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    """The value when the form was opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        record, column = self.cited.record, self.cited.column
        kwargs["instance"] = Citation(
            **{record.record_kind: record}, field=column, value=record.cell(column)
        )
        super().__init__(*args, **kwargs)
        for fixed in (record.record_kind, "field"):
            # Part of the form, for the rules between columns; not taken from what is sent.
            self.fields[fixed].disabled = True
            self.fields[fixed].widget = forms.HiddenInput()
        self.fields["seen"].initial = self.instance.value

    def clean_seen(self) -> str:
        seen: str = self.cleaned_data["seen"].replace("\r\n", "\n")
        if seen != self.instance.value:
            shown_again: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            shown_again["seen"] = self.instance.value
            self.data = shown_again
            raise ValidationError(
                f"The field says {self.instance.value or EMPTY} now; it said {seen or EMPTY} when "
                "this form was opened. Send the form again if the passage speaks of the new value."
            )
        return seen


def cite_form(cited: Cited) -> type[CiteForm]:
    """The form class that cites this field."""
    return type("CiteForm", (CiteForm,), {"cited": cited})

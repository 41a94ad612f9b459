"""Citing in the reader: words of one paragraph, for a field of a record that is named by typing."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import JsonResponse

from roster.admin.display import EMPTY, column_heading, row_text, value_text
from roster.admin.finding.named_records import NamedRecords
from roster.admin.forms.reasons import ReasonForm
from roster.models import Citation, Paragraph, Source
from roster.models.citations import QUOTE_LENGTH, Credibility, Stance, citable_columns
from roster.models.records import NAME_LENGTH, SUMMARY_LENGTH, Record
from roster.provenance.passages import searchable, sentences
from roster.provenance.placing import place, quote_refusal

MOST_SENTENCES = 60
"""Sentences of a paragraph that are offered to be picked."""


class ReaderForm(ReasonForm):
    """Makes a citation of `paragraph`; `seen` is what the field named by `seen_of` said."""

    quote = forms.CharField(
        label="Words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "spellcheck": "false"}),
        help_text="As they stand there. Left blank, the whole paragraph is cited.",
    )
    sentence = forms.IntegerField(required=False)
    record = forms.CharField(
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "records-to-cite"}),
        help_text="As kind:ref, or the whole name of an official or a threat source.",
        error_messages={"required": "Say which record the words speak of."},
    )
    field = forms.ChoiceField(error_messages={"required": "Say which field of the record."})
    stance = forms.ChoiceField(
        choices=Stance.choices, initial=Stance.SUPPORTS, widget=forms.RadioSelect
    )
    credibility = forms.ChoiceField(choices=[("", EMPTY), *Credibility.choices], required=False)
    note = forms.CharField(
        max_length=SUMMARY_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_of = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, paragraph: Paragraph, records: NamedRecords, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.paragraph, self.records = paragraph, records
        self.citation: Citation | None = None
        self.value_now = ""
        """What the field says, in words, once record and field are known."""
        field = cast("forms.ChoiceField", self.fields["field"])
        field.choices = [("", EMPTY), *_columns(records)]

    @cached_property
    def sentences(self) -> list[tuple[int, str]]:
        """The sentences that may be picked, by their places; those too long to quote are not."""
        found = enumerate(sentences(self.paragraph.text), 1)
        return [(at, text) for at, text in found if len(text) <= QUOTE_LENGTH][:MOST_SENTENCES]

    @cached_property
    def nearest(self) -> str:
        """The words most like a quote that was refused."""
        if not self.is_bound or "quote" not in self.errors:
            return ""
        text = searchable(self.paragraph.text)
        nearest = text.nearest(self._quote(self.data.get("quote", "").strip()))
        return text.words(nearest) if nearest else ""

    def clean_record(self) -> Record:
        return self.records.called(self.cleaned_data["record"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        quote = self._quote(cleaned.get("quote", "") or self._picked())
        if refusal := quote_refusal(quote, self.paragraph):
            self.add_error("quote", refusal)
        record, column = cleaned.get("record"), cleaned.get("field")
        if record is None or not column:
            return cleaned
        if column not in citable_columns(type(record)):
            columns = ", ".join(citable_columns(type(record)))
            kind = record._meta.verbose_name
            self.add_error("field", f"This {kind} has no field {column}: choose one of {columns}.")
            return cleaned
        self._check_seen(record, column)
        self._make(record, column, quote)
        return cleaned

    def save(self) -> Citation:
        """The new citation, anchored; inside the caller's changeset."""
        if self.citation is None:
            raise ValueError("Only a form without errors can be saved.")
        self.citation.save()
        return self.citation

    def _quote(self, typed: str) -> str:
        return typed.replace("\r\n", "\n")

    def _picked(self) -> str:
        return dict(self.sentences).get(self.cleaned_data.get("sentence") or 0, "")

    def _check_seen(self, record: Record, column: str) -> None:
        """Refuse to cite for a value that was not shown, or is another by now."""
        now, seen_of = record.cell(column), f"{record.label}/{column}"
        self.value_now = value_text(record, column)
        seen = self.cleaned_data.get("seen", "").replace("\r\n", "\n")
        if self.cleaned_data.get("seen_of") == seen_of and seen == now:
            return
        shown_again: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        shown_again["seen"], shown_again["seen_of"] = now, seen_of
        said = ""
        if self.cleaned_data.get("seen_of") == seen_of:
            said = f"; it said {seen or EMPTY} when this form was opened"
        self.data = shown_again
        self.add_error(
            "field",
            f"The field says {now or EMPTY} now{said}. Send the form again if the passage speaks "
            "of that value.",
        )

    def _make(self, record: Record, column: str, quote: str) -> None:
        citation = Citation(
            **{record.record_kind: record},
            field=column,
            paragraph=self.paragraph,
            quote=quote,
            value=record.cell(column),
            **{name: self.cleaned_data.get(name, "") for name in ("stance", "credibility", "note")},
        )
        place(citation)
        try:
            citation.full_clean()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                shown = name if name in self.fields and name not in self.errors else None
                if name == NON_FIELD_ERRORS or name not in self.errors:
                    self.add_error(shown, messages)
        self.citation = citation


def records_to_cite(records: NamedRecords, source: Source, text: str) -> JsonResponse:
    """What the form suggests for what is typed, and the fields of the record that it names."""
    suggested = [
        {"label": record.label, "text": "" if str(record) == record.ref else row_text(record)}
        for record in records.suggested(text, source)
    ]
    named = records.named(text)
    chosen = _chosen(named[0]) if len(named) == 1 else None
    return JsonResponse({"suggested": suggested, "chosen": chosen})


def _chosen(record: Record) -> dict[str, Any]:
    columns = citable_columns(type(record))
    return {
        "label": record.label,
        "text": row_text(record),
        "fields": [
            {
                "column": column,
                "heading": column_heading(column),
                "cell": record.cell(column),
                "value": value_text(record, column),
            }
            for column in columns
        ],
    }


def _columns(records: NamedRecords) -> list[tuple[str, str]]:
    """Every column that can be cited, with the kinds of record that have it."""
    kinds: dict[str, list[str]] = {}
    for kind, model in records.kinds.items():
        for column in citable_columns(model):
            kinds.setdefault(column, []).append(kind.replace("_", " "))
    return [(column, f"{column_heading(column)} ({', '.join(of)})") for column, of in kinds.items()]

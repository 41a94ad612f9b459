"""What an act asks: its terms, one passage that supports all of it, and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.forms import BoundField

from roster.actions.end_protections import EndTerms
from roster.actions.extend_protections import ExtensionTerms
from roster.actions.open_protections import ProtectionTerms
from roster.actions.recite import Passage
from roster.admin.display import column_heading
from roster.admin.forms.date_input import PartialDateInput
from roster.admin.forms.reasons import ReasonForm
from roster.fields import PartialDateField, ProseField
from roster.models import Citation, Protection, ProtectionExtension
from roster.models.citations import Credibility
from roster.models.protections import EndReason, ProtectionLevel
from roster.models.records import Row
from roster.provenance import policy
from roster.provenance.named_paragraphs import paragraph_named
from roster.provenance.placing import quote_refusal

LAST_CITED = "last-cited"
"""The id of the list of passages that the form offers."""
NO_PARAGRAPH = "Say in which paragraph of which source these words stand."


class ColumnField(forms.CharField):
    """An input of a column of a model: takes what that takes, and says its sentences."""

    def __init__(self, model: type[Row], column: str, **kwargs: Any) -> None:
        field: Any = model._meta.get_field(column)
        self.column = field
        kwargs.setdefault("label", column_heading(column))
        kwargs.setdefault("help_text", field.help_text)
        super().__init__(required=kwargs.pop("required", False), widget=_widget(field), **kwargs)

    def clean(self, value: Any) -> Any:
        return self.column.clean(super().clean(value), None)


def _widget(field: Any) -> forms.Widget:
    if isinstance(field, PartialDateField):
        return PartialDateInput(open_end=field.open_end)
    if isinstance(field, ProseField):
        return AdminTextareaWidget(attrs={"rows": 3})
    return AdminTextInputWidget()


class ActForm(ReasonForm):
    """The terms of an act come first; passage and reason are for all records alike."""

    use_required_attribute = False
    term_names: ClassVar[tuple[str, ...]]
    evidence_names: ClassVar = ("paragraph", "quote", "credibility")

    paragraph = forms.CharField(
        label="Paragraph",
        required=False,
        widget=AdminTextInputWidget(attrs={"list": LAST_CITED, "autocomplete": "off"}),
        help_text="The source's ref, # and the number of the paragraph: 2024-07-18-notice#7.",
    )
    quote = ColumnField(Citation, "quote")
    credibility = forms.ChoiceField(choices=[("", "—"), *Credibility.choices], required=False)
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, may_cite: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in () if may_cite else self.evidence_names:
            del self.fields[name]

    def clean_paragraph(self) -> Any:
        given = self.cleaned_data["paragraph"]
        return paragraph_named(given) if given else None

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "paragraph" not in given:
            return given
        paragraph, quote = given["paragraph"], given.get("quote", "")
        if paragraph is None:
            if quote or given.get("credibility"):
                self.add_error("paragraph", NO_PARAGRAPH)
        elif refusal := quote_refusal(quote, paragraph):
            self.add_error("quote", refusal)
        return given

    @property
    def passage(self) -> Passage | None:
        """What all of it rests on, where that was given."""
        given = self.cleaned_data
        if not given.get("paragraph"):
            return None
        return Passage(given["paragraph"], given["quote"], given["credibility"])

    @property
    def asked(self) -> list[BoundField]:
        """The inputs of the terms."""
        return [self[name] for name in self.term_names]

    @property
    def needs_evidence(self) -> bool:
        """Whether facts are refused that rest on no passage."""
        return policy.is_required()

    @property
    def evidence(self) -> list[BoundField]:
        """The inputs of the passage; none for who may not cite."""
        return [self[name] for name in self.evidence_names if name in self.fields]

    @property
    def given(self) -> dict[str, Any]:
        """The terms as they were given."""
        return {name: self.cleaned_data[name] for name in self.term_names}


class ExtendForm(ActForm):
    term_names = (
        "end",
        "start",
        "decided",
        "notified",
        "granted_by",
        "signed_by",
        "reason",
        "takes_over",
    )

    end = ColumnField(
        ProtectionExtension,
        "end",
        label="New end",
        required=True,
        error_messages={"required": "Give the new last day, or .. where no end is foreseen."},
    )
    start = ColumnField(
        ProtectionExtension,
        "start",
        help_text="Left blank: the day after the end so far, where that is a certain day.",
    )
    decided = ColumnField(ProtectionExtension, "decided")
    notified = ColumnField(ProtectionExtension, "notified")
    granted_by = ColumnField(ProtectionExtension, "granted_by")
    signed_by = ColumnField(ProtectionExtension, "signed_by")
    reason = ColumnField(
        ProtectionExtension, "reason", help_text="The reason that the decision gives."
    )
    takes_over = forms.BooleanField(
        label="Take what is blank here from the last decision",
        required=False,
        initial=True,
        help_text="Granted by, signed by and reason, of each protection its own.",
    )

    @property
    def terms(self) -> ExtensionTerms:
        return ExtensionTerms(**self.given)


class EndForm(ActForm):
    term_names = ("end", "end_reason", "ended_by")

    end = ColumnField(
        Protection,
        "end",
        label="Last day",
        required=True,
        help_text="Included. ../2024-07-18 where only the latest possible day is known.",
        error_messages={"required": "Give the last day, included."},
    )
    end_reason = forms.ChoiceField(
        choices=[("", "—"), *EndReason.choices],
        error_messages={"required": "Say why it ends."},
    )
    ended_by = ColumnField(Protection, "ended_by")

    @property
    def terms(self) -> EndTerms:
        return EndTerms(**self.given)


class OpenForm(ActForm):
    term_names = ("level", "provider", "authority", "reason", "start", "end")

    level = forms.ChoiceField(
        choices=[("", "—"), *ProtectionLevel.choices],
        error_messages={"required": "Choose how much protection it is; unknown is a level too."},
    )
    provider = ColumnField(Protection, "provider")
    authority = ColumnField(Protection, "authority")
    reason = ColumnField(Protection, "reason", help_text="Why they are protected.")
    start = ColumnField(Protection, "start", help_text="The first day.")
    end = ColumnField(Protection, "end")

    @property
    def terms(self) -> ProtectionTerms:
        return ProtectionTerms(**self.given)


def passage_text(passage: Passage) -> str:
    """A passage as one line: where it stands, and its words."""
    paragraph = passage.paragraph
    where = f"{paragraph.source.ref}#{paragraph.number}"
    return f"{where}: “{passage.quote}”" if passage.quote else where

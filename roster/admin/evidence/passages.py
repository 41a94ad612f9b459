"""Forms that ask for words of a paragraph: for new values, and in place of words cited before."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.http import QueryDict

from roster.actions.recite import Answer, Outcome, Passage, Question
from roster.admin.forms.form_fields import RowChoiceField
from roster.models import Citation, Paragraph
from roster.provenance.placing import quote_refusal

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

_QUOTE: Any = Citation._meta.get_field("quote")
_CREDIBILITY: Any = Citation._meta.get_field("credibility")


class ParagraphField(RowChoiceField):
    """A choice of a paragraph among those that the page has fetched, all that it names at once."""

    fetched: Mapping[str, Paragraph]

    def to_python(self, value: Any) -> Paragraph | None:
        if value in self.empty_values:
            return None
        if (paragraph := self.fetched.get(str(value))) is None:
            raise ValidationError("There is no such paragraph any more: choose another.")
        return paragraph


class PassageForm(forms.Form):
    """Asks for words of a paragraph, one of `fetched` by its key as it was sent."""

    use_required_attribute = False
    paragraph = ParagraphField(
        queryset=Paragraph.objects.select_related("source"),
        error_messages={"required": "Choose the paragraph in which the words stand."},
    )
    quote = _QUOTE.formfield(
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="The words relied on, as they stand there.",
    )
    credibility = _CREDIBILITY.formfield()

    def __init__(
        self,
        *args: Any,
        site: RosterSite,
        fetched: Mapping[str, Paragraph] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        paragraph: Any = self.fields["paragraph"]
        paragraph.fetched = fetched
        paragraph.widget = AutocompleteSelect(Citation._meta.get_field("paragraph"), site)
        paragraph.widget.choices = paragraph.choices

    def clean_quote(self) -> str:
        quote: str = _QUOTE.clean(self.cleaned_data["quote"], None)
        return quote

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        paragraph = cleaned.get("paragraph")
        if paragraph and (refusal := quote_refusal(cleaned.get("quote", ""), paragraph)):
            self.add_error("quote", refusal)
        return cleaned

    @property
    def passage(self) -> Passage | None:
        """What was given, if anything was."""
        given = self.cleaned_data
        if not given.get("paragraph"):
            return None
        return Passage(given["paragraph"], given["quote"], given["credibility"])


class EvidenceForm(PassageForm):
    """The passage that the form's other new values rest on; may be left empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="evidence", empty_permitted=True, **kwargs)


class AnswerForm(PassageForm):
    """Asks what becomes of one citation."""

    outcome = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of this citation."},
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        self.question = question
        super().__init__(*args, prefix=f"citation-{question.citation.pk}", **kwargs)
        outcome: Any = self.fields["outcome"]
        outcome.choices = list(question.outcomes.items())

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("outcome") == Outcome.REPLACE:
            return super().clean()
        for name in PassageForm.base_fields:  # not asked for, whatever is in it
            self.errors.pop(name, None)
            self.cleaned_data[name] = None
        return self.cleaned_data

    @property
    def answer(self) -> Answer:
        outcome = Outcome(self.cleaned_data["outcome"])
        return Answer(self.question.citation, outcome, self.passage)


def paragraphs_named(sent: QueryDict) -> dict[str, Paragraph]:
    """The paragraphs that a form's passages name, by their keys as they were sent; one query."""
    named = (
        str(value)
        for name, value in sent.items()
        if name.endswith("-paragraph") and name.startswith(("citation-", "evidence-"))
    )
    keys = {int(key) for key in named if key.isascii() and key.isdigit() and len(key) < 19}
    paragraphs = Paragraph.objects.select_related("source").filter(pk__in=keys)
    return {str(paragraph.pk): paragraph for paragraph in paragraphs} if keys else {}

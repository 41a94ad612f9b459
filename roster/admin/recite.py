"""What the form of a record asks about evidence, and what it writes besides the record.

A field that is cited and changed asks what becomes of each citation. One more passage may be
given that every other changed field then rests on. Value and evidence are one changeset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.forms.widgets import Media, Script
from django.http import HttpRequest
from django.urls import reverse

from roster.actions.recite import (
    Answer,
    Outcome,
    Passage,
    Question,
    cite_columns,
    questions_on,
    recite,
)
from roster.admin.display import column_heading
from roster.admin.form_fields import RowChoiceField
from roster.admin.reasons import ReasonedModelForm, RowForm
from roster.history.changesets import changeset
from roster.models import Citation, Paragraph
from roster.models.citations import citable_columns
from roster.models.records import Record
from roster.provenance.placing import quote_refusal
from roster.provenance.policy import EvidenceLacking, require_evidence

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

_QUOTE: Any = Citation._meta.get_field("quote")
_CREDIBILITY: Any = Citation._meta.get_field("credibility")
NOT_ANSWERED = "This value is cited: say what becomes of each citation. Nothing was written."
NOTHING_TO_CITE = (
    "This passage would support nothing: the form sets or changes no factual field that is not "
    "cited above. Leave it out, or cite a field that stays as it is by its own link Cite."
)
BOX_REFUSED = "The passage given as evidence is refused; nothing was written."


class EvidenceRefused(Exception):
    """A page whose evidence is refused, found after its rows were written: they are undone.

    Each refusal is the label of a record (empty: the passage given), a column, and a sentence.
    """

    def __init__(self, refusals: Iterable[tuple[str, str, str]]) -> None:
        super().__init__("The evidence of a form was refused.")
        self.refusals = tuple(refusals)


class PassageForm(forms.Form):
    """Asks for words of a paragraph."""

    use_required_attribute = False
    paragraph = RowChoiceField(
        queryset=Paragraph.objects.select_related("source"),
        error_messages={"required": "Choose the paragraph in which the words stand."},
    )
    quote = _QUOTE.formfield(
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="The words relied on, as they stand there.",
    )
    credibility = _CREDIBILITY.formfield()

    def __init__(self, *args: Any, site: RosterSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paragraph: Any = self.fields["paragraph"]
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


@dataclass(frozen=True)
class AskedField:
    """A field whose value is cited and changed, with a form for each citation."""

    column: str
    forms: tuple[AnswerForm, ...]

    @property
    def heading(self) -> str:
        return column_heading(self.column)


class Recital:
    """The evidence of one page: whom it asks, what was given, and what was refused before."""

    def __init__(
        self,
        request: HttpRequest,
        site: RosterSite,
        *,
        refusals: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        citations = site.get_model_admin(Citation)
        sent = request.POST if request.method == "POST" else None
        self.site = site
        self.refusals = tuple(refusals)
        self.may_recite = citations.has_change_permission(request)
        may_cite = citations.has_add_permission(request)
        may_choose = site.get_model_admin(Paragraph).has_view_permission(request)
        self.box = EvidenceForm(sent, site=site) if may_cite and may_choose else None
        self._records: list[Record] = []
        self._questions: dict[Record, list[Question]] = {}

    def form(self, base: type[forms.BaseForm]) -> Any:
        """The form class `base` as a part of this page."""
        return type(base.__name__, (base,), {"recital": self})

    def expect(self, record: Record) -> None:
        """Have the questions on this record fetched together with those of others of the page."""
        self._records.append(record)

    def asked(self, record: Record, column: str, sent: Mapping[str, Any]) -> AskedField:
        """The questions on a field that changed, with what was answered.

        A citation that speaks of the new value as it is need not be asked about.
        """
        if record not in self._questions:
            self._questions |= questions_on(r for r in self._records if r not in self._questions)
        about = [question for question in self._questions[record] if question.column == column]
        asked = (AnswerForm(sent, question=question, site=self.site) for question in about)
        value = record.cell(column) if about else ""
        return AskedField(
            column,
            tuple(
                form
                for form in asked
                if form.question.citation.value != value or form.add_prefix("outcome") in sent
            ),
        )

    def carry_out(self, forms_of_page: Iterable[RecordForm]) -> None:
        """Write the evidence of the records that the forms have saved, in the same changeset.

        Raises EvidenceRefused where the citations or the policy on evidence refuse it.
        """
        passage = self.box.passage if self.box and self.box.is_bound else None
        cited: list[Citation] = []
        for form in forms_of_page:
            record = form.instance
            if record.pk is None:
                continue
            try:
                recited = recite(record, answers=form.answers) if form.answers else []
                if passage and form.columns_changed:
                    supported = {each.field for each in recited if not each.disputes}
                    columns = set(form.columns_changed) - supported
                    cited += cite_columns(record, columns=columns, passage=passage)
            except ValidationError as error:
                raise EvidenceRefused(
                    (record.label, column, sentence)
                    for column, sentences in error.message_dict.items()
                    for sentence in sentences
                ) from error
        if passage and not cited:
            raise EvidenceRefused([("", "", NOTHING_TO_CITE)])
        self._look_at_policy()

    def _look_at_policy(self) -> None:
        """Ask now what the closing act would ask: the form can still say it."""
        with changeset(reason="Evidence.") as act:  # joins that of the form
            try:
                require_evidence(act)
            except EvidenceLacking as error:
                raise EvidenceRefused(
                    (each.label, each.column, each.sentence) for each in error.lacking
                ) from error


class RecordForm(RowForm):
    """The form of a record: a field that is cited and changed asks about its citations."""

    recital: ClassVar[Recital | None] = None
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked: list[AskedField] = []
        self._is_new = self.instance.pk is None
        self._stored = {name: getattr(self.instance, at) for name, at in self._attnames.items()}
        if self.recital and not self._is_new:
            self.recital.expect(self.instance)

    @property
    def _attnames(self) -> dict[str, str]:
        columns = citable_columns(type(self.instance))
        fields = self.instance._meta.concrete_fields
        return {field.name: field.attname for field in fields if field.name in columns}

    @property
    def columns_changed(self) -> list[str]:
        """The columns that say something else than before; of a new record, all."""
        return [
            name
            for name, attname in self._attnames.items()
            if self._is_new or getattr(self.instance, attname) != self._stored[name]
        ]

    @property
    def answers(self) -> list[Answer]:
        return [form.answer for field in self.asked for form in field.forms]

    @property
    def questions_url(self) -> str:
        """Where a script asks for the questions on a field; empty where nothing is asked."""
        if self._is_new or not (self.recital and self.recital.may_recite):
            return ""
        return questions_url(self.instance)

    @property
    def columns(self) -> str:
        """The columns that questions may be asked about, for a script."""
        return " ".join(name for name in self._attnames if name in self.fields)

    @property
    def media(self) -> Media:
        if self.recital is None:
            return super().media
        script: Any = Script("roster/recite.js", type="module")
        own = Media(js=[script], css={"all": ["roster/recite.css"]})
        return super().media + PassageForm(site=self.recital.site).media + own

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's, for subclasses to extend
        if self.recital is None:
            return
        if self.recital.may_recite and not self._is_new:
            self._ask(self.recital)
        for label, column, sentence in self.recital.refusals:
            if label == self.instance.label:
                self.add_error(column if column in self.fields else None, sentence)

    def _ask(self, recital: Recital) -> None:
        """Ask about the citations of what changed, unless they speak of the new value as it is."""
        for column in self.columns_changed:
            field = recital.asked(self.instance, column, self.data)
            if not field.forms:
                continue
            self.asked.append(field)
            if not all([form.is_valid() for form in field.forms]):  # each is to say what it lacks
                self.add_error(column if column in self.fields else None, NOT_ANSWERED)


class RecordPageForm(RecordForm, ReasonedModelForm):
    """The form of a record on its own page, with the passage that all of the page may rest on."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.recital is None:
            return
        for label, _column, sentence in self.recital.refusals:
            if label and label != self.instance.label:
                self.add_error(None, sentence)
        box = self.recital.box
        if box is None:
            return
        box.full_clean()
        for label, _column, sentence in self.recital.refusals:
            if not label:
                box.add_error("paragraph", sentence)
        if box.errors:
            self.add_error(None, BOX_REFUSED)


def recital_of(request: HttpRequest, site: RosterSite) -> Recital:
    """The evidence of the page that this request is for."""
    found: Recital | None = getattr(request, "recital", None)
    if found is None:
        found = request.recital = Recital(request, site)  # type: ignore[attr-defined]  # for all forms of the page
    return found


def with_refusals(request: HttpRequest, site: RosterSite, refused: EvidenceRefused) -> HttpRequest:
    """The request, to be answered anew by forms that say what was refused."""
    request.recital = Recital(request, site, refusals=refused.refusals)  # type: ignore[attr-defined]  # for all forms of the page
    return request


def questions_on_field(record: Record, column: str, site: RosterSite) -> AskedField:
    """The questions that a change of this field of a record asks."""
    questions = questions_on([record])[record]
    asked = (question for question in questions if question.column == column)
    return AskedField(column, tuple(AnswerForm(question=one, site=site) for one in asked))


def questions_url(record: Record) -> str:
    """The address of the questions on the citations of a record's field, as a piece of a page."""
    return reverse("admin:roster_citation_questions", args=(record.record_kind, record.pk))

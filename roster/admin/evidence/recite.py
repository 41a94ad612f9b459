"""What the form of a record asks about evidence, and what it writes besides the record.

A field that is cited and changed asks what becomes of each citation. One more passage may be
given that every other changed field then rests on. Value and evidence are one changeset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from roster.actions.recite import (
    Question,
    cite_columns,
    questions_on,
    recite,
)
from roster.admin.display import column_heading
from roster.admin.evidence.passages import AnswerForm, EvidenceForm, paragraphs_named
from roster.history.changesets import changeset
from roster.models import Citation, Paragraph
from roster.models.records import Record
from roster.provenance.policy import EvidenceLacking, require_evidence

if TYPE_CHECKING:
    from roster.admin.forms.record_forms import RecordForm
    from roster.admin.site import RosterSite

NOTHING_TO_CITE = (
    "This passage would support nothing: the form sets or changes no factual field that is not "
    "cited above. Leave it out, or cite a field that stays as it is by its own link Cite."
)


class EvidenceRefused(Exception):
    """A page whose evidence is refused, found after its rows were written: they are undone.

    Each refusal is the label of a record (empty: the passage given), a column, and a sentence.
    """

    def __init__(self, refusals: Iterable[tuple[str, str, str]]) -> None:
        super().__init__("The evidence of a form was refused.")
        self.refusals = tuple(refusals)


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
        self.paragraphs = paragraphs_named(request.POST)
        self.box = None
        if may_cite and may_choose:
            self.box = EvidenceForm(sent, site=site, fetched=self.paragraphs)
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
        asked = (
            AnswerForm(sent, question=question, site=self.site, fetched=self.paragraphs)
            for question in about
        )
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

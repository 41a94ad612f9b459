"""Reciting: a cited value changes, and what becomes of each of its citations is said with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db.models import Q

from roster.models import Citation, Paragraph
from roster.models.citations import Stance
from roster.models.records import Record
from roster.provenance.placing import place


class Outcome(StrEnum):
    """What becomes of a citation whose field has another value now."""

    STILL = "still"
    REPLACE = "replace"
    LEAVE = "leave"


@dataclass(frozen=True)
class Question:
    """A citation of a record's field, and what may be answered when that field's value changes."""

    citation: Citation

    @property
    def column(self) -> str:
        return str(self.citation.field)

    @property
    def outcomes(self) -> dict[Outcome, str]:
        """The possible answers, each in words."""
        still = "disputes it" if self.citation.disputes else "supports the new value"
        return {
            Outcome.STILL: f"Still {still}",
            Outcome.REPLACE: "Replace with another passage",
            Outcome.LEAVE: "Leave stale",
        }


@dataclass(frozen=True)
class Passage:
    """Words of a paragraph that a value can rest on; the quote may be left open."""

    paragraph: Paragraph
    quote: str = ""
    credibility: str = ""


@dataclass(frozen=True)
class Answer:
    """What becomes of one citation; with REPLACE, the passage that takes its place."""

    citation: Citation
    outcome: Outcome
    passage: Passage | None = None


def questions_on(records: Iterable[Record]) -> dict[Record, list[Question]]:
    """Each citation of these records as a question, by record, in one query."""
    by_label = {(record.record_kind, record.pk): record for record in records}
    keys: dict[str, list[int]] = defaultdict(list)
    for kind, key in by_label:
        keys[kind].append(key)
    of_records = Q(pk__in=())
    for kind, wanted in keys.items():
        of_records |= Q(**{f"{kind}__in": wanted})
    found: dict[Record, list[Question]] = {record: [] for record in by_label.values()}
    for citation in Citation.objects.filter(of_records).with_places().order_by("field", "id"):
        kind = citation.kind or ""
        found[by_label[kind, getattr(citation, f"{kind}_id")]].append(Question(citation))
    return found


def recite(record: Record, *, answers: Iterable[Answer]) -> list[Citation]:
    """Do with the citations of `record` as answered; those that speak of its values as they are.

    A citation keeps its row and its stance: what it said before is in the ledger. The record is
    saved already, in the caller's changeset. Raises ValidationError by field.
    """
    stored = {citation.pk: citation for citation in _locked(record)}
    recited = []
    for answer in answers:
        if answer.outcome is Outcome.LEAVE:
            continue
        citation = stored.get(answer.citation.pk)
        if citation is None:
            raise ValidationError(
                {
                    answer.citation.field: "A citation of this field was deleted after the form "
                    "was opened: look at those that are left."
                }
            )
        if answer.passage:
            _rest_on(citation, answer.passage)
            citation.note = ""
        recited.append(_cite(record, citation))
    return recited


def cite_columns(record: Record, *, columns: Collection[str], passage: Passage) -> list[Citation]:
    """Cite the passage, as supporting, for what `record` says in those columns that are factual.

    Empty and unknown values need no evidence and get none. Words that are cited for a field
    already are cited for its new value. The record is saved already, in the caller's changeset.
    Raises ValidationError by field.
    """
    there = {
        citation.field: citation
        for citation in _locked(record)
        if not citation.disputes
        and (citation.paragraph_id, citation.quote) == (passage.paragraph.pk, passage.quote)
    }
    cited = []
    for column in record.factual_columns():
        if column not in columns or record.cell(column) in ("", "unknown"):
            continue
        citation = there.get(column) or Citation(field=column, stance=Stance.SUPPORTS)
        setattr(citation, record.record_kind, record)
        _rest_on(citation, passage)
        cited.append(_cite(record, citation))
    return cited


def _locked(record: Record) -> Iterable[Citation]:
    """The citations of the record; no one else's write comes between."""
    return Citation.objects.of(record).with_places().select_for_update(of=("self",))


def _rest_on(citation: Citation, passage: Passage) -> None:
    citation.paragraph = passage.paragraph
    citation.quote = passage.quote
    citation.credibility = passage.credibility


def _cite(record: Record, citation: Citation) -> Citation:
    """Save the citation as one of what the record says now."""
    setattr(citation, record.record_kind, record)
    citation.value = record.cell(citation.field)
    place(citation)
    try:
        citation.full_clean()
    except ValidationError as error:
        raise ValidationError({citation.field: error.messages}) from error
    citation.save()
    return citation

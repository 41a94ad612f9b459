"""Provenance on screen: what a record's fields rest on, and what rests on a source's paragraphs."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.text import capfirst

from roster.admin.display import (
    MOST_ROWS,
    Cell,
    column_heading,
    page_url,
    row_text,
    row_url,
)
from roster.admin.evidence.shown_passages import Passage, shown_passage
from roster.models import Citation, Paragraph, Source
from roster.models.citations import Stance, citable_columns
from roster.models.records import Record
from roster.provenance.independence import SourceFamilies, related_sources
from roster.provenance.states import (
    FLAGS,
    EvidenceState,
    gravest,
    state_of_field,
    states_of,
    with_states,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roster.admin.site import RosterSite

MOST_OF_A_SIDE = 10
"""Citations that are shown of those that support a field, and of those that dispute it."""


@dataclass(frozen=True)
class Side:
    """The citations of a field that support it, or those that dispute it, the gravest first.

    `source_count` counts the sources that speak of the value of today, those that only repeat
    another once; `earlier_count` the citations of a value that the field had before.
    """

    disputes: bool
    source_count: int
    earlier_count: int
    citation_count: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class FieldEvidence:
    """What is cited for one field of a record, and how it stands by that.

    `state` is the gravest of its citations; None of a field that neither has nor wants any.
    `sides` holds those who support it first, and second, where there are any, those who dispute
    it. `all_url` is set where not all citations are shown, `cite_url` for who may cite.
    """

    column: str
    heading: str
    state: EvidenceState | None
    citation_count: int
    sides: tuple[Side, ...]
    all_url: str
    cite_url: str

    @property
    def is_disputed(self) -> bool:
        return len(self.sides) > 1


@dataclass(frozen=True)
class StateCount:
    """How many fields of a record stand so."""

    state: EvidenceState
    count: int


@dataclass(frozen=True)
class Evidence:
    """The evidence of a record, field by field; `counts` has the gravest state first."""

    fields: tuple[FieldEvidence, ...]
    counts: tuple[StateCount, ...]
    may_cite: bool
    all_url: str


@dataclass(frozen=True)
class RestingField:
    """A field that a paragraph is cited for, to support or to dispute it."""

    heading: str
    citation_url: str
    disputed: bool


@dataclass(frozen=True)
class RestingRecord:
    """A record and those of its fields that rest on a paragraph, one for each citation."""

    record: Cell
    fields: tuple[RestingField, ...]


@dataclass(frozen=True)
class CitedParagraph:
    """A paragraph of a source and all that rests on it, by record."""

    paragraph: Cell
    summary: str
    resting: tuple[RestingRecord, ...]


def evidence_of(record: Record, request: HttpRequest, site: RosterSite) -> Evidence | None:
    """What each field of a record rests on, in the order of the fields; None if not to be seen.

    The queries are the same however many citations there are.
    """
    citations = site.get_model_admin(Citation)
    if not citations.has_view_permission(request):
        return None
    standings = _standings(record)
    sources = related_sources({one.source for of in standings.values() for one in of})
    passages = _passages(standings, sources, site.tables_viewed_by(request))
    may_cite = citations.has_add_permission(request)
    all_url = f"{page_url(Citation, 'changelist')}?{record.record_kind}__id__exact={record.pk}"
    fields = tuple(
        FieldEvidence(
            column=column,
            heading=column_heading(column),
            state=_state(record, column, standings[column]),
            citation_count=len(standings[column]),
            sides=_sides(standings[column], sources, passages),
            all_url=f"{all_url}&field__exact={column}"
            if any(one.pk not in passages for one in standings[column])
            else "",
            cite_url=cite_url(record, column) if may_cite else "",
        )
        for column in citable_columns(type(record))
    )
    found = Counter(field.state for field in fields if field.state)
    return Evidence(
        fields=fields,
        counts=tuple(StateCount(state, found[state]) for state in EvidenceState if found[state]),
        may_cite=may_cite,
        all_url=all_url if any(standings.values()) else "",
    )


def cited_paragraphs(source: Source, *, with_citations: bool) -> list[CitedParagraph]:
    """The paragraphs of a source by number, the first `MOST_ROWS`, with what rests on each."""
    citations = Citation.objects.with_records().order_by("field", "id")
    if not with_citations:
        citations = citations.none()
    paragraphs = source.paragraphs.order_by("number").prefetch_related(
        Prefetch("citations", citations)
    )
    return [_cited_paragraph(paragraph) for paragraph in paragraphs[:MOST_ROWS]]


def cite_url(record: Record, column: str) -> str:
    """The address of the short form that cites one field of a record."""
    return reverse("admin:roster_citation_cite", args=(record.record_kind, record.pk, column))


@dataclass(frozen=True)
class _Standing:
    """What is known of every citation of a record, shown or not."""

    pk: int
    disputes: bool
    source: int
    states: tuple[EvidenceState, ...]

    @property
    def is_of_an_earlier_value(self) -> bool:
        return EvidenceState.STALE in self.states


def _standings(record: Record) -> dict[str, list[_Standing]]:
    """The citations of a record by field, the gravest first, and then as they were made."""
    found: dict[str, list[_Standing]] = defaultdict(list)
    rows = with_states(Citation.objects.of(record)).order_by("id")
    for row in rows.values_list(
        "pk", "field", "stance", "paragraph__source", *FLAGS.values(), named=True
    ):
        disputes = row.stance == Stance.DISPUTES
        found[row.field].append(_Standing(row.pk, disputes, row.paragraph__source, states_of(row)))
    order = list(EvidenceState)
    for standings in found.values():
        standings.sort(key=lambda one: order.index(gravest(one.states)))
    return found


def _passages(
    standings: dict[str, list[_Standing]], sources: SourceFamilies, seen: frozenset[str]
) -> dict[int, Passage]:
    """The passages that the page shows, by the keys of their citations."""
    states = {
        one.pk: one.states
        for of_field in standings.values()
        for disputes in (False, True)
        for one in [one for one in of_field if one.disputes is disputes][:MOST_OF_A_SIDE]
    }
    shown = Citation.objects.filter(pk__in=states).prefetch_related("paragraph")
    return {
        citation.pk: shown_passage(citation, states[citation.pk], sources, seen)
        for citation in shown
    }


def _state(record: Record, column: str, standings: list[_Standing]) -> EvidenceState | None:
    return state_of_field(record, column, ((one.disputes, one.states) for one in standings))


def _sides(
    standings: list[_Standing], sources: SourceFamilies, passages: dict[int, Passage]
) -> tuple[Side, ...]:
    disputed = any(one.disputes for one in standings)
    return tuple(
        _side([one for one in standings if one.disputes is disputes], sources, passages, disputes)
        for disputes in ((False, True) if disputed else (False,))
    )


def _side(
    standings: list[_Standing],
    sources: SourceFamilies,
    passages: dict[int, Passage],
    disputes: bool,
) -> Side:
    of_today = [one.source for one in standings if not one.is_of_an_earlier_value]
    return Side(
        disputes=disputes,
        source_count=sources.independent_count(of_today),
        earlier_count=len(standings) - len(of_today),
        citation_count=len(standings),
        passages=tuple(passages[one.pk] for one in standings if one.pk in passages),
    )


def _cited_paragraph(paragraph: Paragraph) -> CitedParagraph:
    fields: dict[Cell, list[RestingField]] = defaultdict(list)
    for citation in paragraph.citations.all():
        if record := citation.record:
            kind = capfirst(str(record._meta.verbose_name))
            fields[Cell(f"{kind}: {row_text(record)}", row_url(record))].append(
                RestingField(column_heading(citation.field), row_url(citation), citation.disputes)
            )
    return CitedParagraph(
        paragraph=Cell(str(paragraph), row_url(paragraph)),
        summary=paragraph.summary,
        resting=tuple(
            RestingRecord(record, tuple(fields[record]))
            for record in sorted(fields, key=lambda cell: cell.text)
        ),
    )

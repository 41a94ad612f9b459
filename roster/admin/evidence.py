"""Provenance on screen: what a record's fields rest on, and what rests on a source's paragraphs."""

from __future__ import annotations

from collections import defaultdict
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
    value_text,
)
from roster.models import Citation, Paragraph, Source
from roster.models.citations import citable_columns
from roster.models.records import Record

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roster.admin.site import RosterSite


@dataclass(frozen=True)
class Passage:
    """One citation as its record's page shows it: its stance, which leads to it, and the words."""

    citation: Cell
    disputes: bool
    paragraph: Cell
    source_title: str
    quote: str
    value: str


@dataclass(frozen=True)
class FieldEvidence:
    """A field, what it says, and the passages that are cited for it.

    `wanted` of a value that should have a citation; `cite_url` is empty for who may not cite.
    """

    heading: str
    value: str
    wanted: bool
    passages: tuple[Passage, ...]
    cite_url: str


@dataclass(frozen=True)
class Evidence:
    """The evidence of a record, field by field; `all_url` is set where not all of it is shown."""

    fields: tuple[FieldEvidence, ...]
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
    """What each field of a record rests on, in the order of the fields; None if not to be seen."""
    citations = site.get_model_admin(Citation)
    if not citations.has_view_permission(request):
        return None
    may_cite = citations.has_add_permission(request)
    found = list(Citation.objects.of(record).with_places().order_by("field", "id")[: MOST_ROWS + 1])
    passages: dict[str, list[Passage]] = defaultdict(list)
    for citation in found[:MOST_ROWS]:
        passages[citation.field].append(_passage(citation))
    kind, factual = record.record_kind, record.factual_columns()
    return Evidence(
        fields=tuple(
            FieldEvidence(
                heading=column_heading(column),
                value=value_text(record, column),
                wanted=column in factual and record.cell(column) not in ("", "unknown"),
                passages=tuple(passages[column]),
                cite_url=cite_url(record, column) if may_cite else "",
            )
            for column in citable_columns(type(record))
        ),
        all_url=f"{page_url(Citation, 'changelist')}?{kind}__id__exact={record.pk}"
        if found[MOST_ROWS:]
        else "",
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


def _passage(citation: Citation) -> Passage:
    paragraph = citation.paragraph
    return Passage(
        citation=Cell(citation.get_stance_display(), row_url(citation)),
        disputes=citation.disputes,
        paragraph=Cell(str(paragraph), row_url(paragraph)),
        source_title=paragraph.source.title,
        quote=citation.quote,
        value=citation.value,
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

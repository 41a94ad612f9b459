"""An official's page in the past: what was known at one moment about what held on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse

from roster.admin.display import (
    EMPTY,
    Cell,
    cell_text,
    column_heading,
    in_words,
    page_url,
    row_text,
    row_url,
    value_text,
)
from roster.admin.past.times import TwoTimesForm, past_url
from roster.dates import PartialDate
from roster.history.diffs import row_label
from roster.history.past.rows import PastOfficial, official_as_of
from roster.models import (
    Change,
    Citation,
    Official,
    Protection,
    ProtectionExtension,
    Role,
    Row,
    Threat,
)
from roster.models.changes import Act
from roster.models.records import Record
from roster.periods import Certainty, Period

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

PERIOD = ("start", "end")
"""Columns that are shown even where they are not known."""


@dataclass(frozen=True)
class PastCitation:
    """What was cited for a field; `value` where it was cited for another than the field had."""

    stance: str
    disputes: bool
    quote: str
    place: str
    value: str
    note: str
    is_deleted: bool


@dataclass(frozen=True)
class PastField:
    """A field as it was then, with what was cited for it."""

    heading: str
    value: str
    citations: tuple[PastCitation, ...]


@dataclass(frozen=True)
class PastRecord:
    """A record as it was then; `in_force` is None of an official, who is in force on no day."""

    label: str
    text: str
    in_force: Certainty | None
    is_deleted: bool
    fields: tuple[PastField, ...]


@dataclass(frozen=True)
class PastSection:
    """The records of one kind."""

    title: str
    records: tuple[PastRecord, ...]


def past_official_page(request: HttpRequest, site: RosterSite, key: int) -> TemplateResponse:
    """The official of this key as the address asks; 404 with a sentence when there was none."""
    if not site.get_model_admin(Official).has_view_permission(request):
        raise PermissionDenied
    form = TwoTimesForm.asked(request)
    today = Official.objects.filter(pk=key).first()
    context: dict[str, Any] = {
        **site.each_context(request),
        "opts": Official._meta,
        "form": form,
        "title": f"In the past: {row_text(today) if today else f'official {key}'}",
        "now_url": row_url(today) if today else page_url(Official, "changelist"),
        "now_text": "Back to now" if today else "To the officials of today",
        "official_today": today,
    }
    status = 200
    if form.is_valid():
        moment, day = form.moment, form.day
        then = official_as_of(key, moment.position if moment else None)
        context |= {"moment": moment, "day_in_words": in_words(day.isoformat())}
        if then is None:
            status = 404
            context |= {"is_absent": True, **_absent(key, day)}
        else:
            context |= _shown(then, day, site.tables_viewed_by(request))
    request.current_app = site.name
    return TemplateResponse(request, "roster/past/official.html", context, status=status)


def _shown(then: PastOfficial, day: date, seen: frozenset[str]) -> dict[str, Any]:
    """The official and all that hung on the official, as far as the tables `seen` go."""
    kinds: tuple[tuple[str, type[models.Model], tuple[Record, ...]], ...] = (
        ("Official", Official, (then.official,)),
        ("Roles", Role, then.roles),
        ("Threats", Threat, then.threats),
        ("Protections", Protection, then.protections),
        ("Extensions", ProtectionExtension, then.extensions),
    )
    told = [(title, rows) for title, model, rows in kinds if _is_seen(model, seen)]
    citations = then.citations if _is_seen(Citation, seen) else ()
    gone = _deleted_since([*citations, *(row for _title, rows in told for row in rows)])
    cited: dict[Record, list[Citation]] = defaultdict(list)
    for citation in citations:
        if citation.record:
            cited[citation.record].append(citation)
    sections = [
        PastSection(title, tuple(_record(row, cited[row], day, gone) for row in rows))
        for title, rows in told
    ]
    shown: dict[str, Any] = {
        "title": f"In the past: {row_text(then.official)}",
        "is_deleted": then.official in gone,
        "shows_citations": _is_seen(Citation, seen),
        "sections": sections,
    }
    if _is_seen(Protection, seen):
        shown["protected"] = _surest(_in_force(row, day) for row in then.protections)
    return shown


def _absent(key: int, day: date) -> dict[str, Any]:
    """Who it is that was not there then, and the moments at which the official was."""
    came_and_went = (
        Change.objects.filter(table=Official._meta.db_table, key=key)
        .exclude(act=Act.UPDATE)
        .select_related("changeset")
        .order_by("id")
    )
    label = ""
    moments: dict[str, Cell] = {}
    for change in came_and_went:
        label = row_label(change.table, key, change.after or change.before)
        if change.changeset:
            is_last = change.act == Act.DELETE
            known = f"#{change.changeset.position - is_last}"
            told = "before its deletion" if is_last else "when added"
            address = past_url(key, known=known, on=day)
            moments.setdefault(known, Cell(f"{told}, changeset {known}", address))
    return {"label": label, "moments": list(moments.values())}


def _record(
    row: Record, citations: Iterable[Citation], day: date, gone: Collection[Row]
) -> PastRecord:
    cited: dict[str, list[PastCitation]] = defaultdict(list)
    for citation in citations:
        cited[citation.field].append(_citation(citation, row, citation in gone))
    # A column may have had another name when it was cited.
    shown = [
        column
        for column in dict.fromkeys((*row.columns, *cited))
        if column in cited or _tells_something(row, column)
    ]
    return PastRecord(
        label=row.label,
        text=row_text(row),
        in_force=None if isinstance(row, Official) else _in_force(row, day),
        is_deleted=row in gone,
        fields=tuple(
            PastField(
                column_heading(column),
                value_text(row, column) if column in row.columns else EMPTY,
                tuple(cited[column]),
            )
            for column in shown
        ),
    )


def _tells_something(row: Record, column: str) -> bool:
    """Whether the page has to show a column that nothing is cited for."""
    if column in {"ref", row.parent_column}:
        return False
    return row.cell(column) != "" or column in PERIOD


def _citation(citation: Citation, row: Record, is_deleted: bool) -> PastCitation:
    column = citation.field
    is_of_another = column in row.columns and citation.value != row.cell(column)
    return PastCitation(
        stance=citation.get_stance_display(),
        disputes=citation.disputes,
        quote=citation.quote,
        place=row_text(citation.paragraph),
        value=cell_text(type(row), column, citation.value) if is_of_another else "",
        note=citation.note,
        is_deleted=is_deleted,
    )


def _in_force(row: Any, day: date) -> Certainty:
    return Period(PartialDate(row.start), PartialDate(row.end)).in_force(day)


def _surest(answers: Iterable[Certainty]) -> Certainty:
    return min(answers, key=list(Certainty).index, default=Certainty.NO)


def _deleted_since(rows: Iterable[Row]) -> set[Row]:
    """Those of the rows that there are no more; a query a model."""
    by_model: dict[type[Row], list[Row]] = defaultdict(list)
    for row in rows:
        by_model[type(row)].append(row)
    gone: set[Row] = set()
    for model, of_model in by_model.items():
        there = model._default_manager.filter(pk__in=[row.pk for row in of_model]).order_by()
        keys = set(there.values_list("pk", flat=True))
        gone |= {row for row in of_model if row.pk not in keys}
    return gone


def _is_seen(model: type[models.Model], seen: frozenset[str]) -> bool:
    return model._meta.db_table in seen

"""A change as a reviewer reads it: each value with the passages that are cited for it today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from roster.admin.display import Cell, column_heading, row_url
from roster.admin.shown_changes import ChangedRow, ShownChange, ShownDifference, by_row
from roster.fields import SearchKeyField
from roster.models import RECORDS, Citation
from roster.models.changes import Act
from roster.models.records import Record
from roster.provenance.states import states_of, with_states

MOST_PASSAGES = 500
"""Citations that one page shows."""

_RECORD_TABLES: dict[str, type[Record]] = {model._meta.db_table: model for model in RECORDS}

_MADE = {
    field.column
    for model in RECORDS
    for field in model._meta.local_fields
    if isinstance(field, SearchKeyField)
}
"""Columns that Roster makes from others: nothing to judge."""

_Passages = dict[tuple[str, int, str], list["ReviewedPassage"]]


@dataclass(frozen=True)
class ReviewedPassage:
    """One citation: its stance, which leads to it, the words, the value, and how it stands today.

    Current words may speak of another value than the one that is reviewed: the field may have
    changed once more since.
    """

    citation: Cell
    disputes: bool
    paragraph: Cell
    source_title: str
    quote: str
    states: tuple[str, ...]
    cited_for: str


@dataclass(frozen=True)
class ReviewedField:
    """A column of a change, and what is cited for it; `wanted` where something should be."""

    heading: str
    old: str
    new: str
    passages: tuple[ReviewedPassage, ...]
    wanted: bool


@dataclass(frozen=True)
class ReviewedChange:
    """One change of one row. `is_of_record` where its fields can be cited."""

    act: str
    label: str
    url: str
    fields: tuple[ReviewedField, ...]
    is_of_record: bool


def reviewed_changes(
    shown: Iterable[ShownChange], *, with_citations: bool
) -> tuple[ReviewedChange, ...]:
    """The changes row by row, with the citations of what they changed; one query for all."""
    rows = by_row(shown)
    passages = _passages_of(rows) if with_citations else {}
    return tuple(
        _reviewed(change, row, passages if with_citations else None)
        for row in rows
        for change in row.changes
    )


def _reviewed(shown: ShownChange, row: ChangedRow, passages: _Passages | None) -> ReviewedChange:
    model = _RECORD_TABLES.get(shown.change.table)
    is_of_record = model is not None and passages is not None
    return ReviewedChange(
        act=shown.change.get_act_display(),
        label=shown.label,
        url=row.url,
        fields=tuple(
            _field(one, shown, model, passages or {})
            for one in shown.differences
            if one.column not in _MADE
        ),
        is_of_record=is_of_record,
    )


def _field(
    difference: ShownDifference, shown: ShownChange, model: type[Record] | None, passages: _Passages
) -> ReviewedField:
    change, column = shown.change, difference.column
    kind = model.record_kind if model else ""
    says_something = change.act != Act.DELETE and difference.new not in ("", "unknown")
    return ReviewedField(
        heading=column_heading(column),
        old=difference.old,
        new=difference.new,
        passages=tuple(passages.get((kind, change.key, column), ())),
        wanted=model is not None and says_something and column in model.factual_columns(),
    )


def _passages_of(rows: Iterable[ChangedRow]) -> _Passages:
    """The citations of the changed records, by kind, key and field."""
    keys: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        change = row.changes[-1].change
        if model := _RECORD_TABLES.get(change.table):
            keys[model.record_kind].add(change.key)
    if not keys:
        return {}
    wanted = Q()
    for kind, those in keys.items():
        wanted |= Q(**{f"{kind}__in": those})
    found: dict[tuple[str, int, str], list[ReviewedPassage]] = defaultdict(list)
    citations = with_states(Citation.objects.filter(wanted).with_places()).order_by("id")
    for citation in citations[:MOST_PASSAGES]:
        kind = str(citation.kind)
        found[kind, getattr(citation, f"{kind}_id"), citation.field].append(_passage(citation))
    return found


def _passage(citation: Any) -> ReviewedPassage:
    paragraph, states = citation.paragraph, states_of(citation)
    return ReviewedPassage(
        citation=Cell(citation.get_stance_display(), row_url(citation)),
        disputes=citation.disputes,
        paragraph=Cell(str(paragraph), row_url(paragraph)),
        source_title=paragraph.source.title,
        quote=citation.quote,
        states=tuple(state.value for state in states),
        cited_for=citation.value,
    )

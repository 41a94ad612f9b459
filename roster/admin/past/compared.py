"""Two moments of a record beside each other, with what hung on it: what differs, what does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from roster.admin.display import EMPTY, column_heading, row_text, value_text
from roster.history.past.belonging import changes_about
from roster.history.past.rows import official_as_of, rows_as_of
from roster.models import (
    Citation,
    Official,
    Protection,
    ProtectionExtension,
    Role,
    Row,
    Threat,
)
from roster.models.records import Record
from roster.provenance.wording import Stretch, side_by_side

LONG = 60
"""Characters from which on a text is told apart word by word, and not as a whole."""
CHILDREN: tuple[type[Record], ...] = (Role, Threat, Protection, ProtectionExtension)
"""The kinds that hang on a record, in the order in which they are shown after it."""

_At = tuple[type[Record], int]


class Standing(StrEnum):
    """What became of a record from the one moment to the other."""

    ADDED = "added"
    DELETED = "deleted"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Then:
    """A record and what hung on it at one moment; `record` is None where it was not there."""

    record: Record | None = None
    records: Mapping[_At, Record] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()

    def cited(self, at: _At) -> dict[str, list[Citation]]:
        """The citations of one of the records, by field."""
        found: dict[str, list[Citation]] = defaultdict(list)
        for citation in self.citations:
            if citation.record and (type(citation.record), citation.record.pk) == at:
                found[citation.field].append(citation)
        return found


@dataclass(frozen=True)
class ComparedCitation:
    """What was cited; `differs` where the other moment has it otherwise, or not at all."""

    stance: str
    disputes: bool
    quote: str
    place: str
    note: str
    differs: bool


@dataclass(frozen=True)
class ComparedField:
    """A field at both moments: its value in stretches, and what was cited for it."""

    heading: str
    old: tuple[Stretch, ...]
    new: tuple[Stretch, ...]
    old_citations: tuple[ComparedCitation, ...]
    new_citations: tuple[ComparedCitation, ...]
    differs: bool


@dataclass(frozen=True)
class ComparedRecord:
    """A record at both moments; what differs apart from what does not."""

    label: str
    text: str
    kind: str
    standing: Standing
    differing: tuple[ComparedField, ...]
    same: tuple[ComparedField, ...]


def then_of(model: type[Record], key: int, position: int | None) -> Then:
    """The record of this key at the position, with what hung on it; the position None is now."""
    if model is Official:
        past = official_as_of(key, position)
        if past is None:
            return Then()
        hanging = (*past.roles, *past.threats, *past.protections, *past.extensions)
        return _then(past.official, hanging, past.citations)
    rows = rows_as_of(model, position, keys=[key])
    if not rows:
        return Then()
    keys: dict[str, set[int]] = defaultdict(set)
    row = model()
    row.pk = key
    about = changes_about(row).order_by().values_list("table", "key").distinct()
    for table, row_key in about:
        keys[table].add(row_key)
    extensions = [
        row
        for row in rows_as_of(
            ProtectionExtension, position, keys=keys[ProtectionExtension._meta.db_table]
        )
        if model is Protection and row.protection_id == key
    ]
    citations = rows_as_of(Citation, position, keys=keys[Citation._meta.db_table])
    return _then(rows[0], extensions, citations)


def _then(record: Record, hanging: Iterable[Record], citations: Iterable[Citation]) -> Then:
    records = {(type(row), row.pk): row for row in (record, *hanging)}
    own = (one for one in citations if one.record and (type(one.record), one.record.pk) in records)
    return Then(record, records, tuple(own))


def compared(old: Then, new: Then, *, seen: frozenset[str]) -> list[ComparedRecord]:
    """Every record of either moment, of tables `seen`, the record itself first, then by kind."""
    places = [at for at in {**old.records, **new.records} if at[0]._meta.db_table in seen]
    with_citations = Citation._meta.db_table in seen
    listed = [_compared(at, old, new, with_citations=with_citations) for at in places]
    order = {model: number for number, model in enumerate(CHILDREN)}
    main = old.record or new.record
    ranked = sorted(
        zip(places, listed, strict=True),
        key=lambda one: (
            one[0] != (type(main), main.pk if main else None),
            order.get(one[0][0], -1),
            one[1].label,
        ),
    )
    return [record for _, record in ranked]


def _compared(at: _At, old: Then, new: Then, *, with_citations: bool) -> ComparedRecord:
    before, after = old.records.get(at), new.records.get(at)
    row: Any = after or before
    cited = [one.cited(at) if with_citations else {} for one in (old, new)]
    columns = dict.fromkeys((*row.columns, *cited[0], *cited[1]))
    shown = [_field(column, before, after, *cited) for column in columns]
    differing = tuple(one for one in shown if one.differs)
    is_at_both = before is not None and after is not None
    return ComparedRecord(
        label=row.label,
        text=row_text(row),
        kind=str(row._meta.verbose_name),
        standing=_standing(before, after, differs=bool(differing)),
        differing=differing,
        same=tuple(
            one
            for column, one in zip(columns, shown, strict=True)
            if is_at_both and not one.differs and (_cell(row, column) or one.new_citations)
        ),
    )


def _standing(before: Row | None, after: Row | None, *, differs: bool) -> Standing:
    if before is None:
        return Standing.ADDED
    if after is None:
        return Standing.DELETED
    return Standing.CHANGED if differs else Standing.UNCHANGED


def _field(
    column: str,
    before: Row | None,
    after: Row | None,
    old_cited: Mapping[str, list[Citation]],
    new_cited: Mapping[str, list[Citation]],
) -> ComparedField:
    old_cell, new_cell = (_cell(row, column) for row in (before, after))
    cited = [{one.pk: one for one in side.get(column, ())} for side in (old_cited, new_cited)]
    old_citations, new_citations = _citations(cited[0], cited[1]), _citations(cited[1], cited[0])
    value_differs = (old_cell or "") != (new_cell or "")
    old, new = _stretches(_text(before, column), _text(after, column), differs=value_differs)
    return ComparedField(
        heading=column_heading(column),
        old=old,
        new=new,
        old_citations=old_citations,
        new_citations=new_citations,
        differs=value_differs or any(one.differs for one in (*old_citations, *new_citations)),
    )


def _cell(row: Row | None, column: str) -> str | None:
    """None where there was no such row, or it has no such column any more."""
    return row.cell(column) if row and column in row.columns else None


def _text(row: Row | None, column: str) -> str:
    return value_text(row, column) if row and column in row.columns else ""


def _stretches(
    old: str, new: str, *, differs: bool
) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """Both texts; of long ones the words that differ, of short ones all where they do."""
    if differs and min(len(old), len(new)) >= LONG:
        ours, theirs = side_by_side(old, new)
        return tuple(ours), tuple(theirs)
    return tuple(
        (Stretch(text, differs=differs and text != EMPTY),) if text else () for text in (old, new)
    )  # type: ignore[return-value]  # there are two


def _citations(
    own: Mapping[int, Citation], others: Mapping[int, Citation]
) -> tuple[ComparedCitation, ...]:
    return tuple(
        ComparedCitation(
            stance=one.get_stance_display(),
            disputes=one.disputes,
            quote=one.quote,
            place=row_text(one.paragraph),
            note=one.note,
            differs=key not in others or _told(one) != _told(others[key]),
        )
        for key, one in own.items()
    )


def _told(citation: Citation) -> tuple[str, ...]:
    """What a page tells of a citation."""
    place = (citation.cell("source"), citation.cell("paragraph"))
    return (*place, citation.stance, citation.quote, citation.note, citation.value)

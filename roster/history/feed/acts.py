"""The feed: what each changeset did, record by record, values and evidence together, as data."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from roster.fields import SearchKeyField
from roster.history.diffs import differences_between, model_of_table, state
from roster.history.past.changes import Place
from roster.history.row_names import RowName, recorded_name, row_names
from roster.models import Change, Changeset, Citation, Official, Paragraph, Source
from roster.models.changes import Act
from roster.models.citations import CITABLE, Stance

CHANGES_LOOKED_THROUGH = 40
"""Changes of one changeset that an entry is made of; its page has them all."""
MOST_RECORDS = 6
"""Records of one changeset that an entry tells of."""

Recorded = tuple[str | None, str | None]
"""A row before the first and after the last change of it that an entry is made of."""


@dataclass(frozen=True)
class FieldChange:
    """A column and what it said before and after; another row reads as its ref."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class CitationChange:
    """What became of one citation; `differences` are those of one that was altered."""

    act: Act
    field: str
    disputes: bool
    source: str
    paragraph: str
    quote: str
    differences: tuple[FieldChange, ...]


@dataclass(frozen=True)
class RecordChanges:
    """What a changeset did to one record; `act` is None where it altered its evidence only."""

    table: str
    key: int
    name: str
    label: str
    act: Act | None
    differences: tuple[FieldChange, ...]
    citations: tuple[CitationChange, ...]


@dataclass(frozen=True)
class Entry:
    """A changeset and its first records.

    `is_whole` where nothing of it is left out, `hides` where some of what was looked through is of
    a table that may not be seen.
    """

    changeset: Changeset
    records: tuple[RecordChanges, ...]
    is_whole: bool
    hides: bool


def entries_of(
    changesets: Sequence[Any], *, seen: Collection[str], official: int | None = None
) -> list[Entry]:
    """An entry for each changeset, as far as it is about tables `seen`; five queries for all.

    With `official`, of what concerns that official only; else from the change that a search found
    in it (`first_match`), or from its first.
    """
    changes = _changes_of(changesets, official)
    by_changeset: dict[int | None, list[Change]] = defaultdict(list)
    for change in changes:
        by_changeset[change.changeset_id].append(change)
    drafts = [
        (row, [_Draft(*group) for group in _grouped(by_changeset[row.pk], seen)[:MOST_RECORDS]])
        for row in changesets
    ]
    names = row_names(_wanted(draft for _, of_row in drafts for draft in of_row))
    return [
        Entry(
            changeset=row,
            records=tuple(draft.told(names) for draft in of_row),
            is_whole=len(found := by_changeset[row.pk]) == row.change_count
            and len(_grouped(found, seen)) <= MOST_RECORDS,
            hides=any(change.table not in seen for change in found),
        )
        for row, of_row in drafts
    ]


def _changes_of(changesets: Sequence[Any], official: int | None) -> Iterable[Change]:
    """The first changes of each changeset, in order."""
    if official is not None:
        number = Window(RowNumber(), partition_by=F("changeset_id"), order_by=F("id").asc())
        of_official = Change.objects.filter(
            official=official, changeset__in=[row.pk for row in changesets]
        )
        numbered = of_official.annotate(number=number)
        return numbered.filter(number__lte=CHANGES_LOOKED_THROUGH).order_by("id")
    # Key by key: asked for ranges in order, SQLite walks the whole ledger.
    keys: set[int] = set()
    for row in changesets:
        first = getattr(row, "first_match", None) or row.first_change
        keys.update(range(first, min(row.last_change + 1, first + CHANGES_LOOKED_THROUGH)))
    return Change.objects.filter(pk__in=keys, changeset__isnull=False).order_by("id")


_Group = tuple[Place, "Recorded | None", int | None, dict[int, Recorded]]


def _grouped(changes: Iterable[Change], seen: Collection[str]) -> list[_Group]:
    """By record, in the order of the first change: itself, whom it concerns, its citations."""
    own: dict[Place, Recorded] = {}
    cited: dict[Place, dict[int, Recorded]] = defaultdict(dict)
    officials: dict[Place, int | None] = {}
    for change in changes:
        if change.table not in seen:
            continue
        place = change.table, change.key
        if change.table == Citation._meta.db_table:
            place = _record_of(state(change.after or change.before)) or place
        officials[place] = change.official_id or officials.get(place)
        if place == (change.table, change.key):
            own[place] = _followed(own.get(place), change)
        else:
            cited[place][change.key] = _followed(cited[place].get(change.key), change)
    return [(place, own.get(place), officials[place], cited.get(place, {})) for place in officials]


def _followed(earlier: Recorded | None, change: Change) -> Recorded:
    """What became of a row, one more change on; of one that came and went, what went."""
    before = earlier[0] if earlier else change.before
    if change.after is None and before is None:
        before = change.before
    return before, change.after


def _record_of(citation: Mapping[str, Any]) -> Place | None:
    """The record that recorded columns of a citation are about."""
    found = ((model, citation.get(f"{kind}_id")) for kind, model in CITABLE.items())
    return next(((model._meta.db_table, key) for model, key in found if key), None)


class _Draft:
    """A record of an entry before the names of the rows that it points at are known."""

    def __init__(
        self, place: Place, own: Recorded | None, official: int | None, cited: dict[int, Recorded]
    ) -> None:
        self.place, self.own, self.official, self.cited = place, own, official, cited
        self.model = model_of_table(place[0])

    def pointed_at(self) -> Iterator[tuple[type[models.Model], int]]:
        """The rows whose names it needs."""
        if self.official:
            yield Official, self.official
        if self.own is None and self.model:
            yield self.model, self.place[1]
        for model, recorded in self._rows():
            for column, target in _targets(model).items():
                for columns in map(state, recorded):
                    if columns.get(column):
                        yield target, columns[column]

    def told(self, names: Mapping[Place, RowName]) -> RecordChanges:
        called = self._called(names)
        return RecordChanges(
            table=self.place[0],
            key=self.place[1],
            name=self._name(called, names),
            label=f"{self._kind}:{called.ref}",
            act=_act(self.own) if self.own else None,
            differences=_field_changes(self.model, self.own, names) if self.own else (),
            citations=tuple(_citation(one, names) for one in self.cited.values()),
        )

    @property
    def _kind(self) -> str:
        if self.model is None:
            return self.place[0]
        return str(getattr(self.model, "record_kind", None) or self.model._meta.verbose_name)

    def _rows(self) -> Iterator[tuple[type[models.Model] | None, Recorded]]:
        if self.own:
            yield self.model, self.own
        yield from ((Citation, recorded) for recorded in self.cited.values())

    def _called(self, names: Mapping[Place, RowName]) -> RowName:
        if self.own is None:
            return names.get(self.place, RowName(f"#{self.place[1]}"))
        columns = _last(self.own)
        if self.model is Paragraph:
            source = names.get((Source._meta.db_table, columns.get("source_id") or 0))
            return RowName(f"{source.ref if source else '?'}#{columns.get('number')}")
        if (called := recorded_name(columns)).ref:
            return called
        pointed = (
            names.get((target._meta.db_table, columns.get(column) or 0))
            for column, target in _targets(self.model).items()
        )
        return RowName(", ".join(one.ref for one in pointed if one) or f"#{self.place[1]}")

    def _name(self, called: RowName, names: Mapping[Place, RowName]) -> str:
        if self.model is Official:
            return called.name or called.ref
        kind = self._kind.replace("_", " ")
        concerned = names.get((Official._meta.db_table, self.official or 0))
        if concerned:
            return f"{concerned.name or concerned.ref}, {kind} {called.name}".rstrip()
        return f"{kind} {called.name or called.ref}"


def _wanted(drafts: Iterable[_Draft]) -> dict[type[models.Model], set[int]]:
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for draft in drafts:
        for model, key in draft.pointed_at():
            wanted[model].add(key)
    return wanted


def _act(recorded: Recorded) -> Act:
    """What became of the row in all; one that came and went is deleted."""
    before, after = recorded
    if after is None:
        return Act.DELETE
    return Act.INSERT if before is None else Act.UPDATE


def _last(recorded: Recorded) -> dict[str, Any]:
    before, after = recorded
    return state(after or before)


def _targets(model: type[models.Model] | None) -> dict[str, Any]:
    fields = model._meta.local_concrete_fields if model else ()
    return {str(field.column): field.related_model for field in fields if field.is_relation}


def _field_changes(
    model: type[models.Model] | None, recorded: Recorded, names: Mapping[Place, RowName]
) -> tuple[FieldChange, ...]:
    """What differs and says something; of a new or deleted record not what its heading says."""
    targets, made = _targets(model), _made(model)
    headed = set() if _act(recorded) == Act.UPDATE else _told_by_heading(model)
    found = []
    for one in differences_between(*recorded):
        if one.column in made or one.column in headed:
            continue
        target = targets.get(one.column)
        old, new = (_text(value, target, names) for value in (one.old, one.new))
        if old != new:
            column = one.column.removesuffix("_id") if target else one.column
            found.append(FieldChange(column, old, new))
    return tuple(found)


def _made(model: type[models.Model] | None) -> set[str]:
    """Columns that Roster makes itself."""
    fields = model._meta.local_fields if model else ()
    keys = {str(f.column) for f in fields if isinstance(f, SearchKeyField)}
    return {"id", "anchor_quote", "anchor_words"} | keys


def _told_by_heading(model: type[models.Model] | None) -> set[str]:
    parent = getattr(model, "parent_column", None)
    return {"ref", f"{parent}_id"} if parent else {"ref"}


def _text(value: Any, target: type[models.Model] | None, names: Mapping[Place, RowName]) -> str:
    if value in ("", None):
        return ""
    if target is not None:
        known = names.get((target._meta.db_table, value))
        return known.ref if known else f"#{value}"
    return value if isinstance(value, str) else json.dumps(value)


def _citation(recorded: Recorded, names: Mapping[Place, RowName]) -> CitationChange:
    columns, act = _last(recorded), _act(recorded)
    place = names.get((Paragraph._meta.db_table, columns.get("paragraph_id") or 0), RowName("?"))
    source, _, paragraph = place.ref.partition("#")
    return CitationChange(
        act=act,
        field=str(columns.get("field", "")),
        disputes=columns.get("stance") == Stance.DISPUTES,
        source=source,
        paragraph=paragraph,
        quote=str(columns.get("quote") or ""),
        differences=_field_changes(Citation, recorded, names) if act == Act.UPDATE else (),
    )

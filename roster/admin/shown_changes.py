"""Changes of the ledger as an analyst reads them: which row, which columns, old and new.

Reads recorded JSON through `roster.history.diffs`; a foreign key reads as the ref of its row.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from roster.admin.display import Cell, fetch_texts, page_url
from roster.admin.past.times import past_of
from roster.history.diffs import FieldDifference, differences_between, model_of_table, state
from roster.history.tracked import tracked_tables
from roster.models import Change, Citation, Paragraph
from roster.models.changes import Act


@dataclass(frozen=True)
class ShownDifference:
    """One column of a change, as text, its key apart; `old` is empty for a new row."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class ShownChange:
    """A change with the label of its row, the address of the row's page, and what differs.

    `offer` leads to where it is taken back, for who may do that.
    """

    change: Change
    label: str
    url: str
    differences: tuple[ShownDifference, ...]
    offer: Cell | None = None

    @property
    def past(self) -> Cell | None:
        """The page in the past of the official whom it concerns; asks for its changeset."""
        return past_of(self.change, self.label)


@dataclass(frozen=True)
class ChangedRow:
    """A row and its changes, one after the other; label and address are those after the last."""

    label: str
    url: str
    changes: tuple[ShownChange, ...]


@dataclass(frozen=True)
class _Parsed:
    """A change with its recorded columns and the foreign keys among them."""

    change: Change
    model: type[models.Model] | None
    found: list[FieldDifference]
    recorded: dict[str, Any]
    targets: dict[str, type[models.Model]]

    def pointed_at(self) -> Iterable[tuple[type[models.Model], int]]:
        for column, target in self.targets.items():
            for difference in self.found:
                if difference.column == column:
                    yield from ((target, k) for k in _keys(difference.old, difference.new))
            yield from ((target, k) for k in _keys(self.recorded.get(column)))


def shown_changes(changes: Iterable[Change], *, linked: frozenset[str]) -> list[ShownChange]:
    """Each change in words, with one query a kind of row that they point at.

    `linked` are the tables whose rows have pages.
    """
    parsed = [_parse(change) for change in changes]
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for one in parsed:
        for target, key in one.pointed_at():
            wanted[target].add(key)
    texts = fetch_texts(wanted)
    return [_shown(one, texts, linked) for one in parsed]


def by_row(shown: Iterable[ShownChange]) -> list[ChangedRow]:
    """The changes of each row together, rows in the order of their first change."""
    rows: dict[tuple[str, int], list[ShownChange]] = defaultdict(list)
    for one in shown:
        rows[one.change.table, one.change.key].append(one)
    return [ChangedRow(own[-1].label, own[-1].url, tuple(own)) for own in rows.values()]


def kind_of_row(table: str) -> str:
    """What messages call a row of this table: `official`, `user`; else the table's own name."""
    model = model_of_table(table)
    return str(
        getattr(model, "record_kind", None) or (model._meta.verbose_name if model else table)
    )


def row_name(change: Change) -> str:
    """The name that the record itself gives its row, found without a query."""
    recorded = state(change.after or change.before)
    name = next(
        (recorded[c] for c in ("ref", "username", "name", "number", "field") if recorded.get(c)),
        f"#{change.key}",
    )
    return f"{kind_of_row(change.table)}:{name}"


def recorded_tables() -> list[tuple[str, str]]:
    """Every table that the ledger records, with what one of its rows is called."""
    return [(tracked.table, kind_of_row(tracked.table)) for tracked in tracked_tables()]


def _parse(change: Change) -> _Parsed:
    model = model_of_table(change.table)
    fields = model._meta.local_concrete_fields if model else ()
    targets: dict[str, Any] = {
        str(field.column): field.related_model for field in fields if field.is_relation
    }
    found = differences_between(change.before, change.after)
    recorded: dict[str, Any] = state(change.after or change.before)
    return _Parsed(change, model, found, recorded, targets)


def _shown(
    one: _Parsed, texts: dict[tuple[type[models.Model], int], str], linked: frozenset[str]
) -> ShownChange:
    change = one.change
    differences = []
    for difference in one.found:
        target = one.targets.get(difference.column)
        old, new = (_text(value, target, texts) for value in (difference.old, difference.new))
        if old != new and difference.column != "id":
            column = difference.column.removesuffix("_id") if target else difference.column
            differences.append(ShownDifference(column, old, new))
    has_page = change.table in linked and change.act != Act.DELETE and one.model is not None
    return ShownChange(
        change=change,
        label=_label(one, texts),
        url=page_url(one.model, "change", change.key) if has_page and one.model else "",
        differences=tuple(differences),
    )


def _label(one: _Parsed, texts: dict[tuple[type[models.Model], int], str]) -> str:
    if one.model is Paragraph:
        source = _text(one.recorded.get("source_id"), one.targets["source_id"], texts)
        return f"paragraph:{source}#{one.recorded.get('number')}"
    if one.model is Citation:
        record = next(
            f"{column.removesuffix('_id')}:{_text(one.recorded[column], target, texts)}"
            for column, target in one.targets.items()
            if column != "paragraph_id" and one.recorded.get(column)
        )
        return f"citation:{record}/{one.recorded.get('field')}"
    if one.model is not None and one.model._meta.auto_created:
        ends = (_text(one.recorded.get(c), t, texts) for c, t in one.targets.items())
        return f"{one.model._meta.verbose_name}: {', '.join(ends)}"
    return row_name(one.change)


def _text(
    value: Any,
    target: type[models.Model] | None,
    texts: dict[tuple[type[models.Model], int], str],
) -> str:
    """A recorded value: a foreign key by the name of its row, or its number when that is gone."""
    if value in ("", None):
        return ""
    if target is not None:
        return texts.get((target, value), f"#{value}")
    return value if isinstance(value, str) else json.dumps(value)


def _keys(*values: object) -> list[int]:
    return [value for value in values if isinstance(value, int)]

"""What rows are called, of any tables at once: as they are, or as they were when deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db import models
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from roster.history.diffs import state
from roster.history.past.changes import Place
from roster.models import (
    RECORDS,
    Change,
    Changeset,
    Official,
    Paragraph,
    Role,
    Source,
    ThreatSource,
)
from roster.models.changes import Act

_TEXT = TextField()
_NOTHING = Value("", output_field=_TEXT)
_SIGN = Value("#", output_field=_TEXT)

_NAMED: dict[type[models.Model], tuple[Any, Any]] = {
    **{model: (F("ref"), _NOTHING) for model in RECORDS},
    Official: (F("ref"), F("name")),
    Role: (F("ref"), F("title")),
    ThreatSource: (F("ref"), F("name")),
    Source: (F("ref"), F("title")),
    Paragraph: (Concat(Cast("source__ref", _TEXT), _SIGN, Cast("number", _TEXT)), _NOTHING),
    Changeset: (Concat(_SIGN, Cast("position", _TEXT)), _NOTHING),
    User: (F("username"), _NOTHING),
    Group: (F("name"), _NOTHING),
    Permission: (F("name"), _NOTHING),
}
"""By model: what a row's key and name are made of."""


@dataclass(frozen=True)
class RowName:
    """What a row is called: its ref or other key, and its name where it has one beside it."""

    ref: str
    name: str = ""


def row_names(wanted: Mapping[type[models.Model], Iterable[int]]) -> dict[Place, RowName]:
    """The names of rows by table and key, gone ones as last recorded; four queries at most."""
    asked = {model: set(keys) for model, keys in wanted.items() if model in _NAMED and keys}
    found = _present(asked)
    gone = {
        model: missing
        for model, keys in asked.items()
        if (missing := {key for key in keys if (model._meta.db_table, key) not in found})
    }
    return found | _deleted(gone)


def recorded_name(columns: Mapping[str, Any]) -> RowName:
    """What the recorded columns of a row call it."""
    ref = next((columns[c] for c in ("ref", "username", "name") if columns.get(c)), "")
    name = columns.get("name") or columns.get("title") or ""
    return RowName(str(ref), "" if name == ref else str(name))


def _present(asked: Mapping[type[models.Model], set[int]]) -> dict[Place, RowName]:
    queries = [
        model._base_manager.order_by()
        .filter(pk__in=keys)
        .values_list(
            Value(model._meta.db_table, output_field=_TEXT),
            "pk",
            *(Cast(part, _TEXT) for part in _NAMED[model]),
        )
        for model, keys in asked.items()
    ]
    if not queries:
        return {}
    first, *others = queries
    rows: Iterable[tuple[str, int, str, str]] = first.union(*others, all=True) if others else first
    return {(table, key): RowName(ref, name) for table, key, ref, name in rows}


def _deleted(gone: Mapping[type[models.Model], set[int]]) -> dict[Place, RowName]:
    if not gone:
        return {}
    theirs = Q()
    for model, keys in gone.items():
        theirs |= Q(table=model._meta.db_table, key__in=keys)
    deletions = Change.objects.filter(theirs, act=Act.DELETE).order_by("id")
    last = {
        (table, key): state(before)
        for table, key, before in deletions.values_list("table", "key", "before")
    }
    paragraphs = {
        place: columns for place, columns in last.items() if place[0] == Paragraph._meta.db_table
    }
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for columns in paragraphs.values():
        wanted[Source].add(columns["source_id"])
    sources = row_names(wanted) if wanted else {}
    names = {place: recorded_name(columns) for place, columns in last.items()}
    for place, columns in paragraphs.items():
        source = sources.get((Source._meta.db_table, columns["source_id"]), RowName("?"))
        names[place] = RowName(f"{source.ref}#{columns['number']}")
    return names

"""The policy on evidence: under `require`, no act leaves behind a new value that rests on nothing.

One check looks at what an act wrote, just before the act closes: so a form, a file, a bundle and a
command are held to the same rule and refused with the same sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from roster.history.changesets import OpenChangeset
from roster.history.diffs import state
from roster.models import RECORDS, Change, Citation
from roster.models.changes import ChangesetKind
from roster.models.citations import Stance
from roster.models.records import Record
from roster.provenance.states import FLAGS, EvidenceState, with_states
from roster.text.characters import quoted

REQUIRE = "require"
NOT_HELD_TO_IT = (ChangesetKind.UNDO, ChangesetKind.MIGRATION)
"""Acts that bring back what was, or move it to other columns; they state nothing new."""
_CURRENT = {FLAGS[state]: False for state in (EvidenceState.STALE, EvidenceState.UNANCHORED)}
"""What a citation must be to count: unverified and disputed ones do."""
CHUNK = 1_000
"""Rows asked for in one query."""
SHOWN = 60
"""Characters of a value that a sentence shows."""


@dataclass(frozen=True)
class Lacking:
    """A factual value that an act would leave behind without a current citation."""

    model: type[Record]
    key: int
    label: str
    column: str
    value: str

    @property
    def sentence(self) -> str:
        return (
            f"{self.label}, {self.column}: {self.value} has no current citation: cite the passage "
            "that it rests on, or leave the field as it was."
        )


class EvidenceLacking(ValidationError):
    """An act that is refused, with every value that it would leave without evidence."""

    def __init__(self, lacking: Iterable[Lacking]) -> None:
        self.lacking = tuple(lacking)
        super().__init__([each.sentence for each in self.lacking])


def is_required() -> bool:
    """Whether new and changed factual values need a current citation."""
    return bool(settings.ROSTER_EVIDENCE == REQUIRE)


def require_evidence(act: OpenChangeset) -> None:
    """Raise EvidenceLacking where the policy asks for evidence that the act does not leave behind.

    An undo must always be possible, and a migration states nothing: neither is held to it.
    """
    if not is_required() or act.kind in NOT_HELD_TO_IT:
        return
    if lacking := list(lacking_evidence(act)):
        raise EvidenceLacking(lacking)


def lacking_evidence(act: OpenChangeset) -> Iterator[Lacking]:
    """The factual values, neither empty nor `unknown`, that `act` set or changed and that no
    citation supports which is neither stale nor unanchored.

    A value counts as changed by what the act did in all, and a row given another ref is the same
    value. In the order of the models, their rows and columns.
    """
    for model in RECORDS:
        said = _newly_said(model, act)
        while chunk := dict(islice(said, CHUNK)):
            yield from _unsupported(model, chunk)


def _newly_said(model: type[Record], act: OpenChangeset) -> Iterator[tuple[int, list[str]]]:
    """The rows of `model` with those of their columns in which they say something since the act."""
    factual = model.factual_columns()
    attnames = {f.name: f.attname for f in model._meta.concrete_fields if f.name in factual}
    before: dict[int, str | None] = {}
    after: dict[int, str | None] = {}
    changes = Change.objects.filter(
        id__gt=act.below, changeset_id=act.id, table=model._meta.db_table
    ).order_by("id")
    for key, was, became in changes.values_list("key", "before", "after").iterator():
        before.setdefault(key, was)
        after[key] = became
    for key in sorted(after):
        old, new = state(before[key]), state(after[key])
        columns = [
            name
            for name in factual
            if new.get(attnames[name]) not in (None, "", "unknown", old.get(attnames[name]))
        ]
        if columns:
            yield key, columns


def _unsupported(model: type[Record], said: dict[int, list[str]]) -> Iterator[Lacking]:
    """Those of the values `said`, by key and column, that no current citation supports."""
    kind = model.record_kind
    citations = Citation.objects.filter(**{f"{kind}__in": list(said)}, stance=Stance.SUPPORTS)
    current = with_states(citations.order_by()).filter(**_CURRENT)
    supported = set(current.values_list(kind, "field"))
    lacking: dict[int, list[str]] = defaultdict(list)
    for key, columns in said.items():
        lacking[key] += [column for column in columns if (key, column) not in supported]
    for record in _with_cells(model).filter(pk__in=[key for key in said if lacking[key]]):
        for column in lacking[record.pk]:
            value = record.cell(column)
            shown = value if len(value) <= SHOWN and value.isprintable() else quoted(value)
            yield Lacking(model, record.pk, record.label, column, shown)


def _with_cells(model: type[Record]) -> models.QuerySet[Any]:
    """Rows of `model` by key, with all that their cells name."""
    names = [field.name for field in model._meta.local_fields if field.is_relation]
    rows = model._default_manager.order_by("pk")
    return rows.select_related(*names) if names else rows

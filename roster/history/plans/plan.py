"""Plans: what an undo or a restore would do, as data, to be shown before it is done."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace

from django.db import models

from roster.history.past.changes import Place, place_of
from roster.history.values import Values
from roster.models.changes import Act

CHANGED_SINCE = (
    "Rows that this would write were changed after the preview: nothing was written. Look at the "
    "preview again."
)


@dataclass(frozen=True)
class Goal:
    """A row as it is and as it is to be; None where it is not there."""

    model: type[models.Model]
    key: int
    present: Values | None
    wanted: Values | None

    @property
    def place(self) -> Place:
        return place_of(self.model, self.key)

    @property
    def act(self) -> Act:
        if self.wanted is None:
            return Act.DELETE
        return Act.INSERT if self.present is None else Act.UPDATE

    @property
    def values(self) -> Values:
        """What the row says after the act, or before it is deleted."""
        return self.wanted if self.wanted is not None else self.present or {}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in which it will differ; of a row that comes or goes, all."""
        if self.present is None or self.wanted is None:
            return tuple(self.values)
        present = self.present
        return tuple(name for name, new in self.wanted.items() if new != present[name])


@dataclass(frozen=True)
class ValueChange:
    """One field of a row as text, before and after; empty where nothing is said."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class PlannedRow:
    """A row that would be added, changed or deleted, and what it would say otherwise."""

    goal: Goal = field(repr=False)
    label: str
    changes: tuple[ValueChange, ...]

    @property
    def act(self) -> Act:
        return self.goal.act


@dataclass(frozen=True)
class Refusal:
    """Why it is not done, in one sentence; the row, and the later changesets that are in the way.

    `changesets` are positions; writes outside any changeset have none.
    """

    sentence: str
    label: str | None = None
    changesets: tuple[int, ...] = ()
    place: Place | None = field(default=None, compare=False)
    """Of the row, where it is about one."""


@dataclass(frozen=True)
class Plan:
    """What an act would do. With refusals, nothing of it is done.

    `act` begins the reason under which it is written: `Undo of changeset 12`. `notes` are
    sentences about what will not be as it was. `kept` are rows that stay as they are where that
    was asked for, each with why it could not be done.
    """

    act: str
    rows: tuple[PlannedRow, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    kept: tuple[Refusal, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.refusals

    @property
    def models(self) -> frozenset[type[models.Model]]:
        """The models whose rows it would write."""
        return frozenset(row.goal.model for row in self.rows)

    def digest(self) -> str:
        """A text that is the same as long as the plan would do the same."""
        rows = [
            (*row.goal.place, row.act, row.label, [(c.column, c.old, c.new) for c in row.changes])
            for row in self.rows
        ]
        kept = [one.sentence for one in self.kept]
        said = json.dumps([self.act, rows, self.notes, kept], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def as_previewed(self, digest: str | None) -> Plan:
        """The plan, refused where it would do anything else than the one of this digest."""
        if digest in (None, self.digest()):
            return self
        return replace(self, refusals=(*self.refusals, Refusal(CHANGED_SINCE)))


def refused(act: str, sentence: str) -> Plan:
    """A plan of nothing, and why."""
    return Plan(act, refusals=(Refusal(sentence),))

"""Reversing: one row's changes taken back, column by column, as far as nothing was built on them.

What an undo put back counts as if it had never been away: the changes made before it can be taken
back as well, and an undo that was undone leaves them as they were. Any other later write of the
same column stands in the way, whatever it wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from roster.history.past.changes import PastChange
from roster.history.values import (
    Values,
    default_values,
    fields_of,
    known_columns,
    value_of,
)
from roster.models.changes import Act, ChangesetKind


@dataclass
class Reversal:
    """What comes of one row when its `own` changes are taken back.

    `present` is the row as it is, `later` its other changes since the first of its own; both
    oldest first. Columns that are back already are left alone.
    """

    model: type[models.Model]
    present: Values | None
    own: Sequence[PastChange]
    later: Sequence[PastChange] = ()

    wanted: Values | None = None
    """The row as it is to be, None where it is to go."""
    built_upon: dict[str, list[PastChange]] = field(default_factory=dict)
    """The columns that were written again, each with the changes that did so."""
    is_gone: bool = False
    """Whether a value is to be put back in a row that is no longer there."""
    key_taken_by: PastChange | None = None
    """What gave the key of a row that is to come back to another."""
    done_by: PastChange | None = None
    """The last of what put the row, or a column of it, back before."""
    lost: AbstractSet[str] = frozenset()
    """Columns that were changed and no longer exist."""
    defaulted: AbstractSet[str] = frozenset()
    """Columns of a row that comes back of which nothing was recorded."""

    _old: dict[str, Any] = field(default_factory=dict, init=False)
    _new: dict[str, Any] = field(default_factory=dict, init=False)

    def run(self) -> None:
        """Take the changes back; raises ValidationError on a value that is no longer accepted."""
        self.wanted = self.present
        self._read()
        if self.own[0].before is None:
            self._take_out()
        elif self.own[-1].after is None:
            self._bring_back()
        else:
            self._put_values_back()

    def run_to_its_end(self) -> None:
        """Bring the row to what its own changes left, whatever was written since."""
        recorded = self.own[-1].new
        row = default_values(self.model) if self.present is None else self.present
        self.wanted = {**row, **self._values(recorded)}
        self.lost = recorded.keys() - known_columns(self.model)
        if self.present is None:
            self.defaulted = row.keys() - recorded.keys()

    def _read(self) -> None:
        """For each column that the own changes wrote: what was recorded before, and after."""
        fields = fields_of(self.model)
        for change in self.own:
            for name in change.columns & fields.keys():
                self._old.setdefault(name, change.old.get(name))
                self._new[name] = change.new.get(name)
            self.lost |= change.columns - known_columns(self.model)

    def _take_out(self) -> None:
        if self.present is None or self.own[-1].after is None:
            self._note_done(self._last(Act.DELETE))
            return
        for name in self.present:
            if not self._stands(name):
                self.built_upon[name] = self._writers(name)
        self.lost = frozenset()  # they go with the row
        self.wanted = None

    def _bring_back(self) -> None:
        if self.present is not None:
            come = self._last(Act.INSERT)
            if come and not come.puts_back:
                self.key_taken_by = come
            else:
                self._note_done(come)
            return
        self.wanted = {**default_values(self.model), **self._values(self._old)}
        self.defaulted = self.wanted.keys() - self._old.keys()

    def _put_values_back(self) -> None:
        changed = [name for name in self._old if self._old[name] != self._new[name]]
        if self.present is None:
            self.is_gone = bool(changed)
            return
        row = dict(self.present)
        for name in changed:
            if self._is(name, self._old[name]):
                self._note_done(next(reversed(self._writers(name)), None))
            elif self._stands(name):
                row[name] = value_of(fields_of(self.model)[name], self._old[name])
            else:
                self.built_upon[name] = self._writers(name)
        self.wanted = row

    def _stands(self, name: str) -> bool:
        """Whether the column is as the own changes left it, and none but an undo made it so.

        One that is newer than they are must have been written by migrations alone.
        """
        writers = self._writers(name)
        if name not in self._new:
            return all(w.puts_back or w.kind == ChangesetKind.MIGRATION for w in writers)
        return self._is(name, self._new[name]) and (not writers or writers[-1].puts_back)

    def _is(self, name: str, recorded: object) -> bool:
        """Whether a column says now what was recorded, in whatever notation."""
        present = (self.present or {}).get(name)
        return bool(
            present == recorded or present == value_of(fields_of(self.model)[name], recorded)
        )

    def _values(self, recorded: Values) -> Values:
        """Recorded columns as values, as far as they still exist."""
        fields = fields_of(self.model)
        return {name: value_of(fields[name], recorded[name]) for name in recorded if name in fields}

    def _writers(self, name: str) -> list[PastChange]:
        return [change for change in self.later if name in change.columns]

    def _last(self, act: Act) -> PastChange | None:
        return next((change for change in reversed(self.later) if change.act == act), None)

    def _note_done(self, change: PastChange | None) -> None:
        if change and (self.done_by is None or change.id > self.done_by.id):
            self.done_by = change

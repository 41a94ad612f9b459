"""Plans: what an import would do, row by row, as data to be shown before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from roster.exchange.report import CellError


class RowState(StrEnum):
    """What a row of a file is against the roster."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    """Changed or deleted by someone since the file was exported, and changed in the file."""
    KEPT = "kept"
    """A conflict decided for what the roster says: the row is left out."""
    WRONG = "wrong"


class Choice(StrEnum):
    """How a conflict is decided: for what is here, or for what the file says."""

    KEEP = "keep"
    TAKE = "take"


@dataclass(frozen=True)
class Decision:
    """The choice for one row, made while the roster had this version of it; 0 when deleted."""

    choice: Choice
    version: int


Decisions = Mapping[int, Decision]
"""By the line on which the row begins."""


@dataclass(frozen=True)
class CellChange:
    """What a row would say otherwise in one column; `old` is empty in a new row."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class PlannedRow:
    """A row of the file: the line on which it begins, and what it would change."""

    line: int
    state: RowState
    label: str
    cells: tuple[CellChange, ...]
    cites: tuple[str, ...] = ()
    """The columns for which it brings evidence."""
    makes_stale: tuple[str, ...] = ()
    """The column of each citation that no longer says what the field says."""
    key: int | None = None
    """The key of the row of the roster that it is about."""
    exported_version: str = ""
    """What the file gives as `_version`."""
    version: int = 0
    """The row's version now, where the row is a conflict; 0 when it was deleted."""

    @property
    def is_new(self) -> bool:
        return self.state is RowState.NEW


@dataclass
class Preview:
    """What importing a file would do: some of its rows, and all that is wrong with it."""

    rows: list[PlannedRow] = field(default_factory=list)
    counts: dict[RowState, int] = field(default_factory=dict)
    """How many rows there are of each state."""
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    digest: str = ""
    """A text that is the same as long as the import would do the same."""


@dataclass(frozen=True)
class Wanted:
    """Which rows of a plan are to be shown, in the order of the file."""

    states: tuple[RowState, ...] = (RowState.NEW, RowState.CHANGED)
    start: int = 0
    count: int = 100

"""Plans: what an import would do, row by row, as data to be shown before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from roster.exchange.report import CellError
from roster.exchange.sheets import Form


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
    decided: Choice | None = None
    """How its conflict is decided; None too where there is no conflict."""

    @property
    def is_new(self) -> bool:
        return self.state is RowState.NEW

    @property
    def is_sound(self) -> bool:
        """Whether all its cells were taken; of one that was refused, nothing is kept."""
        return self.state is not RowState.WRONG


@dataclass(frozen=True)
class NearName:
    """An official by a name that is near: one that is here, by its key, or a row of the file."""

    name: str
    ref: str
    key: int | None = None
    line: int | None = None


@dataclass(frozen=True)
class PossibleDuplicate:
    """A new official of a file, with others of nearly the same name, the nearest first."""

    line: int
    ref: str
    name: str
    near: tuple[NearName, ...]
    has_more: bool = False
    """Whether there are others still."""


@dataclass(frozen=True)
class PossibleDuplicates:
    """The possible duplicates of a file, in its order."""

    rows: list[PossibleDuplicate] = field(default_factory=list)
    is_complete: bool = True
    """Whether all names that might be near were compared."""


@dataclass
class Preview:
    """What importing a file would do: some of its rows, and all that is wrong with it."""

    rows: list[PlannedRow] = field(default_factory=list)
    counts: dict[RowState, int] = field(default_factory=dict)
    """How many rows there are of each state."""
    decided: int = 0
    """How many rows are conflicts that are decided, whatever their state is by that."""
    errors: list[CellError] = field(default_factory=list)
    """The first errors, in the order of the file; conflicts are none of them."""
    error_count: int = 0
    form: Form = Form()
    """How the file is read."""
    duplicates: PossibleDuplicates = PossibleDuplicates()
    digest: str = ""
    """A text that is the same as long as the import would do the same."""


@dataclass(frozen=True)
class Wanted:
    """Which rows of a plan are to be shown, in the order of the file."""

    states: tuple[RowState, ...] = (RowState.NEW, RowState.CHANGED)
    decided: bool = False
    """Whether conflicts that are decided are shown too, whatever their state is by that."""
    start: int = 0
    count: int = 100


NOTHING = Wanted(count=0)
Wanting = Callable[[Preview], Wanted]
"""Says which rows are to be shown, once the counts are known."""


def new_and_changed(_preview: Preview) -> Wanted:
    """The first of the rows that would be written."""
    return Wanted()

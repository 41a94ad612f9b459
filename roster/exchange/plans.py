"""Plans: what an import would do, row by row, as data to be shown before it is done."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field

from roster.exchange.report import CellError
from roster.models import Citation, Row


@dataclass(frozen=True)
class CellChange:
    """What a row would say otherwise in one column; `old` is empty in a new row."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class PlannedRow:
    """A row that would be added (`new`) or changed, with the line on which it begins."""

    line: int
    is_new: bool
    label: str
    cells: tuple[CellChange, ...]
    cites: tuple[str, ...] = ()
    """The columns for which it brings evidence."""
    makes_stale: tuple[str, ...] = ()
    """The column of each citation that no longer says what the field says."""


@dataclass
class Plan:
    """What importing a table would do. With errors or conflicts, nothing of it is done."""

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    changed_columns: set[str] = field(default_factory=set)
    rows: list[PlannedRow] = field(default_factory=list)
    """The new and the changed rows in the order of the file, each with what it would change."""
    origins: list[tuple[Row, int]] = field(default_factory=list)
    """Each row of `new` and `changed` with the line on which the file has it."""
    cited: list[Citation] = field(default_factory=list)
    """New citations of those rows; `recited` are citations there already, of their new values."""
    recited: list[Citation] = field(default_factory=list)
    unchanged: int = 0
    conflicts: int = 0
    errors: list[CellError] = field(default_factory=list)

    @property
    def citations(self) -> int:
        """How many citations the rows bring."""
        return sum(len(row.cites) for row in self.rows)

    @property
    def stale(self) -> int:
        """How many citations become stale."""
        return sum(len(row.makes_stale) for row in self.rows)

    def digest(self) -> str:
        """A text that is the same as long as the plan would do the same."""
        rows = json.dumps([asdict(row) for row in self.rows], ensure_ascii=False)
        return hashlib.sha256(rows.encode()).hexdigest()

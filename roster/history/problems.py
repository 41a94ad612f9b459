"""What verification reports: single problems and the verdict over all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from roster.history.anchors import Anchor

Kind = Literal["outside", "replay", "digest", "chain", "guard", "trigger", "anchor", "search_key"]


@dataclass(frozen=True)
class Problem:
    """One thing found wanting. `changeset` is a position, `change` an id, `record` a label."""

    kind: Kind
    message: str
    changeset: int | None = None
    change: int | None = None
    record: str | None = None


@dataclass
class Verdict:
    """What verification found: how much it read, the ledger's head, and every problem."""

    changesets: int = 0
    changes: int = 0
    head: Anchor | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

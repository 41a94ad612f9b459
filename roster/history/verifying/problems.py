"""What verification reports: single problems and the verdict over all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from roster.history.verifying.anchors import Anchor
from roster.models.acknowledgements import Acknowledged

Kind = Literal["outside", "replay", "digest", "chain", "guard", "trigger", "anchor", "search_key"]


_OF_THE_ROSTER = ("outside", "search_key")


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
    """What verification found: how much it read, the ledger's head, and every problem.

    `acknowledged` is what was written outside and is no problem any more.
    """

    changesets: int = 0
    changes: int = 0
    head: Anchor | None = None
    problems: list[Problem] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def is_sound(self) -> bool:
        """Whether the ledger is as it was written: only then is its head worth noting.

        Writes from outside and stale search keys are problems of the roster, not of the ledger.
        """
        return all(problem.kind in _OF_THE_ROSTER for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """The verdict as `verify_history --json` prints it."""
        return {
            "ok": self.ok,
            "changesets": self.changesets,
            "changes": self.changes,
            "problems": [
                {
                    "kind": problem.kind,
                    "changeset": problem.changeset,
                    "change": problem.change,
                    "record": problem.record,
                    "message": problem.message,
                }
                for problem in self.problems
            ],
        }

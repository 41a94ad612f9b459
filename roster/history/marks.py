"""Marks: where the ledger stands, and what was written since it stood elsewhere.

Every write leaves a change, so that two equal marks stand for the same rows, and what was reckoned
from the rows can be kept until the ledger moves. An act that began earlier may commit later, with
lower ids: it then has the next entry of the chain, or, outside any changeset, is one change more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Subquery

from roster.history.diffs import state
from roster.models import Change, Changeset

MOST_CHANGES = 2_000
"""So many changes since a mark are looked at one by one."""


@dataclass(frozen=True)
class Mark:
    """The latest entry and the latest change; how many changes were made outside any changeset.

    The digest and the clock tell a copy that was put back from what stood here before.
    """

    position: int
    digest: str
    change: int
    clock: str
    outside: int


@dataclass(frozen=True)
class Written:
    """One row as a change found and left it; `official` is whom the ledger says it concerns."""

    table: str
    key: int
    official: int | None
    before: dict[str, Any]
    after: dict[str, Any]

    def both(self, column: str) -> set[Any]:
        """What the column says before and after, as far as it says anything."""
        return {row[column] for row in (self.before, self.after) if row.get(column) is not None}


def current_mark() -> Mark:
    """Where the ledger stands now, in one query. Asked before the rows, never after."""
    head = Changeset.objects.newest_first()
    outside = Change.objects.outside().order_by().values("changeset").annotate(n=Count("pk"))
    found = (
        Change.objects.order_by("-id")
        .annotate(
            position=Subquery(head.values("position")[:1]),
            digest=Subquery(head.values("digest")[:1]),
            outside_count=Subquery(outside.values("n")),
        )
        .values_list("position", "digest", "pk", "clock", "outside_count")
        .first()
    )
    position, digest, change, clock, count = found or (0, "", 0, "", 0)
    return Mark(position or 0, digest or "", change, str(clock), count or 0)


def written_since(earlier: Mark) -> list[Written] | None:
    """What was written after a mark, perhaps with some that was written before.

    None where it cannot be told, or is more than one would look at: too much was written, a copy
    was put back, or a write from outside came late.
    """
    later = Changeset.objects.filter(position__gt=earlier.position).order_by()
    lowest: int | None = later.aggregate(lowest=Min("first_change"))["lowest"]
    first = min(lowest or earlier.change, earlier.change)
    columns = ("pk", "clock", "table", "key", "official", "before", "after")
    following = Change.objects.filter(pk__gte=first).order_by("pk").values_list(*columns)
    rows = list(following[: MOST_CHANGES + 2])  # that of the mark itself, and one too many
    is_same_ledger = any(
        pk == earlier.change and str(clock) == earlier.clock for pk, clock, *_ in rows
    )
    is_all = len(rows) < MOST_CHANGES + 2
    # Below the mark, where only what came late adds to them: newer ones would make up for it.
    outside = Change.objects.outside().filter(pk__lte=earlier.change).order_by().count()
    if not is_all or not is_same_ledger or outside != earlier.outside:
        return None
    return [
        Written(table, key, official, state(before), state(after))
        for pk, _clock, table, key, official, before, after in rows
        if pk != earlier.change
    ]

"""Undo: what taking back one changeset, or ticked changes of it, would do. Only reads.

Reversed are the columns that it changed, and only where they still are as it left them. Whether a
changeset was undone already follows from the rows, not from what a reason says: an undo leaves
them as before, so nothing is left to undo; the undo of that undo makes them as they were after it,
and then the first can be undone again.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from roster.history.past.changes import past_changes
from roster.history.plans.plan import Plan, refused
from roster.history.plans.taking_back import plan_taking_back
from roster.models import Changeset, Review
from roster.models.changes import ChangesetKind

_UNDO = re.compile(r"Undo of changeset (\d+):")


def plan_undo(
    position: int,
    *,
    changes: Collection[int] | None = None,
    keep_later: bool = False,
    lock: bool = False,
) -> Plan:
    """What undoing the changeset at this place in the ledger would do now.

    `changes` are the ids of the ticked changes; None for all. `keep_later` leaves alone the rows
    that later acts built on, instead of refusing. With `lock`, inside a transaction, the rows that
    would be written stay as they are until it ends.
    """
    act = undo_act(position)
    changeset = Changeset.objects.filter(position=position).first()
    if changeset is None:
        return refused(act, unknown_position(position))
    if changeset.kind == ChangesetKind.MIGRATION:
        return refused(
            act,
            f"Changeset {position} was made by a migration and cannot be undone: migrate "
            "backwards instead.",
        )
    own = past_changes(changeset.changes_in_order)
    if changes is not None:
        ticked = set(changes)
        if not ticked:
            return refused(act, f"No change of changeset {position} is ticked: tick some.")
        if stray := sorted(ticked - {change.id for change in own}):
            return refused(act, f"Changeset {position} has no change {stray[0]}: tick its own.")
        own = [change for change in own if change.id in ticked]
    if any(change.table == Review._meta.db_table for change in own):
        return refused(
            act,
            f"Changeset {position} gives a verdict, which stays: give another, the latest counts.",
        )
    return plan_taking_back(act, f"changeset {position}", own, lock=lock, keep_later=keep_later)


def undo_act(position: int) -> str:
    """What begins the reason of an undo."""
    return f"Undo of changeset {position}"


def undone_position(changeset: Changeset) -> int | None:
    """The place of the changeset that this one undid, in whole or in part; None for others."""
    found = _UNDO.match(changeset.reason) if changeset.kind == ChangesetKind.UNDO else None
    return int(found[1]) if found else None


def unknown_position(position: int) -> str:
    """The sentence about a place in the ledger where there is nothing."""
    last = Changeset.objects.newest_first().values_list("position", flat=True).first() or 0
    return f"There is no changeset {position}: the ledger has those from 1 to {last}."

"""Undo one changeset, or ticked changes of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from roster.actions.carry_out import Done, carry_out
from roster.history.undo import plan_undo, undo_act

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def undo_changeset(
    position: int,
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None = None,
    changes: Collection[int] | None = None,
    keep_later: bool = False,
    as_previewed: str | None = None,
) -> Done:
    """Reverse what the changeset at this place in the ledger wrote, column by column.

    `changes` are the ids of the ticked changes; None for all. `keep_later` leaves alone the rows
    that later acts built on. Previewed by `plan_undo`; raises PlanRefused as `carry_out` does. The
    undo can be undone.
    """
    return carry_out(
        undo_act(position),
        lambda: plan_undo(position, changes=changes, keep_later=keep_later, lock=True),
        reason=reason,
        user=user,
        as_previewed=as_previewed,
    )

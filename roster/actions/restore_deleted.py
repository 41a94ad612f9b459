"""Restore a deleted record with what hung on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from roster.actions.carry_out import Done, carry_out
from roster.history.plans.restore import plan_restore_deleted, restore_deleted_act

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def restore_deleted(
    model: type[models.Model],
    key: int,
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None = None,
    as_previewed: str | None = None,
) -> Done:
    """Add a deleted row again under its old key, and what the same act deleted with it.

    Previewed by `plan_restore_deleted`; raises PlanRefused as `carry_out` does. It can be undone.
    """
    return carry_out(
        restore_deleted_act(model, key),
        lambda: plan_restore_deleted(model, key, lock=True),
        reason=reason,
        user=user,
        as_previewed=as_previewed,
    )

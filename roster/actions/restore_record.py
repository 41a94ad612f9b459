"""Restore one record to how it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from roster.actions.carry_out import Done, carry_out
from roster.history.plans.restore import plan_restore, restore_act

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def restore_record(
    model: type[models.Model],
    key: int,
    *,
    position: int,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None = None,
    as_previewed: str | None = None,
) -> Done:
    """Give a row's own columns the values that they had after the changeset at this place.

    Previewed by `plan_restore`; raises PlanRefused as `carry_out` does. It can be undone.
    """
    return carry_out(
        restore_act(model, key, position),
        lambda: plan_restore(model, key, position=position, lock=True),
        reason=reason,
        user=user,
        as_previewed=as_previewed,
    )

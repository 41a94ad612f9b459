"""Carry out: a plan of history made again under locks, and written as one changeset."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from roster.history.changesets import OpenChangeset, changeset
from roster.history.plans import Plan, Refusal
from roster.history.writing import write

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

NO_REASON = "Say in a few words why: it is kept with the changeset."
WRITTEN_MEANWHILE = (
    "The database refused what this would write, as when someone else writes the same rows at the "
    "same time: nothing was written. Try it again."
)


class PlanRefused(ValidationError):
    """A plan that met refusals; its messages are their sentences."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        super().__init__([refusal.sentence for refusal in refusals])


def carry_out(
    name: str,
    plan: Callable[[], Plan],
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None,
    as_previewed: str | None,
) -> OpenChangeset:
    """Make the plan anew and write it, as one changeset of kind `undo`.

    Its reason begins with the act's name. Inside another changeset it is part of that one. Raises
    PlanRefused when the plan meets refusals, or differs from the one of the digest
    `as_previewed`; then nothing is written.
    """
    if not reason.strip():
        raise PlanRefused((Refusal(NO_REASON),))
    try:
        with changeset(user=user, reason=f"{name}: {reason.strip()}", kind="undo") as act:
            made = plan().as_previewed(as_previewed)
            if not made.ok:
                raise PlanRefused(made.refusals)
            write([row.goal for row in made.rows])
    except IntegrityError:
        raise PlanRefused((Refusal(WRITTEN_MEANWHILE),)) from None
    return act

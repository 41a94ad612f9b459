"""Carry out: a plan of history made again under locks, and written as one changeset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from roster.history.changesets import OpenChangeset, changeset
from roster.history.plans.plan import Plan, refused
from roster.history.plans.writing import write

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

NO_REASON = "Say in a few words why: it is kept with the changeset."
WRITTEN_MEANWHILE = (
    "The database refused what this would write, as when someone else writes the same rows at the "
    "same time: nothing was written. Try it again."
)


class PlanRefused(ValidationError):
    """A plan that met refusals; its messages are their sentences."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__([refusal.sentence for refusal in plan.refusals])


@dataclass(frozen=True)
class Done:
    """What was done, and the act under which it stands in the ledger."""

    plan: Plan
    act: OpenChangeset

    @property
    def position(self) -> int | None:
        """The place of its changeset in the ledger; None while an outer one is open."""
        return self.act.position


def carry_out(
    name: str,
    plan: Callable[[], Plan],
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None,
    as_previewed: str | None,
) -> Done:
    """Make the plan anew and write it, as one changeset of kind `undo`.

    Its reason begins with the act's name. Inside another changeset it is part of that one. Raises
    PlanRefused when the plan meets refusals, or differs from the one of the digest
    `as_previewed`; then nothing is written.
    """
    if not reason.strip():
        raise PlanRefused(refused(name, NO_REASON))
    try:
        with changeset(user=user, reason=f"{name}: {reason.strip()}", kind="undo") as act:
            made = plan().as_previewed(as_previewed)
            if not made.ok:
                raise PlanRefused(made)
            write([row.goal for row in made.rows])
    except IntegrityError:
        raise PlanRefused(refused(name, WRITTEN_MEANWHILE)) from None
    return Done(made, act)

"""Acknowledge what was written outside any changeset: somebody looked into it and says why."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from roster.actions.carry_out import NO_REASON
from roster.history.changesets import OpenChangeset, changeset
from roster.history.values import CHUNK, chunks
from roster.models import Acknowledgement, Change
from roster.models.acknowledgements import awaiting_acknowledgement

PERMISSION = "roster.add_acknowledgement"


def acknowledge_outside(changes: Collection[int], *, user: User, reason: str) -> OpenChangeset:
    """Acknowledge the changes of these ids in a changeset of its own, in the user's name.

    The changeset binds each of them that no other has bound. All or none: raises ValidationError
    on one that belongs to a changeset, is not there or is acknowledged already; without the
    permission, without any change, on a blank reason, and inside another changeset.
    """
    if not user.has_perm(PERMISSION):
        raise ValidationError("To acknowledge takes the permission to: ask an administrator.")
    if not changes:
        raise ValidationError("Tick the changes that you acknowledge; nothing was written.")
    if not reason.strip():
        raise ValidationError(NO_REASON)
    with changeset(reason=reason, user=user) as act:
        if act.user_id != user.pk or act.reason != reason.strip():
            raise ValidationError(
                "To acknowledge takes a changeset of its own: close the other changeset first."
            )
        for some in chunks(sorted(set(changes))):
            _acknowledge(some)
    return act


def _acknowledge(ids: list[int]) -> None:
    rows = Change.objects.filter(pk__in=ids).order_by("id")
    found = set(rows.select_for_update(of=("self",)).values_list("id", flat=True))
    if missing := [number for number in ids if number not in found]:
        raise ValidationError(f"There is no change {missing[0]}: tick those that are listed.")
    waiting = set(awaiting_acknowledgement().filter(pk__in=ids).values_list("id", flat=True))
    for number in ids:
        if number not in waiting:
            raise ValidationError(_why_not(number))
    Acknowledgement.objects.bulk_create(
        [Acknowledgement(change_id=number) for number in ids], batch_size=CHUNK
    )


def _why_not(number: int) -> str:
    if Change.objects.outside().filter(pk=number).exists():
        return f"Change {number} was acknowledged meanwhile: look at what is left."
    return f"Change {number} belongs to a changeset: there is nothing to acknowledge."

"""Restore: what bringing a row back, as it was or after its deletion, would do. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from roster.history.diffs import model_of_table
from roster.history.naming import Names
from roster.history.past.changes import PastChange, Place, past_changes, pasts_of, place_of
from roster.history.plans.plan import Goal, Plan, refused
from roster.history.plans.reversing import Reversal
from roster.history.plans.taking_back import TakenBack, plan_of, plan_taking_back
from roster.history.undo import unknown_position
from roster.history.values import fields_of, present_values
from roster.models import Change, Changeset
from roster.models.changes import Act


def plan_restore(model: type[models.Model], key: int, *, position: int, lock: bool = False) -> Plan:
    """What bringing a row back to how it was after this changeset would do now.

    All its own columns become what they were then, whoever wrote them since; a row that is
    deleted by now comes back. What hangs on it is left as it is. With `lock`, inside a
    transaction, the row stays as it is until it ends.
    """
    label, act = _label(model, key), restore_act(model, key, position)
    if not Changeset.objects.filter(position=position).exists():
        return refused(act, unknown_position(position))
    present = present_values(model, [key], lock=lock).get(key)
    past = past_changes(_by_then(position).filter(table=model._meta.db_table, key=key))
    if not past or past[-1].after is None:
        was = "had been deleted" if past else "was not there yet"
        return refused(act, f"{label} {was} at changeset {position}: choose another one.")
    found = Reversal(model, present, past[-1:])
    try:
        found.run_to_its_end()
    except ValidationError as error:
        return refused(act, f"{label} cannot be as it was: {' '.join(error.messages)}")
    if present == found.wanted:
        return refused(act, f"{label} is as it was at changeset {position} already.")
    return plan_of(act, label, [TakenBack(Goal(model, key, present, found.wanted), found)])


def plan_restore_deleted(model: type[models.Model], key: int, *, lock: bool = False) -> Plan:
    """What bringing back a deleted row, with what hung on it, would do now.

    What hung on it comes back as far as the same act deleted it, and so does what that act deleted
    of the rows at which they point. With `lock` as in `plan_restore`.
    """
    label, act = _label(model, key), restore_deleted_act(model, key)
    past = pasts_of([place_of(model, key)]).get(place_of(model, key))
    if present_values(model, [key], lock=lock):
        return refused(act, f"{label} is not deleted: there is nothing to restore.")
    if not past:
        return refused(act, f"Nothing is recorded of {label}: there is nothing to restore.")
    if past[-1].act != Act.DELETE:
        return refused(
            act, f"{label} was deleted where no trigger saw it: run verify_history first."
        )
    deleted = {change.place: change for change in past_changes(_deleted_with(past[-1]))}
    places = _belonging(past[-1].place, deleted)
    own = [change for place, change in deleted.items() if place in places]
    return plan_taking_back(act, f"the deletion of {label}", own, lock=lock)


def restore_act(model: type[models.Model], key: int, position: int) -> str:
    """What begins the reason of a restore."""
    return f"Restore of {_label(model, key)} as of changeset {position}"


def restore_deleted_act(model: type[models.Model], key: int) -> str:
    """What begins the reason of a deleted row's restore."""
    return f"Restore of deleted {_label(model, key)}"


def _label(model: type[models.Model], key: int) -> str:
    names = Names()
    names.add_keys(model, [key])
    return names.label(model, key)


def _by_then(position: int) -> models.QuerySet[Change]:
    """The changes up to this place in the ledger, those made outside by what binds them."""
    bound = Q(boundchange__changeset__position__lte=position)
    return Change.objects.filter(Q(changeset__position__lte=position) | bound)


def _deleted_with(deletion: PastChange) -> models.QuerySet[Change]:
    """The deletions of the same act; those made outside any changeset count as one."""
    same = Change.objects.filter(pk=deletion.id).values("changeset")
    deletions = Change.objects.filter(act=Act.DELETE)
    if deletion.database_user is not None:
        return deletions.outside()
    return deletions.filter(changeset__in=same)


def _belonging(place: Place, deleted: Mapping[Place, PastChange]) -> set[Place]:
    """The row, what hung on it, what hung on that, and what all these need in order to stand."""
    needs = {one: [*_pointed_at(change)] for one, change in deleted.items()}
    hung: dict[Place, list[Place]] = defaultdict(list)
    for one, targets in needs.items():
        for target in targets:
            hung[target].append(one)
    with_children = _reached(place, hung)
    return {found for one in with_children for found in _reached(one, needs)} & deleted.keys()


def _reached(start: Place, steps: Mapping[Place, list[Place]]) -> set[Place]:
    """All that is reached from a row, the row included."""
    reached, waiting = {start}, [start]
    while waiting:
        for place in steps.get(waiting.pop(), ()):
            if place not in reached:
                reached.add(place)
                waiting.append(place)
    return reached


def _pointed_at(change: PastChange) -> Iterator[Place]:
    """The rows at which a deleted row pointed."""
    model, values = model_of_table(change.table), change.old
    for column, field in fields_of(model).items() if model else ():
        if isinstance(field, models.ForeignKey) and values.get(column) is not None:
            yield place_of(field.related_model, values[column])

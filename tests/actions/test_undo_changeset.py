"""The act of undoing: as previewed, with a reason, in one changeset, or not at all."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from roster.actions.carry_out import NO_REASON, PlanRefused
from roster.actions.restore_record import restore_record
from roster.actions.undo_changeset import undo_changeset
from roster.history.changesets import changeset
from roster.history.plans.plan import CHANGED_SINCE
from roster.history.plans.restore import plan_restore
from roster.history.undo import plan_undo
from roster.models import Changeset, Official
from tests.factories import OfficialFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def edited() -> int:
    """The position of a changeset that edited one official."""
    with changeset(reason="Add."):
        OfficialFactory(ref="ann-lee", country="CA")
    with changeset(reason="Edit.") as act:
        Official.objects.update(country="US")
    return act.position


def test_an_undo_is_one_changeset_of_its_own(edited):
    user = User.objects.create_user("bob")
    done = undo_changeset(edited, reason="Was right before.", user=user)
    entry = Changeset.objects.latest("position")
    assert (done.position, done.act.closed) == (entry.position, entry)
    assert (entry.kind, entry.user, entry.change_count) == ("undo", user, 1)
    assert entry.reason == f"Undo of changeset {edited}: Was right before."


@pytest.mark.parametrize("reason", ["", " \n"])
def test_an_undo_without_a_reason_is_refused(edited, reason):
    with pytest.raises(PlanRefused) as refused:
        undo_changeset(edited, reason=reason)
    assert refused.value.messages == [NO_REASON]
    assert Official.objects.get().country == "US"


def test_what_is_still_as_previewed_is_done(edited):
    undo_changeset(edited, reason="Why.", as_previewed=plan_undo(edited).digest())
    assert Official.objects.get().country == "CA"


def test_what_is_no_longer_as_previewed_is_refused(edited):
    with changeset(reason="Add."):
        bea = OfficialFactory(country="GB")
    with changeset(reason="Edit.") as act:
        Official.objects.update(honorific="Dr")
    digest = plan_undo(act.position).digest()
    changes = [change.pk for change in act.closed.changes.filter(key=bea.pk)]
    undo_changeset(act.position, reason="One of them.", changes=changes)
    with pytest.raises(PlanRefused) as refused:
        undo_changeset(act.position, reason="All.", as_previewed=digest)
    assert CHANGED_SINCE in refused.value.messages


def test_a_restore_is_held_to_its_preview(edited):
    official = Official.objects.get()
    then = edited - 1
    digest = plan_restore(Official, official.pk, position=then).digest()
    with changeset(reason="Edit."):
        Official.objects.update(honorific="Dr")
    with pytest.raises(PlanRefused) as refused:
        restore_record(
            Official, official.pk, position=then, reason="As it was.", as_previewed=digest
        )
    assert refused.value.messages == [CHANGED_SINCE]
    assert Official.objects.get().country == "US"


def test_a_refusal_carries_rows_and_changesets(edited):
    with changeset(reason="Edit.") as later:
        Official.objects.update(country="FR")
    with pytest.raises(PlanRefused) as refused:
        undo_changeset(edited, reason="Why.")
    (refusal,) = refused.value.plan.refusals
    assert (refusal.label, refusal.changesets) == ("official:ann-lee", (later.position,))


def test_inside_another_changeset_it_is_part_of_that_one(edited):
    with changeset(reason="Several things.", kind="command") as outer:
        undo_changeset(edited, reason="Why.")
    entry = Changeset.objects.latest("position")
    assert (entry.position, entry.reason) == (outer.position, "Several things.")
    assert Official.objects.get().country == "CA"

"""Restore: a record as it was, and a deleted one with what hung on it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from roster.actions.restore_deleted import restore_deleted
from roster.actions.restore_record import restore_record
from roster.history.ledger import verify
from roster.history.plans.restore import plan_restore, plan_restore_deleted
from roster.models import (
    Change,
    Changeset,
    Citation,
    Official,
    Paragraph,
    Role,
    Source,
    ThreatSource,
)
from tests.history.force import forced
from tests.history.samples import official, one_of_each
from tests.history.undoing import act, delete, edit, refusals, rows_now, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    found = {}
    act(lambda: found.update(one_of_each()))
    return found


@pytest.fixture
def ann(rows) -> Official:
    return rows[Official]


def restore(row, position: int, **options) -> int:
    key = row.pk or row.id
    done = restore_record(type(row), key, position=position, reason="As it was.", **options)
    assert verify().ok
    return done.position


def bring_back(model, key: int) -> int:
    done = restore_deleted(model, key, reason="Was deleted by mistake.")
    assert verify().ok
    return done.position


def last_position() -> int:
    return Changeset.objects.latest("position").position


def test_a_record_is_as_it_was_whoever_changed_it_since(ann):
    then, before = last_position(), rows_now()
    edit(ann, name="Anna Lee", aliases=("A",))
    edit(ann, name="Annabel Lee", born="1950")
    after = rows_now()
    position = restore(ann, then)
    assert rows_now() == before
    undo(position)
    assert rows_now() == after


def test_a_restore_says_in_its_reason_what_was_restored(ann):
    then = last_position()
    edit(ann, name="Anna Lee")
    done = Changeset.objects.get(position=restore(ann, then))
    assert done.kind == "undo"
    assert done.reason == f"Restore of official:ann-lee as of changeset {then}: As it was."


def test_a_record_restored_to_the_middle_of_its_history(ann):
    then = edit(ann, name="Anna Lee")
    edit(ann, name="Annabel Lee")
    restore(ann, then)
    assert Official.objects.get(pk=ann.pk).name == "Anna Lee"


def test_a_write_from_outside_counts_from_the_changeset_that_binds_it(ann):
    Official.objects.update(country="FR")
    then = edit(ann, honorific="Dr")
    edit(ann, country="US")
    restore_record(Official, ann.pk, position=then, reason="As it was.")
    assert Official.objects.get(pk=ann.pk).country == "FR"


def test_a_deleted_record_comes_back_as_it_was_then(rows):
    citation = rows[Citation]
    then = last_position()
    edit(citation, note="Later.")
    delete(citation)
    restore(citation, then)
    assert Citation.objects.get(pk=citation.pk).note == ""


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda ann: 999, "There is no changeset 999: the ledger has those from 1 to"),
        (lambda ann: 1, "was not there yet at changeset 1: choose another one."),
        (lambda ann: last_position(), "official:ann-lee is as it was at changeset"),
    ],
)
def test_a_moment_at_which_there_is_nothing_to_restore_is_refused(ann, make, words):
    (sentence,) = refusals(lambda: restore(ann, make(ann)))
    assert words in sentence


def test_a_moment_at_which_the_record_was_deleted_is_refused(rows):
    citation = rows[Citation]
    then = delete(citation)
    (sentence,) = refusals(lambda: restore(citation, then))
    assert f"had been deleted at changeset {then}: choose another one." in sentence


def test_a_restore_of_a_ref_that_was_taken_is_refused(ann):
    then = last_position()
    edit(ann, ref="anna-lee")
    act(lambda: official("ann-lee"))
    (sentence,) = refusals(lambda: restore(ann, then))
    assert "cannot have ref “ann-lee” again" in sentence


def test_a_deleted_record_comes_back_with_all_that_hung_on_it(rows, ann):
    before = rows_now()
    position = delete(*rows.values())
    after = rows_now()
    undone = bring_back(Official, ann.pk)
    assert rows_now() == before
    undo(undone)
    assert rows_now() == after
    assert position


def test_what_did_not_hang_on_the_record_stays_deleted(rows, ann):
    bea = []
    act(lambda: bea.append(official("bea")))
    delete(*rows.values(), bea[0])
    bring_back(Official, bea[0].pk)
    assert list(Official.objects.values_list("ref", flat=True)) == ["bea"]
    assert not Role.objects.exists()


def test_what_was_deleted_by_another_act_stays_deleted(rows, ann):
    delete(rows[Citation])
    position = delete(*(row for model, row in rows.items() if model is not Citation))
    bring_back(Official, ann.pk)
    assert Role.objects.exists()
    assert not Citation.objects.exists()
    assert not Source.objects.exists()
    assert position


def test_a_row_comes_back_with_those_at_which_it_points(rows):
    position = delete(*rows.values())
    bring_back(Paragraph, rows[Paragraph].pk)
    assert Citation.objects.get().record.protection.official.ref == "ann-lee"
    assert Source.objects.exists()
    assert position


def test_a_row_that_pointed_at_one_deleted_since_is_refused(rows, ann):
    role = rows[Role]
    delete(role)
    later = delete(*(row for model, row in rows.items() if model is not Role))
    assert refusals(lambda: bring_back(Role, role.pk)) == [
        (
            "role:ann-lee/envoy cannot name official:ann-lee as its official again: that is gone, "
            f"deleted by changeset {later} (no user); restore it first."
        )
    ]


def test_a_deleted_ref_that_was_taken_is_refused():
    made = []
    act(lambda: made.append(official("bea")))
    key = made[0].pk
    delete(made[0])
    act(lambda: official("bea", name="Another"))
    (sentence,) = refusals(lambda: bring_back(Official, key))
    assert "cannot have ref “bea” again" in sentence


def test_a_record_that_is_not_deleted_is_refused(ann):
    assert refusals(lambda: bring_back(Official, ann.pk)) == [
        "official:ann-lee is not deleted: there is nothing to restore."
    ]


def test_a_record_that_never_was_is_refused():
    assert refusals(lambda: bring_back(Official, 999)) == [
        "Nothing is recorded of official:999: there is nothing to restore."
    ]


def test_what_was_deleted_outside_any_changeset_comes_back(rows):
    before = rows_now()
    for row in reversed(rows.values()):
        type(row).objects.filter(pk=row.pk).delete()
    restore_deleted(Official, rows[Official].pk, reason="Was deleted by mistake.")
    assert rows_now() == before


def test_what_was_deleted_unseen_is_refused():
    made = []
    act(lambda: made.append(official("bea")))
    forced("DELETE FROM roster_official")
    assert (
        "where no trigger saw it" in plan_restore_deleted(Official, made[0].pk).refusals[0].sentence
    )


def test_a_deleted_user_comes_back_with_its_groups():
    made = []
    act(lambda: made.append(User.objects.create_user("bob", password="Correct-horse-7")))
    from django.contrib.auth.models import Group

    act(lambda: made[0].groups.add(Group.objects.first()))
    before, key = rows_now(), made[0].pk
    delete(made[0])
    bring_back(User, key)
    after = rows_now()
    assert after["auth_user_groups"] == before["auth_user_groups"]
    assert User.objects.get(pk=key).username == "bob"


def test_a_restore_to_a_value_that_is_taken_no_longer_is_refused(ann):
    from tests.history.test_undo_of_old_columns import recorded, written_once

    before = recorded(ann, born="in spring")
    then = written_once("roster_official", ann.pk, "u", recorded(ann), before)
    (refusal,) = plan_restore(Official, ann.pk, position=then).refusals
    assert refusal.sentence.startswith("official:ann-lee cannot be as it was: ")


def test_a_restore_leaves_out_columns_that_are_gone(ann):
    from tests.history.test_undo_of_old_columns import recorded, written_once

    then = written_once(
        "roster_official", ann.pk, "u", recorded(ann), recorded(ann, nickname="A", country="FR")
    )
    plan = plan_restore(Official, ann.pk, position=then)
    assert [c.column for c in plan.rows[0].changes] == ["country"]
    assert "nickname is left out" in plan.notes[0]


def test_restoring_writes_no_more_than_the_row(ann):
    then = last_position()
    edit(ann, name="Anna Lee")
    position = restore(ann, then)
    assert Change.objects.filter(changeset__position=position).count() == 1


def test_rows_that_point_at_each_other_come_back_together():
    made = []
    act(
        lambda: made.extend(
            ThreatSource.objects.create(ref=ref, name=ref, kind="state") for ref in "ab"
        )
    )
    edit(made[0], parent=made[1])
    edit(made[1], parent=made[0])
    before = rows_now()
    act(lambda: ThreatSource.objects.all()._raw_delete("default"))
    assert not ThreatSource.objects.exists()
    bring_back(ThreatSource, made[0].pk)
    assert rows_now() == before

"""Acknowledging what was written outside: no problem any more, but seen, and no way round."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from roster.actions.acknowledge_outside import acknowledge_outside
from roster.actions.undo_changeset import undo_changeset
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.history.reviewing import rules_of
from roster.models import Acknowledgement, BoundChange, Change, Changeset, Official
from roster.models.acknowledgements import awaiting_acknowledgement
from tests.factories import SourceFactory, SuperuserFactory, UserFactory
from tests.history.force import by_force, forced, kinds, run

pytestmark = pytest.mark.django_db

WHY = "Mended by the operator, ticket 12."


@pytest.fixture
def admin():
    """An administrator of a roster with two officials, whose country was written from outside."""
    with changeset(reason="Begin.", kind="seed"):
        found = UserFactory(username="ada")
        found.groups.set(Group.objects.filter(name="Administrator"))
        Official.objects.create(ref="ann-lee", name="Ann Lee")
        Official.objects.create(ref="bea-ray", name="Bea Ray")
    run("UPDATE roster_official SET country = 'CA'")
    return found


def outside():
    return list(Change.objects.outside().order_by("id").values_list("id", flat=True))


def acknowledge(admin, *ids):
    return acknowledge_outside(ids or outside(), user=admin, reason=WHY).closed


def problems():
    return [(problem.kind, problem.change) for problem in verify().problems]


def test_what_is_acknowledged_is_no_problem_any_more_and_stays_visible(admin):
    ids = outside()
    assert problems() == [("outside", number) for number in ids]
    entry = acknowledge(admin, *ids)
    verdict = verify()
    assert verdict.ok
    (told,) = verdict.acknowledged
    assert (told.position, told.user, told.reason, told.count) == (entry.position, "ada", WHY, 2)
    assert list(verdict.as_json()) == ["ok", "changesets", "changes", "problems"]
    assert outside() == ids


def test_an_acknowledgement_is_a_changeset_of_its_own_that_binds_what_it_acknowledges(admin):
    ids = outside()
    entry = acknowledge(admin, *ids)
    assert (entry.user, entry.reason, entry.change_count) == (admin, WHY, 2)
    assert {change.table for change in entry.changes_in_order} == {"roster_acknowledgement"}
    bound = BoundChange.objects.filter(changeset_id=entry.pk).values_list("change_id", flat=True)
    assert sorted(bound) == ids


def test_what_an_earlier_changeset_bound_can_be_acknowledged(admin):
    with changeset(reason="Something else."):
        SourceFactory()
    acknowledge(admin)
    assert verify().ok


def test_an_acknowledgement_awaits_a_second_person(admin):
    assert "acknowledgement" in [rule.name for rule in rules_of(acknowledge(admin))]


def test_each_changeset_is_told_with_what_it_acknowledged(admin):
    first, second = outside()
    acknowledge(admin, second)
    assert problems() == [("outside", first)]
    acknowledge(admin, first)
    assert [(told.position, told.count) for told in verify().acknowledged] == [(3, 1), (4, 1)]


def test_one_that_is_deleted_outside_brings_the_problem_back(admin):
    ids = outside()
    acknowledge(admin, *ids)
    run(f"DELETE FROM roster_acknowledgement WHERE change_id = {ids[0]}")
    assert problems() == [("outside", ids[0]), ("outside", outside()[-1])]


def test_one_that_is_deleted_unseen_brings_the_problem_back(admin):
    acknowledge(admin)
    forced("DELETE FROM roster_acknowledgement")
    assert kinds() == {"outside", "replay"}
    assert verify().acknowledged == []


def test_one_that_is_moved_outside_counts_no_more(admin):
    first, second = outside()
    acknowledge(admin, first)
    run(f"UPDATE roster_acknowledgement SET change_id = {second}")
    assert {number for _, number in problems()} == {first, second, outside()[-1]}


def test_one_written_outside_acknowledges_nothing_not_even_itself(admin):
    ids = outside()
    for number in ids:
        run(f"INSERT INTO roster_acknowledgement (change_id) VALUES ({number})")
    ahead = Change.objects.latest("id").pk + 1
    with by_force():
        run(f"INSERT INTO roster_acknowledgement (change_id) VALUES ({ids[0]})")
    run(f"UPDATE roster_acknowledgement SET change_id = {ahead} WHERE change_id = {ids[1]}")
    assert {number for _, number in problems() if number} == set(outside())
    assert verify().acknowledged == []


def test_one_that_was_forced_in_bars_no_true_one(admin):
    ids = outside()
    run(f"INSERT INTO roster_acknowledgement (change_id) VALUES ({ids[0]})")
    acknowledge(admin)
    assert verify().ok
    assert sum(told.count for told in verify().acknowledged) == 3


def test_one_made_before_the_write_acknowledges_nothing(admin):
    acknowledge(admin)
    run("UPDATE roster_official SET country = 'US' WHERE ref = 'ann-lee'")
    later = outside()[-1]
    with by_force():
        run(f"UPDATE roster_acknowledgement SET change_id = {later}")
    assert ("outside", later) in problems()


def test_undoing_it_brings_the_problem_back(admin):
    ids = outside()
    entry = acknowledge(admin, *ids)
    undo_changeset(entry.position, reason="It was not mended.", user=admin)
    assert problems() == [("outside", number) for number in ids]


def test_what_a_changeset_wrote_is_not_to_be_acknowledged(admin):
    inside = Change.objects.filter(changeset__isnull=False).latest("id").pk
    with pytest.raises(ValidationError, match=f"Change {inside} belongs to a changeset"):
        acknowledge(admin, *outside(), inside)
    assert not Acknowledgement.objects.exists()


def test_what_is_not_there_is_not_to_be_acknowledged(admin):
    with pytest.raises(ValidationError, match="There is no change 4711"):
        acknowledge(admin, *outside(), 4711)
    assert not Acknowledgement.objects.exists()


def test_nothing_is_acknowledged_twice(admin):
    acknowledge(admin)
    last = Changeset.objects.first()
    with pytest.raises(ValidationError, match="was acknowledged meanwhile"):
        acknowledge(admin)
    assert Changeset.objects.first() == last


def test_without_any_change_or_reason_nothing_is_acknowledged(admin):
    with pytest.raises(ValidationError, match="Tick the changes"):
        acknowledge_outside([], user=admin, reason=WHY)
    with pytest.raises(ValidationError, match="Say in a few words why"):
        acknowledge_outside(outside(), user=admin, reason=" \n")


@pytest.mark.parametrize("group", ["Viewer", "Analyst", "Reviewer"])
def test_it_takes_the_permission(admin, group):
    with changeset(reason="Account.", kind="seed"):
        user = UserFactory()
        user.groups.set(Group.objects.filter(name=group))
    with pytest.raises(ValidationError, match="ask an administrator"):
        acknowledge(user)
    assert awaiting_acknowledgement().count() == 2


def test_a_superuser_may_too(admin):
    with changeset(reason="Account.", kind="seed"):
        root = SuperuserFactory()
    acknowledge(root)
    assert verify().ok


@pytest.mark.parametrize("is_ones_own", [True, False])
def test_it_is_no_part_of_another_act(admin, is_ones_own):
    user = admin if is_ones_own else None
    with (
        pytest.raises(ValidationError, match="a changeset of its own"),
        changeset(reason="Other work.", user=user),
    ):
        acknowledge(admin)
    assert awaiting_acknowledgement().count() == 2

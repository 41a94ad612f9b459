"""A verdict: who may give it, what it must say, and that it is in the ledger itself."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from roster.actions.review_changeset import review_changeset
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.history.undo import plan_undo
from roster.models import Change, Changeset, Review
from tests.factories import OfficialFactory, SuperuserFactory, UserFactory


@pytest.fixture
def people(db):
    with changeset(reason="Accounts.", kind="seed"):
        found = {"root": SuperuserFactory(username="root")}
        for name in ("Analyst", "Reviewer", "Viewer", "Administrator"):
            found[name] = UserFactory(username=name.lower())
            found[name].groups.set(Group.objects.filter(name=name))
    return found


def written(user):
    with changeset(user=user, reason="Written.") as act:
        OfficialFactory()
    return act.closed


@pytest.mark.parametrize("who", ["Reviewer", "Administrator", "root"])
def test_a_verdict_is_a_changeset_of_its_own_in_the_reviewers_name(people, who):
    act = written(people["Analyst"])
    review = review_changeset(act, reviewer=people[who], verdict="approved", comment=" Fine. ")
    entry = Changeset.objects.first()
    assert (entry.user, entry.reason) == (people[who], f"Approve changeset {act.position}.")
    assert entry.review_reasons is None
    (change,) = entry.changes_in_order
    assert (change.table, change.key, change.act) == ("roster_review", review.pk, "i")
    assert (review.author, review.reviewer, review.comment) == (act.user, people[who], "Fine.")
    assert verify().problems == []


@pytest.mark.parametrize("who", ["Analyst", "Viewer"])
def test_a_verdict_takes_the_permission(people, who):
    with pytest.raises(ValidationError, match="takes the permission to review"):
        review_changeset(written(people["root"]), reviewer=people[who], verdict="approved")
    assert not Review.objects.exists()


@pytest.mark.parametrize("who", ["Reviewer", "Administrator", "root"])
def test_nobody_reviews_their_own_not_even_a_superuser(people, who):
    act = written(people[who])
    with pytest.raises(ValidationError, match="Nobody reviews a changeset of their own"):
        review_changeset(act, reviewer=people[who], verdict="approved")
    assert Changeset.objects.first() == act


def test_what_no_user_wrote_anyone_with_the_permission_may_review(people):
    act = written(None)
    review = review_changeset(act, reviewer=people["Reviewer"], verdict="approved")
    assert review.author is None


def test_a_query_says_what_is_asked(people):
    act = written(people["Analyst"])
    with pytest.raises(ValidationError, match="A query needs a comment"):
        review_changeset(act, reviewer=people["root"], verdict="queried", comment=" \n")
    with pytest.raises(ValidationError, match="not accepted: give one of approved, queried"):
        review_changeset(act, reviewer=people["root"], verdict="liked")
    assert Changeset.objects.first() == act


def test_a_verdict_is_not_given_amid_the_act_of_another(people):
    act = written(people["Analyst"])
    with (
        pytest.raises(ValidationError, match="in its reviewer's own name"),
        changeset(user=people["Administrator"], reason="Other work."),
    ):
        review_changeset(act, reviewer=people["root"], verdict="approved")
    assert not Review.objects.exists()


def test_a_verdict_cannot_be_undone(people):
    review_changeset(written(people["Analyst"]), reviewer=people["root"], verdict="approved")
    plan = plan_undo(Changeset.objects.first().position)
    (refusal,) = plan.refusals
    assert "gives a verdict, which stays: give another, the latest counts." in refusal.sentence
    assert not plan.rows


def test_a_later_verdict_supersedes_and_the_earlier_stays(people):
    act = written(people["Analyst"])
    first = review_changeset(act, reviewer=people["root"], verdict="queried", comment="Why?")
    with pytest.raises(ValidationError, match="root queried this changeset meanwhile"):
        review_changeset(act, reviewer=people["Reviewer"], verdict="approved", seen=0)
    second = review_changeset(act, reviewer=people["Reviewer"], verdict="approved", seen=first.pk)
    assert list(Review.objects.standing()) == [second]
    assert list(Review.objects.all()) == [first, second]
    assert Change.objects.filter(table="roster_review", act="i").count() == 2

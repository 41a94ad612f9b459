"""Reviews: what the database refuses, which verdict counts, and how changesets stand by it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from roster.history.changesets import changeset
from roster.models import Changeset, Review
from roster.models.reviews import ReviewState, in_review_state, standing_reviews
from tests.factories import OfficialFactory, ProtectionFactory, UserFactory


@pytest.fixture
def people(db):
    with changeset(reason="Accounts.", kind="seed"):
        return [UserFactory(username=name) for name in ("ann", "rex")]


def written(user=None, make=ProtectionFactory):
    with changeset(user=user, reason="Written.") as act:
        make()
    return act.closed


RULES = [
    ({"verdict": "queried", "comment": ""}, "A query needs a comment"),
    ({"author": "ann", "reviewer": "ann"}, "Nobody reviews a changeset of their own"),
    ({"verdict": "liked"}, "give one of approved, queried"),
]


@pytest.mark.parametrize(("values", "sentence"), RULES)
def test_a_wrong_verdict_is_refused_with_a_sentence_and_by_the_database(people, values, sentence):
    ann, rex = people
    given = {"changeset": written(ann), "verdict": "approved", "author": ann, "reviewer": rex}
    given |= {name: ann if value == "ann" else value for name, value in values.items()}
    with pytest.raises(ValidationError, match=sentence):
        Review(**given).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(**given)


@pytest.mark.parametrize("author", [True, False])
def test_a_verdict_of_another_passes(people, author):
    ann, rex = people
    act = written(ann if author else None)
    review = Review(changeset=act, verdict="approved", author=act.user, reviewer=rex)
    review.full_clean()
    review.save()
    assert str(review) == f"Approved {act}"


@pytest.mark.parametrize("has_author", [True, False])
def test_a_changeset_goes_through_its_states(people, has_author):
    rex, ann = people[1], people[0] if has_author else None
    act, plain = written(ann), written(None, make=OfficialFactory)

    def states():
        return {
            state.value: [
                one.pk for one in in_review_state(Changeset.objects.exclude(kind="seed"), state)
            ]
            for state in ReviewState
        }

    others = {"not_needed": [plain.pk, Changeset.objects.last().pk]}
    empty = {"awaiting": [], "approved": [], "queried": []}
    assert states() == empty | others | {"awaiting": [act.pk]}
    for verdict in ("queried", "approved", "queried"):
        Review.objects.create(
            changeset=act, verdict=verdict, comment="Why?", author=ann, reviewer=rex
        )
        assert states() == empty | others | {verdict: [act.pk]}


def test_a_verdict_of_ones_own_counts_for_nothing_however_it_was_written(people):
    ann, rex = people
    act = written(ann)
    Review.objects.create(changeset=act, verdict="approved", author=rex, reviewer=ann)
    Review.objects.create(changeset=act, verdict="approved", author=None, reviewer=ann)
    assert list(in_review_state(Changeset.objects.all(), ReviewState.AWAITING)) == [act]
    assert standing_reviews([act]) == {}


def test_a_verdict_knows_when_the_ledger_recorded_it(people):
    act = written(people[0])
    Review.objects.create(changeset=act, verdict="approved", reviewer=people[1])
    (review,) = standing_reviews([act]).values()
    assert review.given_at >= act.closed_at
    assert review.reviewer == people[1]


def test_whoever_gave_a_verdict_cannot_be_deleted(people):
    Review.objects.create(changeset=written(), verdict="approved", reviewer=people[1])
    with pytest.raises(ProtectedError):
        people[1].delete()

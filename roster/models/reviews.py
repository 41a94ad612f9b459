"""Reviews: a second person's verdict on a changeset, and how a changeset stands by them.

Why a changeset must be reviewed stands in its own row, where the ledger's digest covers it;
`roster.history.reviewing` has the rules. A later verdict supersedes an earlier one; all stay.
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from roster.fields import CodeField, ProseField, Rule
from roster.models.changes import Change, Changeset
from roster.models.records import SUMMARY_LENGTH

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")

OWN_ACT = "Nobody reviews a changeset of their own: another person with that permission must."
"""Says why the author's verdict is refused, a superuser's included."""


class Verdict(models.TextChoices):
    APPROVED = "approved", "Approved"
    QUERIED = "queried", "Queried"


class ReviewState(models.TextChoices):
    """How a changeset stands: by its latest verdict, or waiting for one."""

    AWAITING = "awaiting", "Awaits review"
    APPROVED = "approved", "Approved"
    QUERIED = "queried", "Queried"
    NOT_NEEDED = "not_needed", "Needs no review"


class ReviewQuerySet(models.QuerySet["Review"]):
    def counted(self) -> Self:
        """Those of a second person: one's own verdict counts for nothing, however it got there."""
        return self.exclude(reviewer=F("changeset__user"))

    def standing(self) -> Self:
        """The latest that counts of each changeset."""
        later = Review.objects.counted().filter(
            changeset=OuterRef("changeset"), id__gt=OuterRef("id")
        )
        return self.counted().filter(~Exists(later))

    def with_moment(self) -> Self:
        """Each with `given_at`, when the ledger recorded it."""
        recorded = Change.objects.filter(table=Review._meta.db_table, key=OuterRef("pk"))
        return self.annotate(given_at=Subquery(recorded.order_by("id").values("clock")[:1]))


class Review(models.Model):
    """A second person's verdict on a changeset."""

    changeset = models.ForeignKey(
        Changeset, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    verdict = CodeField(choices=Verdict)
    comment = ProseField(
        max_length=SUMMARY_LENGTH, blank=True, help_text="What should be answered or mended."
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The user of the changeset, if it has one.",
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews"
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        default_permissions = ("add",)
        ordering = ("id",)
        indexes = (
            models.Index(fields=("changeset", "id", "reviewer"), name="review_by_changeset"),
        )
        constraints = (
            Rule(
                name="review_query_says_what_is_asked",
                condition=~Q(verdict=Verdict.QUERIED) | ~Q(comment=""),
                sentence="A query needs a comment: say what should be answered or mended.",
                field="comment",
                holds=lambda review: review.verdict != Verdict.QUERIED or review.comment != "",
            ),
            Rule(
                name="review_is_not_by_the_author",
                condition=Q(author__isnull=True) | ~Q(author=F("reviewer")),
                sentence=OWN_ACT,
                field="reviewer",
                holds=lambda review: (
                    review.author_id is None or review.author_id != review.reviewer_id
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.changeset}"


def awaiting_review(changesets: Rows) -> Rows:
    """Those that must be reviewed and have no verdict that counts."""
    return changesets.filter(~Exists(_verdicts()), review_reasons__isnull=False)


def in_review_state(changesets: Rows, state: ReviewState) -> Rows:
    """Those that stand so."""
    match state:
        case ReviewState.AWAITING:
            return awaiting_review(changesets)
        case ReviewState.NOT_NEEDED:
            return changesets.filter(~Exists(_verdicts()), review_reasons__isnull=True)
        case _:
            standing = Review.objects.standing().filter(verdict=state.value)
            return changesets.filter(pk__in=standing.order_by().values("changeset"))


def _verdicts() -> ReviewQuerySet:
    """Those that count of the changeset that the outer query is at, found without a join."""
    author = Coalesce(OuterRef("user"), Value(0))  # of nobody's act everybody's verdict counts
    return Review.objects.filter(changeset=OuterRef("pk")).exclude(reviewer=author)


def standing_reviews(changesets: list[Changeset]) -> dict[int, Review]:
    """By changeset: the latest verdict that counts, with reviewer and moment; one query."""
    found = Review.objects.standing().filter(changeset__in=changesets)
    return {
        review.changeset_id: review for review in found.with_moment().select_related("reviewer")
    }

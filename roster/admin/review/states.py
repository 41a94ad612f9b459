"""How a changeset stands with its reviewers, in words: for lists, its page and the first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from roster.actions.review_changeset import PERMISSION
from roster.admin.display import page_url
from roster.admin.filters import ChoiceFilter
from roster.admin.lists import moment
from roster.history.reviewing import ReviewRule, rules_of
from roster.models import Changeset, Review
from roster.models.reviews import (
    OWN_ACT,
    ReviewState,
    Verdict,
    awaiting_review,
    in_review_state,
    standing_reviews,
)

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

MOST_COUNTED = 1_000
"""Of more changesets that await review it is said only that there are more."""
MOST_QUERIED = 5
"""Queried changesets of one's own that the first page names."""


@dataclass(frozen=True)
class ShownReview:
    """How one changeset stands: its state, the reasons to review it, and the latest verdict."""

    state: ReviewState
    rules: tuple[ReviewRule, ...]
    by_whom: str
    comment: str

    @property
    def mark(self) -> SafeString:
        """The state as a word that the style sheet can tell apart."""
        return format_html(
            '<span class="review-state review-{}">{}</span>', self.state, self.state.label
        )

    @property
    def why(self) -> str:
        """The reasons, in few words."""
        return ", ".join(rule.title for rule in self.rules)


@dataclass(frozen=True)
class Waiting:
    """How many changesets await a review, and whose; `is_more` where there are more of them."""

    count: int
    is_more: bool
    users: frozenset[int]


def shown_reviews(changesets: list[Changeset]) -> dict[int, ShownReview]:
    """By changeset: how it stands; one query for all."""
    standing = standing_reviews(changesets)
    return {row.pk: _shown(row, standing.get(row.pk)) for row in changesets}


def by_whom(review: Any) -> str:
    """Who gave the verdict, and when, of a review that `with_moment` fetched."""
    when = f" on {moment(review.given_at)}" if review.given_at else ""
    return f"by {review.reviewer.get_username()}{when}"


def may_review(request: HttpRequest) -> bool:
    return request.user.has_perm(PERMISSION)


def refusal_of(request: HttpRequest, changeset: Changeset) -> str:
    """Why this user cannot review it; empty where nothing stands against it."""
    return OWN_ACT if changeset.user_id == request.user.pk else ""


def review_panel(request: HttpRequest, changeset: Changeset) -> dict[str, Any]:
    """What the page of a changeset says of its review."""
    shown = shown_reviews([changeset])[changeset.pk]
    refusal = refusal_of(request, changeset)
    can_review = may_review(request) and not refusal
    return {
        "review": shown,
        "review_is_ones_own": bool(refusal) and shown.state is not ReviewState.NOT_NEEDED,
        "review_url": reverse("admin:review_changeset", args=(changeset.pk,)) if can_review else "",
    }


def reviews_of_interest(request: HttpRequest, site: RosterSite) -> dict[str, Any]:
    """For the first page: whose queries this user is to answer."""
    if not site.get_model_admin(Changeset).has_view_permission(request):
        return {}
    queried = (
        Review.objects.standing()
        .filter(author=request.user.pk, verdict=Verdict.QUERIED)
        .select_related("changeset", "reviewer")
        .order_by("-id")
    )
    return {
        "queried_changesets": queried[: MOST_QUERIED + 1],
        "most_queried": MOST_QUERIED,
        "all_queried_url": f"{page_url(Changeset, 'changelist')}?review={ReviewState.QUERIED}"
        f"&user__id__exact={request.user.pk}",
    }


def waiting_for(request: HttpRequest) -> Waiting:
    """The changesets that await a verdict which this user may give, the oldest counted."""
    found = awaiting_review(Changeset.objects.order_by("position")).exclude(user=request.user.pk)
    users = list(found.values_list("user", flat=True)[: MOST_COUNTED + 1])
    counted = users[:MOST_COUNTED]
    return Waiting(len(counted), users != counted, frozenset(counted) - {None})


class ReviewFilter(ChoiceFilter):
    """Changesets by how they stand with their reviewers."""

    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, state.label) for state in ReviewState]

    def narrowed(self, rows: Any, value: str) -> Any:
        return in_review_state(rows, ReviewState(value))


def _shown(changeset: Changeset, review: Review | None) -> ShownReview:
    if review is not None:
        state = ReviewState(review.verdict)
    elif changeset.review_reasons:
        state = ReviewState.AWAITING
    else:
        state = ReviewState.NOT_NEEDED
    return ShownReview(
        state=state,
        rules=tuple(rules_of(changeset)),
        by_whom=by_whom(review) if review else "",
        comment=review.comment if review else "",
    )

"""A second person's verdict on a changeset, itself a changeset."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from roster.history.changesets import changeset as open_changeset
from roster.models import Changeset, Review
from roster.models.reviews import OWN_ACT, Verdict

PERMISSION = "roster.add_review"


def review_changeset(
    changeset: Changeset,
    *,
    reviewer: User,
    verdict: str,
    comment: str = "",
    seen: int | None = None,
) -> Review:
    """Give the verdict in the reviewer's name; the earlier ones stay, the latest counts.

    `seen` is the id of the last verdict that the reviewer has read, 0 for none: a later one is
    then not superseded unread. Raises ValidationError on an author's verdict, a superuser's
    included, on one without the permission, on a query without a comment, and inside a changeset
    of somebody else.
    """
    if not reviewer.has_perm(PERMISSION):
        raise ValidationError("A verdict takes the permission to review: ask an administrator.")
    if changeset.user_id == reviewer.pk:
        raise ValidationError(OWN_ACT)
    review = Review(
        changeset=changeset,
        verdict=verdict,
        comment=comment.strip(),
        author_id=changeset.user_id,
        reviewer=reviewer,
    )
    verb = "Query" if verdict == Verdict.QUERIED else "Approve"
    reason = f"{verb} changeset {changeset.position}."
    with open_changeset(reason=reason, user=reviewer) as act:
        if act.user_id != reviewer.pk:
            raise ValidationError(
                "A verdict is given in its reviewer's own name: close the other changeset first."
            )
        Changeset.objects.select_for_update(of=("self",)).get(pk=changeset.pk)  # one at a time
        if seen is not None:
            _refuse_unread(changeset, seen)
        review.full_clean()
        review.save()
    return review


def _refuse_unread(changeset: Changeset, seen: int) -> None:
    """Refuse where another verdict was given since the reviewer looked."""
    unread = Review.objects.filter(changeset=changeset, pk__gt=seen).select_related("reviewer")
    if latest := unread.last():
        raise ValidationError(
            f"{latest.reviewer.get_username()} {latest.verdict} this changeset meanwhile: read "
            "that verdict, then give yours."
        )

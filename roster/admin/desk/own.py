"""What is a user's own on the desk: changesets to review, edits made, imports in progress."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator

from roster.admin.desk.filters import UnderWayFilter
from roster.admin.desk.lines import MOST_LINES, Line
from roster.admin.desk.shown import Number, ShownSection
from roster.admin.display import Cell, page_url, row_url
from roster.admin.imports.run_rights import seen_by
from roster.admin.imports.shown_runs import paced
from roster.admin.lists import moment
from roster.admin.review.states import may_review, waiting_for
from roster.exchange.attempts import note_lost
from roster.models import Changeset, ImportRun
from roster.models.reviews import awaiting_review

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

REASON_LENGTH = 90


def own_sections(request: HttpRequest, site: RosterSite) -> list[ShownSection]:
    """Those that this user may view, in the order in which they want attention."""
    return [*_to_review(request, site), *_imports(request, site), *_edits(request, site)]


def _to_review(request: HttpRequest, site: RosterSite) -> Iterator[ShownSection]:
    if not (site.get_model_admin(Changeset).has_view_permission(request) and may_review(request)):
        return
    waiting = waiting_for(request)
    others = awaiting_review(Changeset.objects.order_by("position"))
    oldest = others.exclude(user=request.user.pk).select_related("user")
    yield ShownSection(
        key="review",
        title="Awaiting your review",
        sentence="Changesets of others that must be reviewed and have no verdict yet, the oldest "
        "first.",
        nothing="No changeset of anybody else’s awaits a review.",
        numbers=(
            Number("Changesets", waiting.count, reverse("admin:review"), is_more=waiting.is_more),
        ),
        lines=tuple(
            _of_changeset(row, reverse("admin:review_changeset", args=(row.pk,)), by=row.user)
            for row in (oldest[:MOST_LINES] if waiting.count else ())
        ),
    )


def _edits(request: HttpRequest, site: RosterSite) -> Iterator[ShownSection]:
    if not site.get_model_admin(Changeset).has_view_permission(request):
        return
    own = Changeset.objects.filter(user=request.user.pk)
    count = own.order_by().count()
    latest = own.newest_first()
    yield ShownSection(
        key="edits",
        title="Your last edits",
        sentence="What you wrote, the newest first.",
        nothing="You have written nothing yet.",
        numbers=(
            Number(
                "Changesets",
                count,
                f"{page_url(Changeset, 'changelist')}?user__id__exact={request.user.pk}",
            ),
        ),
        lines=tuple(
            _of_changeset(row, row_url(row)) for row in (latest[:MOST_LINES] if count else ())
        ),
    )


def _imports(request: HttpRequest, site: RosterSite) -> Iterator[ShownSection]:
    if not site.get_model_admin(ImportRun).has_view_permission(request):
        return
    note_lost()  # as the list does
    runs = list(seen_by(ImportRun.objects.under_way(), request).defer("listed_errors"))
    yield ShownSection(
        key="imports",
        title="Imports in progress",
        sentence="Import runs that have not ended.",
        nothing="No import is under way.",
        numbers=(
            Number(
                "Under way",
                len(runs),
                f"{page_url(ImportRun, 'changelist')}?{UnderWayFilter.parameter_name}=yes",
            ),
        ),
        lines=tuple(
            Line(
                Cell(run.shown_name, row_url(run)),
                paced(run) or run.get_state_display(),
                moment(run.begun_at),
            )
            for run in runs[:MOST_LINES]
        ),
    )


def _of_changeset(row: Changeset, url: str, *, by: User | None = None) -> Line:
    who = f"{by.get_username()}: " if by else ""
    said = f"{who}{Truncator(row.reason).chars(REASON_LENGTH)}"
    return Line(Cell(f"{row.get_kind_display()} {row}", url), said, moment(row.closed_at))

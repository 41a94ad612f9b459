"""The pages on which a second person judges changesets: the queue, and one changeset at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from roster.actions.review_changeset import review_changeset
from roster.admin.review.evidence import reviewed_changes
from roster.admin.review.queue import Queue, queue_of
from roster.admin.review.states import (
    by_whom,
    may_review,
    refusal_of,
    shown_reviews,
    waiting_for,
)
from roster.models import Changeset, Citation, Review
from roster.models.records import SUMMARY_LENGTH
from roster.models.reviews import Verdict

if TYPE_CHECKING:
    from roster.admin.changes import ChangesetAdmin
    from roster.admin.site import RosterSite


class VerdictForm(forms.Form):
    """Approve, or query with a comment. `seen` is the last verdict that stood on the page."""

    verdict = forms.ChoiceField(
        choices=Verdict,
        error_messages={
            "required": "Approve the changeset, or query it.",
            "invalid_choice": "“%(value)s” is no verdict: approve the changeset, or query it.",
        },
    )
    comment = forms.CharField(
        required=False,
        max_length=SUMMARY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "id_comment_helptext"}),
        help_text="A query needs one: what should be answered or mended?",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


def review_queue_page(request: HttpRequest, site: RosterSite) -> TemplateResponse:
    """The changesets that await a verdict of this user, oldest first, in pages."""
    _require_permission(request, site)
    waiting = waiting_for(request)
    queue = queue_of(request, offered=waiting.users)
    after = request.GET.get("after", "")
    position = int(after) if after.isdecimal() and len(after) < 19 else 0
    rows, has_more = queue.page(position)
    shown = shown_reviews(rows)
    context = {
        **site.each_context(request),
        "title": "Review",
        "queue": queue,
        "rows": [(row, shown[row.pk]) for row in rows],
        "first": rows[0] if rows else None,
        "after": position,
        "next_after": rows[-1].position if has_more else None,
        "waiting": waiting,
    }
    request.current_app = site.name
    return TemplateResponse(request, "roster/review/queue.html", context)


def review_page(request: HttpRequest, site: RosterSite, changeset_id: int) -> HttpResponse:
    """One changeset, its values beside their quotes, and the form that takes the verdict."""
    _require_permission(request, site)
    changeset = Changeset.objects.select_related("user").filter(pk=changeset_id).first()
    if changeset is None:
        raise Http404(f"There is no changeset {changeset_id}.")
    queue = queue_of(request)
    refusal = refusal_of(request, changeset)
    status = 200
    form = None
    if request.method == "POST":
        form = VerdictForm(request.POST)
        if form.is_valid() and _judge(request, changeset, form):
            return _to_the_next(request, changeset, queue)
        status = 403 if refusal else 200
    context = _shown(request, site, changeset, queue) | {"refusal": refusal}
    seen = max((review.pk for review, _ in context["verdicts"]), default=0)
    context["form"] = form or VerdictForm(initial={"seen": seen})
    request.current_app = site.name
    return TemplateResponse(request, "roster/review/changeset.html", context, status=status)


def _require_permission(request: HttpRequest, site: RosterSite) -> None:
    may_view = site.get_model_admin(Changeset).has_view_permission(request)
    if not (may_view and may_review(request)):
        raise PermissionDenied


def _judge(request: HttpRequest, changeset: Changeset, form: VerdictForm) -> bool:
    """Give the verdict that the form asks for; where it is refused, the form says why."""
    given = form.cleaned_data
    try:
        review_changeset(
            changeset,
            reviewer=cast("User", request.user),
            verdict=given["verdict"],
            comment=given["comment"],
            seen=given["seen"],
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _to_the_next(request: HttpRequest, changeset: Changeset, queue: Queue) -> HttpResponse:
    """Say what was done, and go on with the next of the queue, the oldest after its end."""
    verdict = request.POST["verdict"]
    messages.success(request, f"Changeset {changeset} is {verdict}.")
    ahead = queue.next(changeset.position) or queue.next(0)
    address = (
        reverse("admin:review_changeset", args=(ahead.pk,)) if ahead else reverse("admin:review")
    )
    return HttpResponseRedirect(address + queue.query)


def _shown(
    request: HttpRequest, site: RosterSite, changeset: Changeset, queue: Queue
) -> dict[str, Any]:
    changesets = cast("ChangesetAdmin", site.get_model_admin(Changeset))
    listed = changesets.page_of_changes(request, changeset.changes_in_order)
    verdicts = Review.objects.counted().filter(changeset=changeset).with_moment()
    may_view_citations = site.get_model_admin(Citation).has_view_permission(request)
    return {
        **site.each_context(request),
        "title": f"Review changeset {changeset}",
        "changeset": changeset,
        "review": shown_reviews([changeset])[changeset.pk],
        "verdicts": [(one, by_whom(one)) for one in verdicts.select_related("reviewer")],
        "reviewed": reviewed_changes(listed["changes"], with_citations=may_view_citations),
        "page": listed["page"],
        "query": queue.query,
        "next": queue.next(changeset.position),
        "previous": queue.previous(changeset.position),
    }

"""The page on which administrators check the ledger, and answer for what was written outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from roster.actions.acknowledge_outside import PERMISSION, acknowledge_outside
from roster.admin.forms.reasons import ReasonForm
from roster.admin.trust.shown import outcome_of, shown_acknowledged, shown_outside
from roster.history.ledger import Problem, verify
from roster.history.verifying.anchors import AnchorError, Anchors, anchors_in
from roster.models import Change, Changeset
from roster.models.acknowledgements import awaiting_acknowledgement
from roster.models.changes import ChangeQuerySet

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

OUTSIDE_A_PAGE = 100
MOST_COUNTED = 1_000
"""Of more changes outside the first page says only that there are more."""
MAX_ANCHOR_BYTES = 2**20
"""What is read of an anchor file: some seven thousand lines, twenty years of days."""


class VerifyForm(forms.Form):
    """Takes heads that were noted earlier. `anchors` is what the file holds, once it is valid."""

    file = forms.FileField(
        label="Anchor file",
        required=False,
        allow_empty_file=True,  # which is refused as what it is: no anchor
        help_text="If you have one: heads of the ledger noted earlier and kept elsewhere, one a "
        "line. Each is compared with the ledger of today.",
    )
    anchors: Anchors = Anchors((), ())

    def clean_file(self) -> None:
        file = self.cleaned_data["file"]
        if file is None:
            return
        if file.size > MAX_ANCHOR_BYTES:
            raise ValidationError(
                f"The file has more than {MAX_ANCHOR_BYTES:,} bytes, which is the most that is "
                "read: give one to which verify_history --write-anchor has written."
            )
        try:
            self.anchors = anchors_in(file.read(), name=file.name)
        except AnchorError as error:
            raise ValidationError(str(error)) from error


class AcknowledgeForm(ReasonForm):
    """Which of the changes outside are acknowledged, and why.

    `all_of_them` means those on other pages too, up to the latest that there was: `through`.
    """

    changes = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        error_messages={
            "invalid_choice": "“%(value)s” names no change: tick those that are listed."
        },
    )
    all_of_them = forms.BooleanField(required=False)
    through = forms.IntegerField(min_value=1, max_value=2**63 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whether each may be acknowledged is for the act to say.
        ticked = [text for text in self.ticked if text.isdecimal() and len(text) < 19]
        self.fields["changes"].choices = [(text, text) for text in ticked]  # type: ignore[attr-defined]  # of this field

    @property
    def ticked(self) -> list[str]:
        """The changes that were ticked, as they were sent."""
        return cast("QueryDict", self.data).getlist("changes") if self.is_bound else []

    def ids(self) -> list[int]:
        """The changes that are meant."""
        if self.cleaned_data["all_of_them"]:
            meant = awaiting_acknowledgement().filter(pk__lte=self.cleaned_data["through"])
            return list(meant.values_list("pk", flat=True))
        return list(self.cleaned_data["changes"])


def may_check(request: HttpRequest, site: RosterSite) -> bool:
    """Whether this user may check the ledger, which tells of rows of every kind."""
    views = all(site.get_model_admin(m).has_view_permission(request) for m in (Changeset, Change))
    return views and request.user.has_perm(PERMISSION)


def trust_of_interest(request: HttpRequest, site: RosterSite) -> dict[str, Any]:
    """For the first page: how much from outside nobody has acknowledged."""
    if not may_check(request, site):
        return {}
    count = awaiting_acknowledgement().order_by()[: MOST_COUNTED + 1].count()
    return {"outside": {"count": min(count, MOST_COUNTED), "is_more": count > MOST_COUNTED}}


def trust_page(request: HttpRequest, site: RosterSite) -> HttpResponse:
    """Where the ledger stands; on a POST also what verification of all of it finds."""
    _require_permission(request, site)
    if request.method != "POST":
        return _page(request, site)
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, site, verify_form=form)
    anchors = form.anchors
    verdict = verify(anchors.found)
    verdict.problems[:0] = [Problem("anchor", refusal) for refusal in anchors.refused]
    return _page(request, site, outcome=outcome_of(verdict, anchors=len(anchors.found)))


def acknowledge_page(request: HttpRequest, site: RosterSite) -> HttpResponse:
    """Acknowledge what is ticked, and back to what is left."""
    _require_permission(request, site)
    if request.method != "POST":  # as after a sign-in in between
        return redirect("admin:trust")
    form = AcknowledgeForm(request.POST)
    if not (form.is_valid() and _acknowledge(request, form)):
        return _page(request, site, reason_form=form)
    return redirect("admin:trust")


def _acknowledge(request: HttpRequest, form: AcknowledgeForm) -> bool:
    """Write what the form asks for; where it is refused, the form says why."""
    ids, reason = form.ids(), form.cleaned_data["change_reason"]
    try:
        act = acknowledge_outside(ids, user=cast("User", request.user), reason=reason)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    are = "change is" if len(ids) == 1 else "changes are"
    messages.success(request, f"{len(ids):,} {are} acknowledged, by changeset {act.position}.")
    return True


def _require_permission(request: HttpRequest, site: RosterSite) -> None:
    if not may_check(request, site):
        raise PermissionDenied


def _page(
    request: HttpRequest,
    site: RosterSite,
    *,
    reason_form: AcknowledgeForm | None = None,
    **context: Any,
) -> TemplateResponse:
    form = reason_form or AcknowledgeForm()
    page: Page[Any] = Paginator(awaiting_acknowledgement(), OUTSIDE_A_PAGE).get_page(
        request.GET.get("p")
    )
    listed = cast("ChangeQuerySet", page.object_list)
    newest = Change.objects.outside().order_by("-id").values_list("pk", flat=True).first()
    shown = {
        **site.each_context(request),
        "title": "Trust",
        "head": Changeset.objects.newest_first().values("pk", "position", "digest").first(),
        "page": page,
        "outside": shown_outside(listed, ticked=form.ticked),
        "through": newest,
        "reason_form": form,
        "acknowledged": shown_acknowledged(),
        "verify_form": VerifyForm(),
        "trust_url": reverse("admin:trust"),
        **context,
    }
    request.current_app = site.name
    return TemplateResponse(request, "roster/trust/page.html", shown)

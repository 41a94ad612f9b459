"""The steps of a page that takes something back: see what it would do, say why, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from roster.actions.carry_out import Done, PlanRefused
from roster.admin.texts.forms import ConfirmTextForm
from roster.admin.undo.rights import may_carry_out
from roster.admin.undo.shown import ROWS_A_PAGE, shown_refusals, shown_row
from roster.history.plans.plan import Plan, PlannedRow

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

CONFIRM = "confirm"
"""The button that does what was shown; any other one shows it again."""


class PlanSteps:
    """One request for such a page. What is confirmed is what was shown, or it is shown again."""

    template: ClassVar[str]

    def __init__(self, request: HttpRequest, site: RosterSite) -> None:
        self.request, self.site = request, site

    def plan(self) -> Plan:
        """What it would do now."""
        raise NotImplementedError

    def carry_out(self, *, reason: str, as_previewed: str) -> Done:
        """Do what the plan says; ValidationError where it is refused."""
        raise NotImplementedError

    def done(self, done: Done) -> HttpResponse:
        """Say what the database holds now, and lead on."""
        raise NotImplementedError

    def shown(self, plan: Plan) -> dict[str, Any]:
        """What the template needs beside the plan."""
        raise NotImplementedError

    def rows(self, plan: Plan) -> Sequence[PlannedRow]:
        """The rows of the plan in the order in which they are shown."""
        return plan.rows

    @property
    def is_confirmed(self) -> bool:
        return self.request.method == "POST" and CONFIRM in self.request.POST

    def respond(self) -> HttpResponse:
        """The preview; confirmed with a reason, what it leads to."""
        plan = self._permitted(self.plan())
        kept = {"change_reason": self.request.POST.get("change_reason", "")}
        form = ConfirmTextForm(self.request.POST if self.is_confirmed else None, initial=kept)
        status, refused = HTTPStatus.OK, list[str]()
        if form.is_valid():
            previewed = form.cleaned_data["previewed"]
            try:
                if previewed != plan.digest():  # the right to it was not asked for yet
                    raise PlanRefused(plan.as_previewed(previewed))
                reason = form.cleaned_data["change_reason"]
                return self.done(self.carry_out(reason=reason, as_previewed=previewed))
            except ValidationError as error:
                plan = self._permitted(self.plan())
                said = {refusal.sentence for refusal in plan.refusals}
                refused = [sentence for sentence in error.messages if sentence not in said]
                status = HTTPStatus.CONFLICT
        return self._page(plan, status, reason_form=form, refused=refused)

    def _permitted(self, plan: Plan) -> Plan:
        if not may_carry_out(self.request, self.site, plan):
            raise PermissionDenied
        return plan

    def _page(self, plan: Plan, status: int, **context: Any) -> TemplateResponse:
        page = Paginator(self.rows(plan), ROWS_A_PAGE).get_page(self.request.GET.get("p"))
        refusals = shown_refusals(plan, self.request, self.site)
        linked = self.site.tables_with_pages
        shown = {
            **self.site.each_context(self.request),
            "plan": plan,
            "previewed": plan.digest(),
            "page": page,
            "rows": [shown_row(row, linked) for row in page.object_list],
            "refusals": refusals,
            "more_refusals": len(plan.refusals) - len(refusals),
            **context,
            **self.shown(plan),
        }
        self.request.current_app = self.site.name
        return TemplateResponse(
            self.request, f"roster/undo/{self.template}.html", shown, status=status
        )

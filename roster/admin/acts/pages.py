"""The page of an act: ask, show what it would do, and do it as it was shown."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from roster.actions.act_plans import MOST_AT_ONCE, ActPlan, too_many
from roster.actions.carry_out_act import ActDone
from roster.admin.acts.forms import LAST_CITED, ActForm, passage_text
from roster.admin.acts.rights import KEYS, may_act, may_cite
from roster.admin.acts.shown import last_cited, officials_of, shown_chosen, shown_planned
from roster.admin.display import page_url, row_url
from roster.models import Changeset
from roster.models.records import Record

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

CONFIRM = "confirm"
"""The button that does what was shown; any other one shows it again."""
OTHERS_PREVIEW = (
    "This preview was made for somebody else: nothing was written. Look at it, then confirm it "
    "yourself."
)
_KEYS = re.compile("[0-9]{1,18}(,[0-9]{1,18})*")


class ActPage:
    """One request for an act on the records that its address names.

    What is confirmed is what this user was shown, or it is shown again.
    """

    verb: ClassVar[str]
    model: ClassVar[type[Record]]
    form: ClassVar[type[ActForm]]
    lead: ClassVar[str]
    """What the act does, as the page says it."""

    def __init__(self, request: HttpRequest, site: RosterSite) -> None:
        if not may_act(request, site, self.verb):
            raise PermissionDenied
        self.request, self.site = request, site
        self.may_cite = may_cite(request, site)
        given = request.GET.get(KEYS, "")
        found = given.split(",") if _KEYS.fullmatch(given) else []
        self.keys = list(dict.fromkeys(map(int, found)))

    def title(self, count: int) -> str:
        """What is done to so many records; also what the button says."""
        raise NotImplementedError

    def plan(self, form: Any) -> ActPlan:
        """What the act would do now, on the terms that the form gives."""
        raise NotImplementedError

    def carry_out(self, form: Any, **given: Any) -> ActDone:
        """Do it; ValidationError where it is refused."""
        raise NotImplementedError

    def done_sentence(self, done: ActDone, form: Any) -> str:
        """What the database holds now."""
        raise NotImplementedError

    def chosen(self) -> list[Record]:
        """The records that the address names and that are there, by ref; at most one too many."""
        rows: Any = self.model._default_manager.filter(pk__in=self.keys[: MOST_AT_ONCE + 1])
        return list(rows.order_by("ref"))

    def respond(self) -> HttpResponse:
        """The form; sent, what it would do; confirmed, the page that it leads to."""
        if self.request.method != "POST":
            return self._page(self.form(may_cite=self.may_cite))
        form = self.form(self.request.POST, may_cite=self.may_cite)
        if not form.is_valid():
            return self._page(form)
        if CONFIRM not in self.request.POST:
            return self._page(form, self.plan(form))
        owner, _, digest = form.cleaned_data["previewed"].partition(".")
        if owner != str(self.request.user.pk):
            return self._shown_again(form, [OTHERS_PREVIEW])
        try:
            done = self.carry_out(
                form,
                passage=form.passage,
                reason=form.cleaned_data["change_reason"],
                user=self.request.user,
                as_previewed=digest,
            )
        except ValidationError as error:
            return self._shown_again(form, error.messages)
        return self._done(done, form)

    def _done(self, done: ActDone, form: ActForm) -> HttpResponse:
        cited = done.plan.citation_count
        messages.success(
            self.request,
            f"{self.done_sentence(done, form)}"
            f"{f' The passage is cited for {cited} facts.' if cited else ''} This is changeset "
            f"#{done.position}, which can be undone.",
        )
        officials = officials_of(one.subject for one in done.plan.subjects)
        if len(officials) == 1 or done.act.closed is None:
            return redirect(f"{row_url(officials.pop())}#coverage")
        return redirect(page_url(Changeset, "change", done.act.closed.pk))

    def _shown_again(self, form: ActForm, sentences: list[str]) -> HttpResponse:
        plan = self.plan(form)
        refused = [one for one in sentences if one not in plan.all_refusals]
        return self._page(form, plan, refused=refused, status=HTTPStatus.CONFLICT)

    def _page(
        self,
        form: ActForm,
        plan: ActPlan | None = None,
        *,
        refused: list[str] | None = None,
        status: int = HTTPStatus.OK,
    ) -> TemplateResponse:
        title = self.title(len(self.keys))
        context = {
            **self.site.each_context(self.request),
            "title": title,
            "lead": self.lead,
            "opts": self.model._meta,
            "form": form,
            "media": form.media,
            "plan": plan,
            "subjects": self._subjects(plan),
            "not_asked": self._not_asked(),
            "refused": refused or [],
            "passage": passage_text(plan.passage) if plan and plan.passage else "",
            "previewed": f"{self.request.user.pk}.{plan.digest()}" if plan else "",
            "last_cited": last_cited() if self.may_cite else [],
            "last_cited_id": LAST_CITED,
        }
        self.request.current_app = self.site.name
        return TemplateResponse(self.request, "roster/acts/page.html", context, status=status)

    def _not_asked(self) -> str:
        """Why the act cannot even be asked for; empty when it can."""
        options = self.model._meta
        if not self.keys:
            return (
                f"No {options.verbose_name} is chosen: tick some in the list, then choose what is "
                "to be done with them."
            )
        return too_many(len(self.keys), called=f"the {options.verbose_name_plural}") or ""

    def _subjects(self, plan: ActPlan | None) -> list[Any]:
        if plan is None:
            return list(map(shown_chosen, self.chosen()))
        return list(map(shown_planned, plan.subjects))

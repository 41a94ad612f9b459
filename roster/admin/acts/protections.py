"""The pages of the three acts: what each asks for, does, and says when it is done."""

from __future__ import annotations

from typing import Any

from roster.actions.act_plans import ActPlan
from roster.actions.carry_out_act import ActDone
from roster.actions.end_protections import end_protections, plan_endings
from roster.actions.extend_protections import extend_protections, plan_extensions
from roster.actions.open_protections import open_protections, plan_openings
from roster.admin.acts.forms import EndForm, ExtendForm, OpenForm
from roster.admin.acts.pages import ActPage
from roster.admin.acts.rights import END, EXTEND, OPEN
from roster.admin.display import in_words
from roster.models import Official, Protection
from roster.models.protections import EndReason
from roster.models.records import Record


class ProtectionsPage(ActPage):
    """A page of an act on protections that are there."""

    model = Protection

    def chosen(self) -> list[Record]:
        found: Any = Protection.objects.filter(pk__in=[row.pk for row in super().chosen()])
        return list(found.select_related("official").order_by("ref"))


class ExtendPage(ProtectionsPage):
    verb = EXTEND
    form = ExtendForm
    lead = "Each gets an extension with the next number, and its own end moves with it."

    def title(self, count: int) -> str:
        return f"Extend {_named(count)}"

    def plan(self, form: ExtendForm) -> ActPlan:
        return plan_extensions(self.keys, terms=form.terms, passage=form.passage)

    def carry_out(self, form: ExtendForm, **given: Any) -> ActDone:
        return extend_protections(self.keys, terms=form.terms, **given)

    def done_sentence(self, done: ActDone, form: ExtendForm) -> str:
        what = _was_done(len(done.plan.subjects), "extended")
        return f"{what}; the new end is {in_words(form.terms.end)}."


class EndPage(ProtectionsPage):
    verb = END
    form = EndForm
    lead = (
        "Each ends on this day, included. Extensions that reach beyond it are named and stay as "
        "they are."
    )

    def title(self, count: int) -> str:
        return f"End {_named(count)}"

    def plan(self, form: EndForm) -> ActPlan:
        return plan_endings(self.keys, terms=form.terms, passage=form.passage)

    def carry_out(self, form: EndForm, **given: Any) -> ActDone:
        return end_protections(self.keys, terms=form.terms, **given)

    def done_sentence(self, done: ActDone, form: EndForm) -> str:
        why = EndReason(form.terms.end_reason).label.lower()
        what = _was_done(len(done.plan.subjects), "ended")
        return f"{what} ({why}); the last day is {in_words(form.terms.end)}."


class OpenPage(ActPage):
    verb = OPEN
    model = Official
    form = OpenForm
    lead = "Each official gets a protection of this kind; nothing that is there is changed."

    def title(self, count: int) -> str:
        return (
            "Open a protection" if count == 1 else f"Open a protection for {count} officials each"
        )

    def plan(self, form: OpenForm) -> ActPlan:
        return plan_openings(self.keys, terms=form.terms, passage=form.passage)

    def carry_out(self, form: OpenForm, **given: Any) -> ActDone:
        return open_protections(self.keys, terms=form.terms, **given)

    def done_sentence(self, done: ActDone, form: OpenForm) -> str:
        return f"{_was_done(len(done.plan.subjects), 'opened')}."


def _counted(count: int) -> str:
    return "1 protection" if count == 1 else f"{count} protections"


def _named(count: int) -> str:
    return "a protection" if count == 1 else f"{count} protections"


def _was_done(count: int, done: str) -> str:
    return f"{_counted(count)} {'is' if count == 1 else 'are'} {done}"

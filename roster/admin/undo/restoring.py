"""Restore on screen: a record as it was after a change, and a deleted one with what hung on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from roster.actions.carry_out import Done
from roster.actions.restore_deleted import restore_deleted
from roster.actions.restore_record import restore_record
from roster.admin.display import Cell, page_url
from roster.admin.shown_changes import ShownChange
from roster.admin.undo.rights import may_write
from roster.admin.undo.steps import PlanSteps
from roster.history.diffs import model_of_table
from roster.history.plans.plan import Plan, PlannedRow
from roster.history.plans.restore import plan_restore, plan_restore_deleted
from roster.history.plans.sentences import row_count, sentence_of
from roster.history.tracked import tracked_tables
from roster.models import Change, Changeset
from roster.models.changes import Act

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

BRING_BACK = "Bring it back"
AS_IT_WAS = "Restore the record to how it was after this change"


class RestoreSteps(PlanSteps):
    """What both pages share: which row it is, and who may ask."""

    acts: tuple[Act, ...]
    """What it may do to the row, of which the user must be allowed one."""

    def __init__(self, request: HttpRequest, site: RosterSite, kind: str, key: int) -> None:
        super().__init__(request, site)
        self.model, self.key = _model_called(site, kind), key
        may_view = site.get_model_admin(self.model).has_view_permission(request)
        if not (may_view and any(may_write(request, site, self.model, act) for act in self.acts)):
            raise PermissionDenied

    def shown(self, plan: Plan) -> dict[str, Any]:
        return {
            "opts": self.model._meta,
            "title": plan.act,
            "is_there": self.model._base_manager.filter(pk=self.key).exists(),
            "history_url": page_url(self.model, "history", self.key),
        }

    def done(self, done: Done) -> HttpResponse:
        messages.success(
            self.request,
            format_html(
                '{} Written as <a href="{}">changeset #{}</a>, which can be undone.',
                self.what_is_now(done.plan),
                page_url(Changeset, "change", done.act.closed.pk) if done.act.closed else "",
                done.position,
            ),
        )
        return redirect(page_url(self.model, "change", self.key))

    def what_is_now(self, plan: Plan) -> str:
        """What the database holds after the plan was carried out, as a sentence."""
        raise NotImplementedError

    def label(self, plan: Plan) -> str:
        """How messages name the row; its number where the plan has nothing of it."""
        here = (self.model._meta.db_table, self.key)
        named = (row.label for row in plan.rows if row.goal.place == here)
        return next(named, f"#{self.key}")


class RestoreRecordSteps(RestoreSteps):
    template = "restore"
    acts = (Act.UPDATE, Act.INSERT)

    def __init__(
        self, request: HttpRequest, site: RosterSite, kind: str, key: int, position: int
    ) -> None:
        super().__init__(request, site, kind, key)
        self.position = position

    def plan(self) -> Plan:
        return plan_restore(self.model, self.key, position=self.position)

    def carry_out(self, *, reason: str, as_previewed: str) -> Done:
        return restore_record(
            self.model,
            self.key,
            position=self.position,
            reason=reason,
            user=self.request.user,
            as_previewed=as_previewed,
        )

    def shown(self, plan: Plan) -> dict[str, Any]:
        changeset = Changeset.objects.filter(position=self.position).first()
        return super().shown(plan) | {
            "lead": "This is what the record itself would say: each of its columns becomes what "
            "it was, whoever wrote it since. What hangs on it is left as it is.",
            "changeset": changeset,
            "button": "Restore the record",
        }

    def what_is_now(self, plan: Plan) -> str:
        return sentence_of(f"{self.label(plan)} is as it was after changeset #{self.position}.")


class RestoreDeletedSteps(RestoreSteps):
    template = "restore"
    acts = (Act.INSERT,)

    def plan(self) -> Plan:
        return plan_restore_deleted(self.model, self.key)

    def rows(self, plan: Plan) -> Sequence[PlannedRow]:
        """In the order in which they come back: what hangs on others follows these."""
        order = [tracked.model for tracked in tracked_tables()]
        return sorted(plan.rows, key=lambda row: order.index(row.goal.model))

    def carry_out(self, *, reason: str, as_previewed: str) -> Done:
        return restore_deleted(
            self.model,
            self.key,
            reason=reason,
            user=self.request.user,
            as_previewed=as_previewed,
        )

    def shown(self, plan: Plan) -> dict[str, Any]:
        return super().shown(plan) | {
            "lead": "This is what would come back, in this order: the record, and what hung on it "
            "as far as the same act deleted it.",
            "button": BRING_BACK,
        }

    def what_is_now(self, plan: Plan) -> str:
        more = len(plan.rows) - 1
        others = f", and so {'is' if more == 1 else 'are'} {row_count(more)} deleted with it"
        return sentence_of(f"{self.label(plan)} is there again{others if more else ''}.")


def restoring_urls(site: RosterSite) -> list[URLPattern]:
    def as_it_was(request: HttpRequest, kind: str, key: int, position: int) -> HttpResponse:
        return RestoreRecordSteps(request, site, kind, key, position).respond()

    def bring_back(request: HttpRequest, kind: str, key: int) -> HttpResponse:
        return RestoreDeletedSteps(request, site, kind, key).respond()

    return [
        path(
            "restore/<str:kind>/<int:key>/<int:position>/",
            site.admin_view(as_it_was),
            name="restore_record",
        ),
        path("restore/<str:kind>/<int:key>/", site.admin_view(bring_back), name="restore_deleted"),
    ]


def restorable(site: RosterSite) -> list[type[models.Model]]:
    """The models whose rows have pages and a history, in the order in which rows come back."""
    return [one.model for one in tracked_tables() if site.is_registered(one.model)]


def with_offers(
    request: HttpRequest, site: RosterSite, shown: Iterable[ShownChange]
) -> list[ShownChange]:
    """The changes, each with the restore that this user is offered there; two queries in all.

    At the deletion of a row that is still gone it comes back; at any change but the latest it
    becomes what it was after that.
    """
    shown = list(shown)
    latest = latest_changes(one.change for one in shown)
    wanted = {one.change.changeset_id for one in shown if one.change.changeset_id}
    places = dict(Changeset.objects.filter(pk__in=wanted).values_list("pk", "position"))
    return [replace(one, offer=_offer(request, site, one.change, latest, places)) for one in shown]


def latest_changes(changes: Iterable[Change]) -> dict[tuple[str, int], int]:
    """The id of the latest change of each of these rows."""
    keys: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        keys[change.table].add(change.key)
    wanted = models.Q(pk__in=())
    for table, some in keys.items():
        wanted |= models.Q(table=table, key__in=some)
    found = Change.objects.filter(wanted).order_by().values_list("table", "key")
    return {(table, key): last for table, key, last in found.annotate(Max("id"))}


def bring_back_url(model: type[models.Model], key: int) -> str:
    return reverse("admin:restore_deleted", args=(model._meta.model_name, key))


def _offer(
    request: HttpRequest,
    site: RosterSite,
    change: Change,
    latest: dict[tuple[str, int], int],
    places: dict[int, int],
) -> Cell | None:
    model = model_of_table(change.table)
    if model is None or not site.is_registered(model):
        return None
    is_latest = latest.get((change.table, change.key)) == change.pk
    if change.act == Act.DELETE:
        may = is_latest and may_write(request, site, model, Act.INSERT)
        return Cell(BRING_BACK, bring_back_url(model, change.key)) if may else None
    position = places.get(change.changeset_id or 0)
    if is_latest or position is None or not may_write(request, site, model, Act.UPDATE):
        return None
    place = (model._meta.model_name, change.key, position)
    return Cell(AS_IT_WAS, reverse("admin:restore_record", args=place))


def _model_called(site: RosterSite, kind: str) -> type[models.Model]:
    for model in restorable(site):
        if model._meta.model_name == kind:
            return model
    raise Http404(f"Nothing called {kind} can be restored.")

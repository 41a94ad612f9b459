"""Undo on screen: what a changeset did beside what undoing it would do, whole or as ticked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from roster.actions.carry_out import Done
from roster.actions.undo_changeset import undo_changeset
from roster.admin.display import Cell, page_url
from roster.admin.shown_changes import ChangedRow, by_row, shown_changes
from roster.admin.undo.rights import may_undo
from roster.admin.undo.shown import ShownRow, counted_acts, shown_kept, shown_row
from roster.admin.undo.steps import CONFIRM, PlanSteps
from roster.history.diffs import model_of_table, state
from roster.history.naming import Names
from roster.history.plans.plan import Plan
from roster.history.plans.sentences import row_count
from roster.history.undo import plan_undo, undo_act, undone_position
from roster.models import Changeset
from roster.models.changes import ChangesetKind

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

MOST_TICKED = 500
"""Changes of a changeset of which some can be ticked; a larger one is undone whole."""
KEEP_LATER = "keep_later"
"""The parameter of an undo that leaves alone what later acts built on."""
OTHERS_TICKED = (
    "Other changes are ticked than those that were shown: nothing was written. This is what "
    "undoing these would do."
)


@dataclass(frozen=True)
class TickedRow:
    """A row that the changeset wrote, and what undoing its ticked changes would do, if anything.

    `refused` are the sentences that say why it cannot be.
    """

    label: str
    row: ChangedRow
    undone: ShownRow | None
    refused: tuple[str, ...]


class UndoSteps(PlanSteps):
    template = "changeset"

    def __init__(self, request: HttpRequest, site: RosterSite, key: int) -> None:
        super().__init__(request, site)
        if not site.get_model_admin(Changeset).has_view_permission(request):
            raise PermissionDenied
        found = Changeset.objects.select_related("user").filter(pk=key).first()
        if found is None:
            raise Http404(f"There is no changeset {key}.")
        if not may_undo(request, site, found):
            raise PermissionDenied
        self.changeset = found
        self.keeps_later = KEEP_LATER in request.GET
        self.can_be_ticked = not self.keeps_later and found.change_count <= MOST_TICKED
        self.ticked = self._ticked() if self.can_be_ticked else None

    @property
    def is_confirmed(self) -> bool:
        return super().is_confirmed and not self._ticks_others

    def plan(self) -> Plan:
        return plan_undo(self.changeset.position, changes=self.ticked, keep_later=self.keeps_later)

    def carry_out(self, *, reason: str, as_previewed: str) -> Done:
        return undo_changeset(
            self.changeset.position,
            reason=reason,
            user=self.request.user,
            changes=self.ticked,
            keep_later=self.keeps_later,
            as_previewed=as_previewed,
        )

    def done(self, done: Done) -> HttpResponse:
        messages.success(
            self.request,
            f"Of what changeset {self.changeset} wrote, {counted_acts(done.plan.rows)}"
            f"{_counted_kept(done.plan)}. This undo is changeset #{done.position}, which can be "
            "undone in turn.",
        )
        written = done.act.closed or self.changeset
        return redirect(page_url(Changeset, "change", written.pk))

    def shown(self, plan: Plan) -> dict[str, Any]:
        return {
            "title": f"Undo changeset {self.changeset}",
            "changeset": self.changeset,
            "changeset_url": page_url(Changeset, "change", self.changeset.pk),
            "keeps_later": self.keeps_later,
            "keep_url": f"?{KEEP_LATER}=1" if plan.refusals and not self.keeps_later else "",
            "kept": (kept := shown_kept(plan, self.request, self.site)),
            "more_kept": len(plan.kept) - len(kept),
            "most_ticked": MOST_TICKED,
            "can_be_ticked": self.can_be_ticked,
            "ticked": self.ticked or (),
            "ticks": _as_text(self.ticked),
            "ticked_rows": self._rows(plan) if self.can_be_ticked else (),
            "others_ticked": OTHERS_TICKED
            if CONFIRM in self.request.POST and self._ticks_others
            else "",
        }

    @property
    def _ticks_others(self) -> bool:
        """Whether the form has other ticks than the preview above it was made of."""
        return _as_text(self.ticked) != self.request.POST.get("shown", "")

    def _ticked(self) -> set[int]:
        """The changes that are ticked, by id; all of them at first."""
        if self.request.method != "POST":
            return set(self.changeset.changes_in_order.values_list("pk", flat=True))
        sent = self.request.POST.getlist("change")
        return {int(one) for one in sent if one.isascii() and one.isdecimal() and len(one) < 19}

    def _rows(self, plan: Plan) -> list[TickedRow]:
        """Every row that the changeset wrote, beside what the plan would do with it."""
        linked = self.site.tables_with_pages
        planned = {row.goal.place: row for row in plan.rows}
        refused: dict[str | None, list[str]] = defaultdict(list)
        for refusal in plan.refusals:
            refused[refusal.label].append(refusal.sentence)
        rows = by_row(shown_changes(self.changeset.changes_in_order, linked=linked))
        names, found = _names_of(rows), []
        for row in rows:
            last = row.changes[-1].change
            model, undone = model_of_table(last.table), planned.get((last.table, last.key))
            label = names.label(model, last.key) if model else row.label
            found.append(
                TickedRow(
                    label=undone.label if undone else label,
                    row=row,
                    undone=shown_row(undone, linked) if undone else None,
                    refused=tuple(refused[label]),
                )
            )
        return found


def _counted_kept(plan: Plan) -> str:
    count = len({one.place for one in plan.kept})
    if not count:
        return ""
    return f"; {row_count(count)} {'is' if count == 1 else 'are'} kept as later acts left them"


def undo_page(request: HttpRequest, site: RosterSite, key: int) -> HttpResponse:
    """What undoing the changeset with this key would do, and the form that does it."""
    return UndoSteps(request, site, key).respond()


def undo_panel(request: HttpRequest, site: RosterSite, changeset: Changeset) -> dict[str, Any]:
    """What the page of a changeset says of undoing it: the way there, and what undid what."""
    undone = undone_position(changeset)
    return {
        "undo_url": reverse("admin:roster_changeset_undo", args=(changeset.pk,))
        if may_undo(request, site, changeset)
        else "",
        "undid": _cells(Changeset.objects.filter(position=undone)) if undone else [],
        "undone_by": _cells(_undone_by(changeset)),
    }


def _undone_by(changeset: Changeset) -> Iterable[Changeset]:
    """The changesets that undid it, in whole or in part, the first one first."""
    later = Changeset.objects.filter(kind=ChangesetKind.UNDO, position__gt=changeset.position)
    named = later.filter(reason__startswith=f"{undo_act(changeset.position)}:")
    return named.order_by("position")


def _cells(changesets: Iterable[Changeset]) -> list[Cell]:
    return [Cell(str(one), page_url(Changeset, "change", one.pk)) for one in changesets]


def _names_of(rows: Iterable[ChangedRow]) -> Names:
    """The names of the rows, which name others as these were called even where they are gone."""
    names = Names()
    last = [row.changes[-1].change for row in rows]
    names.add(
        (model, change.key, state(change.after or change.before))
        for change in last
        if (model := model_of_table(change.table))
    )
    return names


def _as_text(ticked: set[int] | None) -> str:
    return ",".join(map(str, sorted(ticked or ())))

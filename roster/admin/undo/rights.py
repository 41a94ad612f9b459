"""Who may carry out a plan of history: whoever may write each of its rows by a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest

from roster.history.diffs import model_of_table
from roster.history.plans.plan import Plan
from roster.models import Changeset
from roster.models.changes import Act, ChangesetKind

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

REVERSED = {Act.INSERT: Act.DELETE, Act.UPDATE: Act.UPDATE, Act.DELETE: Act.INSERT}
"""How each act is taken back."""
_PERMISSIONS = {
    Act.INSERT: "has_add_permission",
    Act.UPDATE: "has_change_permission",
    Act.DELETE: "has_delete_permission",
}


def may_write(
    request: HttpRequest, site: RosterSite, model: type[models.Model], act: Act, *extra: object
) -> bool:
    """Whether this user may write rows of the model so, by its pages; `extra` may name a row.

    What links two rows, as an account and its group, is written by who may change the first. A
    model without pages is written by nobody.
    """
    owner: Any = model._meta.auto_created
    if owner:
        model, act = owner, Act.UPDATE
    if not site.is_registered(model):
        return False
    return bool(getattr(site.get_model_admin(model), _PERMISSIONS[act])(request, *extra))


def may_carry_out(request: HttpRequest, site: RosterSite, plan: Plan) -> bool:
    """Whether this user may write all that the plan would."""
    wanted = {(row.goal.model, row.act) for row in plan.rows}
    return all(may_write(request, site, *one) for one in wanted) and not (
        _deletes_own_account(request, plan)
        and not may_write(request, site, User, Act.DELETE, request.user)
    )


def may_undo(request: HttpRequest, site: RosterSite, changeset: Changeset) -> bool:
    """Whether this user may undo it whole, so far as that can be told without a plan.

    What a migration wrote, and a verdict, is undone by nobody.
    """
    if changeset.kind == ChangesetKind.MIGRATION:
        return False
    written = changeset.changes_in_order.order_by().values_list("table", "act").distinct()
    return _may_all(request, site, ((table, REVERSED[Act(act)]) for table, act in written))


def _may_all(request: HttpRequest, site: RosterSite, wanted: Iterable[tuple[str, Act]]) -> bool:
    """A table that is gone is written by nobody's act, and so forbids nothing."""
    return all(
        may_write(request, site, model, act)
        for table, act in wanted
        if (model := model_of_table(table))
    )


def _deletes_own_account(request: HttpRequest, plan: Plan) -> bool:
    return any(
        row.act == Act.DELETE and row.goal.model is User and row.goal.key == request.user.pk
        for row in plan.rows
    )

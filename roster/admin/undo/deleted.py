"""The page of what was deleted: a deleted record is found by its ref, and brought back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, Max, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from roster.admin.shown_changes import kind_of_row
from roster.admin.undo.restoring import bring_back_url, restorable
from roster.admin.undo.rights import may_write
from roster.history.diffs import model_of_table, state
from roster.history.naming import Names
from roster.models import Change
from roster.models.changes import Act

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

DELETED_A_PAGE = 50
_NAMES = ("ref", "username", "name")
"""The columns by whose beginning a deleted row is found."""

Model = type[models.Model]


class DeletedForm(forms.Form):
    """Narrows the list to a kind of row and to the beginning of a ref or name."""

    kind = forms.ChoiceField(label="Kind", required=False)
    ref = forms.CharField(
        label="Ref or name",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="How it begins.",
    )

    def __init__(self, kinds: dict[str, Model], data: Any) -> None:
        super().__init__(data)
        named = [(kind, kind_of_row(model._meta.db_table)) for kind, model in kinds.items()]
        self.fields["kind"].choices = [("", "All"), *named]  # type: ignore[attr-defined]  # a ChoiceField


@dataclass(frozen=True)
class DeletedRow:
    """A deletion, the name that the row had, and the way back for who may take it."""

    change: Change
    label: str
    bring_back_url: str


def deleted_page(request: HttpRequest, site: RosterSite) -> HttpResponse:
    """What is deleted, newest first, of the kinds that this user may view."""
    kinds = {
        str(model._meta.model_name): model
        for model in restorable(site)
        if site.get_model_admin(model).has_view_permission(request)
    }
    if not kinds:
        raise PermissionDenied
    form = DeletedForm(kinds, request.GET)
    rows: list[Change] = []
    before = request.GET.get("before", "")
    if form.is_valid():
        chosen = form.cleaned_data["kind"]
        below = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else 0
        rows = deletions(
            [kinds[chosen]] if chosen else list(kinds.values()),
            beginning=form.cleaned_data["ref"],
            below=below,
        )
    context = {
        **site.each_context(request),
        "title": "Deleted records",
        "form": form,
        "is_narrowed": any(form.data.get(name) for name in form.fields),
        "deleted": _shown(rows[:DELETED_A_PAGE], request, site),
        "is_later_page": bool(before),
        "next_before": rows[DELETED_A_PAGE - 1].pk if rows[DELETED_A_PAGE:] else None,
    }
    request.current_app = site.name
    return TemplateResponse(request, "roster/undo/deleted.html", context)


def deletions(kinds: list[Model], *, beginning: str, below: int) -> list[Change]:
    """The deletions of rows that are gone, newest first: a page of them and one more.

    The last change of each row comes from the index of changes by row alone, and no other is read.
    `below` is an id of a change, 0 for none.
    """
    found = [_gone(model, beginning, below) for model in kinds]
    ids = found[0].union(*found[1:], all=True) if found[1:] else found[0]
    wanted = list(ids.order_by("-id")[: DELETED_A_PAGE + 1])
    changes = Change.objects.select_related("changeset__user").in_bulk([pk for (pk,) in wanted])
    return [changes[pk] for (pk,) in wanted]


def _gone(model: Model, beginning: str, below: int) -> models.QuerySet[Any, Any]:
    """The last change of each row of the model that is not there, where that is its deletion."""
    table = model._meta.db_table
    present = model._base_manager.filter(pk=OuterRef("key"))
    last = (
        Change.objects.filter(table=table)
        .order_by()
        .values("key")
        .annotate(last=Max("id"))
        .values("last")
    )
    rows = Change.objects.filter(~Exists(present), pk__in=last, act=Act.DELETE).order_by()
    if below:
        rows = rows.filter(pk__lt=below)
    if beginning:
        beginning = json.dumps(beginning, ensure_ascii=False)[1:-1]  # as triggers write it
        named = Q(pk__in=())
        for column in _NAMES:
            named |= Q(before__icontains=f'"{column}":"{beginning}')
        rows = rows.filter(named)
    return rows.values_list("id")


def _shown(deletions: list[Change], request: HttpRequest, site: RosterSite) -> list[DeletedRow]:
    """The deletions for the page; a row that names others is named by the names they had."""
    models_of = {table: model_of_table(table) for table in {one.table for one in deletions}}
    found = [(one, model) for one in deletions if (model := models_of[one.table])]
    names = Names()
    names.add((model, change.key, state(change.before)) for change, model in found)
    return [
        DeletedRow(
            change,
            names.label(model, change.key),
            bring_back_url(model, change.key)
            if may_write(request, site, model, Act.INSERT)
            else "",
        )
        for change, model in found
    ]

"""What a list without rows says: that there are none, and what to do first, to who may do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.http import HttpRequest
from django.urls import reverse

from roster.admin.display import Cell, page_url
from roster.admin.imports.run_rights import stems_imported_by
from roster.models import Change, Changeset, ImportMapping, ImportRun, Official

if TYPE_CHECKING:
    from roster.admin.base import RosterAdmin

LEFT_TO_THEMSELVES: dict[type[models.Model], str] = {
    Change: "Nothing has been written yet.",
    Changeset: "Nothing has been written yet.",
    ImportMapping: "No mapping is saved yet: they come of files with other columns than ours.",
    ImportRun: "No import has been started yet.",
}
"""What is said of rows that come about by other acts than adding them to their list."""


@dataclass(frozen=True)
class EmptyList:
    """One sentence, and the links that this user may follow from there, any of which will do."""

    says: str
    ways: tuple[Cell, ...] = ()


def nothing_found(all_url: str) -> EmptyList:
    """Of a list that a search or a filter left without rows."""
    return EmptyList("Nothing here is like that.", (Cell("Show all", all_url),))


def nothing_yet(page: RosterAdmin, request: HttpRequest) -> EmptyList:
    """Of a list that has no rows at all: how the first may come in."""
    model = page.model
    ways: tuple[Cell, ...] = ()
    if model in LEFT_TO_THEMSELVES:
        if model in {ImportMapping, ImportRun} and "officials" in stems_imported_by(request):
            ways = (Cell("Import officials", _import_url(Official)),)
        return EmptyList(LEFT_TO_THEMSELVES[model], ways)
    if page.has_add_permission(request):
        ways += (Cell("Add the first one", page_url(model, "add")),)
    may_import = getattr(page, "has_import_permission", None)
    if may_import and may_import(request):
        ways += (Cell("import a file" if ways else "Import a file", _import_url(model)),)
    return EmptyList(f"No {page.opts.verbose_name_plural} yet.", ways)


def _import_url(model: type[models.Model]) -> str:
    options = model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_import")

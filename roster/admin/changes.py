"""Pages of the ledger: changesets, their changes field by field; nothing can be written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from roster.admin.base import ReadOnlyAdmin
from roster.admin.filters import OutsideFilter, TableFilter
from roster.admin.shown_changes import row_name
from roster.models import Change, Changeset


class ChangesetAdmin(ReadOnlyAdmin):
    fields = (
        "position",
        "kind",
        "user",
        "reason",
        "closed_at",
        "change_count",
        "outside",
        "previous_digest",
        "digest",
    )
    list_display = ("position", "closed_at", "kind", "user", "reason", "change_count")
    list_select_related = ("user",)
    list_filter = ("kind",)
    ordering = ("-position",)
    search_fields = ("position", "reason", "user__username")

    def below_the_fields(self, request: HttpRequest, row: Changeset) -> dict[str, Any]:
        return self.page_of_changes(request, row.changes_in_order)


class ChangeAdmin(ReadOnlyAdmin):
    fields = ("changeset", "clock", "table", "key", "act", "before", "after", "database_user")
    list_display = ("id", "clock", "act", "row", "changeset", "database_user")
    list_select_related = ("changeset",)
    list_filter = ("act", TableFilter, OutsideFilter)
    ordering = ("-id",)
    search_fields = ("key",)

    @admin.display(description="Row")
    def row(self, change: Change) -> str:
        return row_name(change)

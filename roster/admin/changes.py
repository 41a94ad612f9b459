"""Pages of the ledger: changesets, their changes field by field; nothing can be written."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from roster.admin.base import ReadOnlyAdmin
from roster.admin.display import EMPTY, Cell, page_url
from roster.admin.filters import ActFilter, OutsideFilter, TableFilter
from roster.admin.lists import linked, moment
from roster.admin.review.states import ReviewFilter, ShownReview, review_panel, shown_reviews
from roster.admin.shown_changes import by_row, row_name
from roster.admin.undo.page import undo_page, undo_panel
from roster.admin.undo.restoring import BRING_BACK, bring_back_url, latest_changes
from roster.history.diffs import model_of_table
from roster.models import Change, Changeset, Official
from roster.models.changes import Act

MOST_OFFICIALS = 3
"""Officials that the list names of a changeset."""
CHANGES_LOOKED_THROUGH = 40
"""Changes of a changeset that are looked through for them: the list stays quick after imports."""


class ChangesetAdmin(ReadOnlyAdmin):
    change_list_template = "roster/feed/changesets.html"
    fieldsets = (
        (None, {"fields": ("position", "closed_at", "user", "kind", "reason", "change_count")}),
        ("Seal", {"fields": ("outside", "previous_digest", "digest"), "classes": ("collapse",)}),
    )
    list_display = (
        "position",
        "closed",
        "user",
        "kind",
        "reason",
        "review",
        "officials",
        "change_count",
    )
    list_select_related = ("user",)
    list_filter = (ReviewFilter, "kind", "user")
    ordering = ("-position",)
    search_fields = ("=position", "reason", "user__username")

    class Media:
        css = {"all": ("roster/review.css", "roster/undo.css")}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.undo_view)
        return [path("<int:key>/undo/", view, name="roster_changeset_undo"), *super().get_urls()]

    def undo_view(self, request: HttpRequest, key: int) -> HttpResponse:
        return undo_page(request, self.admin_site, key)

    def complete_page(self, rows: list[Changeset]) -> None:
        concerned, reviews = _officials_of(rows), shown_reviews(rows)
        for row in rows:
            row.concerned = concerned[row.pk]  # type: ignore[attr-defined]  # for the column below
            row.shown_review = reviews[row.pk]  # type: ignore[attr-defined]  # for the column below

    @admin.display(description="Closed", ordering="closed_at")
    def closed(self, row: Changeset) -> str:
        return moment(row.closed_at)

    @admin.display(description="Officials")
    def officials(self, row: Any) -> str | SafeString:
        shown = format_html_join(
            ", ", "{}", ((linked(cell),) for cell in row.concerned[:MOST_OFFICIALS])
        )
        more = row.concerned[MOST_OFFICIALS:] or row.change_count > CHANGES_LOOKED_THROUGH
        if not shown:
            return EMPTY
        return format_html("{}, …", shown) if more else shown

    @admin.display(description="Review")
    def review(self, row: Any) -> SafeString:
        shown: ShownReview = row.shown_review
        told = shown.by_whom or shown.why
        return format_html('{} <span class="quiet">{}</span>', shown.mark, told)

    def below_the_fields(self, request: HttpRequest, row: Changeset) -> dict[str, Any]:
        changes = row.changes_in_order.select_related("changeset")
        shown = self.page_of_changes(request, changes)
        panel = review_panel(request, row) | undo_panel(request, self.admin_site, row)
        return shown | panel | {"changed_rows": by_row(shown["changes"])}


class ChangeAdmin(ReadOnlyAdmin):
    fields = ("changeset", "clock", "table", "key", "act", "before", "after", "database_user")
    list_display = ("id", "clock", "act", "row", "bring_back", "changeset", "database_user")
    list_select_related = ("changeset",)
    list_filter = (ActFilter, TableFilter, OutsideFilter)
    ordering = ("-id",)
    search_fields = ("=key",)

    def get_list_display(self, request: HttpRequest) -> Any:
        """What is deleted is offered to those who may add an official, for whom it may be."""
        columns = super().get_list_display(request)
        may_add = self.admin_site.get_model_admin(Official).has_add_permission(request)
        return columns if may_add else [name for name in columns if name != "bring_back"]

    def complete_page(self, rows: list[Change]) -> None:
        latest = latest_changes(row for row in rows if row.act == Act.DELETE)
        for row in rows:
            is_last = latest.get((row.table, row.key)) == row.pk
            row.is_gone = is_last and row.act == Act.DELETE  # type: ignore[attr-defined]  # for the column below

    @admin.display(description="Restore")
    def bring_back(self, change: Any) -> str | SafeString:
        model = model_of_table(change.table) if change.is_gone else None
        if model is None or not self.admin_site.is_registered(model):
            return EMPTY
        return linked(Cell(BRING_BACK, bring_back_url(model, change.key)))

    @admin.display(description="Row")
    def row(self, change: Change) -> str:
        return row_name(change)


def _officials_of(changesets: list[Changeset]) -> dict[int, list[Cell]]:
    """By changeset: the officials whom its first changes concern, by name; two queries in all."""
    ranges = Q(pk__in=())
    for row in changesets:
        last = min(row.last_change, row.first_change + CHANGES_LOOKED_THROUGH - 1)
        ranges |= Q(id__range=(row.first_change, last), changeset=row.pk)
    found = Change.objects.filter(ranges, official__isnull=False).order_by()
    pairs = set(found.values_list("changeset_id", "official_id"))
    officials = Official.objects.filter(pk__in={official for _, official in pairs})
    named = dict(officials.order_by().values_list("pk", "name"))
    concerned: dict[int, list[Cell]] = defaultdict(list)
    for number, key in pairs:
        if (name := named.get(key)) and number:
            concerned[number].append(Cell(name, page_url(Official, "change", key)))
    for cells in concerned.values():
        cells.sort(key=lambda cell: (cell.text, cell.url))
    return concerned

"""Pages of import runs: the list of all imports, and one of them, how far it is and what came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from roster.admin.base import ReadOnlyAdmin
from roster.admin.desk.filters import UnderWayFilter
from roster.admin.display import EMPTY, Cell, column_heading, row_url
from roster.admin.imports.run_rights import (
    may_cancel,
    may_view_all,
    seen_by,
    stems_imported_by,
)
from roster.admin.imports.shown_runs import paced, ways_on
from roster.admin.lists import linked, moment
from roster.exchange.attempts import cancel, is_stopping, note_lost
from roster.exchange.resources import RESOURCES
from roster.models import Changeset, ImportRun
from roster.models.imports import BUNDLE

ERRORS_A_PAGE = 100
MOST_CHARACTERS = 120
"""Of what the list says of how a run ended."""
TOO_LATE = "It was too late to cancel it: see what came of it, which can be undone."


class StemFilter(admin.SimpleListFilter):
    title = "file of"
    parameter_name = "stem"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(stem, column_heading(stem)) for stem in (*RESOURCES, BUNDLE)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(stem=self.value()) if self.value() else queryset


class ImportRunAdmin(ReadOnlyAdmin):
    list_display = (
        "begun",
        "file",
        "of",
        "user",
        "ended_as",
        "written_as",
        "said",
    )
    columns_about: ClassVar[dict[str, type[models.Model]]] = {"written_as": Changeset}
    list_select_related = ("user", "changeset")
    list_filter = (UnderWayFilter, "state", StemFilter, ("user", admin.RelatedOnlyFieldListFilter))
    ordering = ("-id",)
    search_fields = ("file_name", "reason", "user__username")

    class Media:
        css = {"all": ("roster/imports.css",)}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return may_view_all(request) or bool(stems_imported_by(request))
        return bool(seen_by(ImportRun.objects.filter(pk=obj.pk), request).exists())

    def get_queryset(self, request: HttpRequest) -> Any:
        return seen_by(super().get_queryset(request), request).defer("listed_errors")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:key>/progress/", view(self.progress_view), name="roster_importrun_progress"),
            path("<int:key>/cancel/", view(self.cancel_view), name="roster_importrun_cancel"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        note_lost()
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """How far a run is, or what came of it."""
        key = unquote(object_id)
        run = self._seen(request, int(key) if key.isdecimal() else 0)
        page = Paginator(run.error_rows(), ERRORS_A_PAGE).get_page(request.GET.get(PAGE_VAR))
        ledger = self.admin_site.get_model_admin(Changeset)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Import of {run.shown_name}",
            "run": run,
            "of": column_heading(run.stem),
            "pace": paced(run),
            "is_stopping": is_stopping(run),
            "page": page,
            "may_cancel": may_cancel(request, run),
            "entry_url": row_url(run.changeset)
            if run.changeset and ledger.has_view_permission(request)
            else "",
            "refreshes": run.is_under_way and "still" not in request.GET,
            **ways_on(request, self.admin_site, run),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "roster/imports/run.html", context)

    def progress_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """How far a run is, as the part of its page that says so."""
        run = self._seen(request, key)
        shown = {"run": run, "pace": paced(run), "is_stopping": is_stopping(run)}
        return TemplateResponse(request, "roster/imports/_progress.html", shown)

    def cancel_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Have a run stop, on a POST; back to its page."""
        run = self._seen(request, key)
        if not may_cancel(request, run):
            raise PermissionDenied
        if request.method == "POST" and not cancel(run):
            messages.info(request, TOO_LATE)
        return redirect(row_url(run))

    def _seen(self, request: HttpRequest, key: int) -> ImportRun:
        note_lost()
        found = ImportRun.objects.select_related("user", "changeset__user").filter(pk=key).first()
        if found is None:
            raise Http404(f"There is no import run {key}.")
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return found

    @admin.display(description="Begun", ordering="id")
    def begun(self, run: ImportRun) -> str:
        return moment(run.begun_at)

    @admin.display(description="File")
    def file(self, run: ImportRun) -> str:
        return run.shown_name

    @admin.display(description="Of", ordering="stem")
    def of(self, run: ImportRun) -> str:
        return column_heading(run.stem)

    @admin.display(description="State", ordering="state")
    def ended_as(self, run: ImportRun) -> SafeString:
        return format_html(
            '<span class="run-state run-{}">{}</span>', run.state, run.get_state_display()
        )

    @admin.display(description="What came of it")
    def said(self, run: ImportRun) -> str:
        return Truncator(run.message).chars(MOST_CHARACTERS) or EMPTY

    @admin.display(description="Changeset")
    def written_as(self, run: ImportRun) -> str | SafeString:
        return linked(Cell(str(run.changeset), row_url(run.changeset))) if run.changeset else EMPTY

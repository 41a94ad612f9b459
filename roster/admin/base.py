"""What all pages of the admin share: each write in one changeset, no log beside the ledger."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin import actions
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst

from roster.admin import generic
from roster.admin.display import EMPTY, LinkedTable, Related, page_url, row_text
from roster.admin.evidence.provenance import evidence_of
from roster.admin.evidence.recite import EvidenceRefused, recital_of, with_refusals
from roster.admin.exports.lists import ExportPages
from roster.admin.forms.conflict_pages import ConflictPages
from roster.admin.forms.form_fields import FormFields
from roster.admin.forms.reasons import ReasonedModelForm, ReasonForm, changeset_of, not_confirmed
from roster.admin.forms.record_forms import RecordPageForm
from roster.admin.imports.pages import ImportPages
from roster.admin.lists import EvidenceColumn, Listing
from roster.admin.paging import ListPaginator
from roster.admin.past.compare import compare_page
from roster.admin.searching import SearchPages
from roster.admin.shown_changes import shown_changes
from roster.admin.undo.restoring import with_offers
from roster.history.past.belonging import changes_about
from roster.models import Change

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

CHANGES_A_PAGE = 50
MOST_PROTECTED = 100
"""Rows that a refused deletion names; of more it says how many."""


class RosterAdmin(ConflictPages, FormFields, SearchPages):
    """A page of the admin whose every POST is one changeset, with the user and the reason."""

    admin_site: RosterSite
    form: type[generic.ModelForm] = ReasonedModelForm
    empty_value_display = EMPTY
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    paginator = ListPaginator
    columns_about: ClassVar[dict[str, type[models.Model]]] = {}
    """Columns of the list that tell of rows of another model."""
    related: ClassVar[tuple[Related, ...]] = ()
    """The rows that a record's page lists below its fields."""

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with changeset_of(request):
            return super().add_view(request, *args, **kwargs)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with changeset_of(request):
            return super().change_view(request, *args, **kwargs)

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        form = ReasonForm(request.POST if request.method == "POST" else None)
        with changeset_of(request):
            seen = self.version_to_delete(request, object_id)
            context = {**(extra_context or {}), "reason_form": form, "seen": seen}
            asked = request if form.is_valid() and seen.is_shown else not_confirmed(request)
            return super().delete_view(asked, object_id, context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with changeset_of(request):
            return super().changelist_view(request, extra_context)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The changes of a row and of what hangs on it as the ledger has them, newest first."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return super().history_view(request, object_id)  # says so on the index
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        changes = self.history_of(row, request)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": f"History: {row_text(row)}",
            "object": row,
            "opts": self.opts,
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
            **self.page_of_changes(request, changes),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/object_history.html", context)

    def history_of(self, row: models.Model, request: HttpRequest) -> models.QuerySet[Change]:
        """The changes about a row, newest first, as far as this user may view what they are of."""
        seen = self.admin_site.tables_viewed_by(request)
        changes = changes_about(row).filter(table__in=seen)
        return changes.order_by("-id").select_related("changeset__user")

    def page_of_changes(
        self, request: HttpRequest, changes: models.QuerySet[Change]
    ) -> dict[str, Any]:
        """What templates need to show the page of `changes` that the address asks for."""
        paginator = self.get_paginator(request, changes, CHANGES_A_PAGE)
        page = paginator.get_page(request.GET.get(PAGE_VAR, 1))
        shown = shown_changes(page.object_list, linked=self.admin_site.tables_with_pages)
        return {
            "changes": with_offers(request, self.admin_site, shown),
            "page": page,
        }

    def linked_tables(self, request: HttpRequest, record: models.Model) -> list[LinkedTable]:
        """The rows that belong to `record`, as far as this user may see them."""
        return [
            related.table(record, request, self.admin_site)
            for related in self.related
            if related.may_be_seen(record, request, self.admin_site)
        ]

    def below_the_fields(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the template needs to show what belongs to a row, on the row's page."""
        return {"linked_tables": self.linked_tables(request, row)}

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if row := kwargs.get("obj"):
            if request.method == "POST":  # its values are those of a form that was refused
                row = type(row)._default_manager.get(pk=row.pk)
            context |= self.below_the_fields(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_list_display(self, request: HttpRequest) -> Any:
        """The columns but those that tell of rows which this user may not view."""
        return [
            column
            for column in super().get_list_display(request)
            if self._may_view(request, self.columns_about.get(str(column)))
        ]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """The filters but those that tell of rows which this user may not view."""
        return [
            chosen
            for chosen in super().get_list_filter(request)
            if self._may_view(request, getattr(chosen, "about", None))
        ]

    def _may_view(self, request: HttpRequest, model: type[models.Model] | None) -> bool:
        site = self.admin_site
        return model is None or site.get_model_admin(model).has_view_permission(request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Listing]:
        return Listing

    def with_columns(self, rows: models.QuerySet[Any], day: date) -> models.QuerySet[Any]:
        """The rows of the list with what its columns show, as of `day`."""
        return rows

    def complete_page(self, rows: list[Any]) -> None:
        """Add to the rows of one page of the list what no column of their query can hold."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if protected:
            lacking = set()  # what forbids it to everyone is said first
            protected = sorted(protected)
        if protected[MOST_PROTECTED:]:
            more = len(protected) - MOST_PROTECTED
            protected = [*protected[:MOST_PROTECTED], f"and {more} more"]
        return deleted, counts, lacking, protected

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]  # the ledger is the only log
        """Nothing: the database has recorded it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]  # the ledger is the only log
        """Nothing: the database has recorded it."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]  # the ledger is the only log
        """Nothing: the database has recorded it."""


class ExchangeAdmin(ImportPages, ExportPages, RosterAdmin):
    """The page of a model of the CSV contract: its list goes out and comes in as a file."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"


class RecordAdmin(EvidenceColumn, ExchangeAdmin):
    """The page of a record that citations rest on: its columns as in CSV, and its citations."""

    form = RecordPageForm

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except EvidenceRefused as refused:
            asked_again = with_refusals(request, self.admin_site, refused)
            return self.changeform_view(asked_again, None, form_url, extra_context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except EvidenceRefused as refused:
            asked_again = with_refusals(request, self.admin_site, refused)
            return self.changeform_view(asked_again, object_id, form_url, extra_context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.compare_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_compare"
        return [path("<int:key>/compare/", view, name=name), *super().get_urls()]

    def compare_view(self, request: HttpRequest, key: int) -> HttpResponse:
        return compare_page(request, self.admin_site, self.model, key)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        key = unquote(object_id)
        context = dict(extra_context or {})
        if key.isdecimal():
            context["compare_url"] = page_url(self.model, "compare", int(key))
        return super().history_view(request, object_id, context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs.setdefault("form", recital_of(request, self.admin_site).form(self.form))
        return super().get_form(request, obj, change, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        rows = [row for formset in formsets for row in formset.forms]
        recital_of(request, self.admin_site).carry_out([form, *rows])

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.model.columns

    def below_the_fields(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        evidence = evidence_of(row, request, self.admin_site)
        return super().below_the_fields(request, row) | {"evidence": evidence}


class ReadOnlyAdmin(RosterAdmin):
    """Pages of what nobody may write through a screen."""

    change_form_template = "roster/read_only_change_form.html"

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.action(permissions=["delete"], description="Delete selected %(verbose_name_plural)s")
def delete_selected(
    model_admin: generic.ModelAdmin, request: HttpRequest, queryset: models.QuerySet[Any]
) -> HttpResponse | None:
    """Django's action, asking why; sent without a reason, it asks again."""
    form = ReasonForm(request.POST if "post" in request.POST else None)
    asked = request if form.is_valid() else not_confirmed(request)
    response = actions.delete_selected(model_admin, asked, queryset)
    if isinstance(response, TemplateResponse) and response.context_data is not None:
        response.context_data["reason_form"] = form
    return response

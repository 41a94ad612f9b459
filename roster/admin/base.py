"""What all pages of the admin share: each write in one changeset, no log beside the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin import actions
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.admin.widgets import AdminTextInputWidget, AdminURLFieldWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from roster.admin import generic
from roster.admin.display import EMPTY, LinkedTable, Related, row_text
from roster.admin.exporting import ExportPages
from roster.admin.importing import ImportPages
from roster.admin.reasons import ReasonedModelForm, ReasonForm, changeset_of, not_confirmed
from roster.admin.shown_changes import shown_changes
from roster.fields import ListField, PartialDateField, WebAddressField
from roster.models import Change, Paragraph
from roster.text.folding import fold

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

CHANGES_A_PAGE = 50
MOST_PROTECTED = 100
"""Rows that a refused deletion names; of more it says how many."""
DATE_FORMS = (
    "A day, month or year: 2024-07-18, 2024-07, 2024; also about 2024, by 2024-07-18, "
    "since 2024-07-18 or 2020/2021-03. Empty: unknown."
)


class RowChoiceField(generic.ModelChoiceField):
    """A choice of a row, named so that it can be told from all others."""

    def label_from_instance(self, obj: models.Model) -> str:
        return row_text(obj)


class RosterAdmin(generic.ModelAdmin):
    """A page of the admin whose every POST is one changeset, with the user and the reason."""

    admin_site: RosterSite
    form: type[generic.ModelForm] = ReasonedModelForm
    empty_value_display = EMPTY
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    formfield_overrides: ClassVar[Any] = {
        ListField: {"widget": AdminTextInputWidget},
        WebAddressField: {"widget": AdminURLFieldWidget},
    }
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
        context = {**(extra_context or {}), "reason_form": form}
        with changeset_of(request):
            asked = request if form.is_valid() else not_confirmed(request)
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
        """The changes of one row as the ledger has them, newest first."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return super().history_view(request, object_id)  # says so on the index
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        changes = Change.objects.of_row(row).order_by("-id").select_related("changeset__user")
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

    def page_of_changes(
        self, request: HttpRequest, changes: models.QuerySet[Change]
    ) -> dict[str, Any]:
        """What templates need to show the page of `changes` that the address asks for."""
        paginator = self.get_paginator(request, changes, CHANGES_A_PAGE)
        page = paginator.get_page(request.GET.get(PAGE_VAR, 1))
        return {
            "changes": shown_changes(page.object_list, linked=self.admin_site.tables_with_pages),
            "page": page,
            "page_numbers": paginator.get_elided_page_range(page.number),
            "page_var": PAGE_VAR,
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
            context |= self.below_the_fields(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        fieldsets: list[Any] = [*super().get_fieldsets(request, obj)]
        may_write = (
            self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        )
        if may_write:
            fieldsets.append(("Reason", {"fields": ("change_reason",)}))
        return fieldsets

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, PartialDateField) and form_field:
            form_field.help_text = f"{form_field.help_text} {DATE_FORMS}".lstrip()
        return form_field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs.setdefault("form_class", RowChoiceField)
        if db_field.related_model is Paragraph:
            kwargs.setdefault("queryset", Paragraph.objects.select_related("source"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Rows that have each word of the term in one of `search_fields`; never a row twice.

        In a search key the word is looked for without case, accents or script.
        """
        for word in search_term.replace("\0", " ").split():
            found = Q()
            for path in self.get_search_fields(request):
                found |= self._has_word(path, word)
            queryset = queryset.filter(found)
        return queryset, False

    def _has_word(self, path: str, word: str) -> Q:
        if not path.endswith("search_key"):
            return Q(**{f"{path}__icontains": word})
        parts = fold(word)
        return Q(*((f"{path}__contains", part) for part in parts)) if parts else Q(pk__in=())

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


class RecordAdmin(ExchangeAdmin):
    """The page of a record that citations rest on: its columns as in CSV, and its citations."""

    citations = Related(
        "citations",
        ("field", "stance", "quote", "paragraph", "value"),
        title="Citations",
        ordering=("field", "paragraph_id", "id"),
        fetched_with=("paragraph__source",),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.model.columns

    def linked_tables(self, request: HttpRequest, record: models.Model) -> list[LinkedTable]:
        citations = self.citations
        shown = citations.may_be_seen(record, request, self.admin_site)
        tables = [citations.table(record, request, self.admin_site)] if shown else []
        return tables + super().linked_tables(request, record)


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

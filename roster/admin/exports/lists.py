"""Export from a list: its rows as they are filtered, those selected, or all, for a spreadsheet."""

from __future__ import annotations

import re
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from import_export.admin import ExportMixin

from roster.admin.display import page_url
from roster.admin.exports.rights import CsvPages
from roster.exchange.exports import csv_pieces, export_workbook
from roster.exchange.state_column import has_states
from roster.exchange.workbooks import WORKBOOK_TYPE, WorkbookRefused
from roster.models import Citation

SELECTED = "selected"
"""The parameter of an export's address that lists the keys of selected rows."""
_KEYS = re.compile("[0-9]{1,18}(,[0-9]{1,18})*")


class ExportForm(forms.Form):
    """Asks which rows, in which kind of file, and what beside the columns of the contract."""

    CHOSEN, EVERY = "chosen", "every"
    CSV, WORKBOOK = "csv", "xlsx"

    rows = forms.ChoiceField(
        choices=[(CHOSEN, "chosen"), (EVERY, "every")], required=False, initial=CHOSEN
    )
    kind = forms.ChoiceField(
        choices=[(CSV, "CSV in UTF-8"), (WORKBOOK, "Excel (.xlsx), every cell a text")],
        required=False,
        initial=CSV,
        widget=forms.RadioSelect,
    )
    versions = forms.BooleanField(
        label="Add the column _version",
        required=False,
        help_text="By it, a later import of the file finds rows that someone changed since.",
    )
    states = forms.BooleanField(
        label="Add the column _state, with the state of the evidence",
        required=False,
        help_text="What is stale, unanchored, disputed, unsourced or unverified. It is computed: "
        "a later import of the file ignores it.",
    )

    def __init__(self, *args: Any, with_states: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_states:
            del self.fields["states"]


class ExportPages(CsvPages, ExportMixin):  # type: ignore[misc]  # django-import-export has no types
    """Mixin with django-import-export's button and address; the rows are those of `export_csv`."""

    actions: tuple[str, ...] = ("export_selected",)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.may("export", request)

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        """The page that asks what to export; sent, the file."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        every = self.get_queryset(request)
        try:
            chosen = self._chosen(request, every)
        except IncorrectLookupParameters:
            return redirect(f"{page_url(self.model, 'changelist')}?{ERROR_FLAG}=1")
        form = ExportForm(
            request.POST if request.method == "POST" else None,
            with_states=self._may_export_states(request),
        )
        if form.is_valid():
            said = form.cleaned_data
            rows = every if said["rows"] == ExportForm.EVERY else chosen
            added = {"versions": said["versions"], "states": said.get("states", False)}
            if said["kind"] != ExportForm.WORKBOOK:
                return self._csv(rows, **added)
            try:
                return self._workbook(rows, **added)
            except WorkbookRefused as refusal:
                form.add_error("kind", str(refusal))
        return self.csv_page(
            request,
            "export",
            title=f"Export {self.opts.verbose_name_plural}",
            form=form,
            added=[field for field in form if field.name not in ("rows", "kind")],
            columns=self.model.columns,
            are_selected=SELECTED in request.GET,
            chosen_count=chosen.count(),
            every_count=every.count(),
        )

    @admin.action(permissions=["export"], description="Export selected %(verbose_name_plural)s")
    def export_selected(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse:
        """Lead to the export of these rows; where the whole list is meant, to its own."""
        if request.POST.get("select_across") == "1":
            query = request.GET.urlencode()
        else:
            keys = queryset.order_by("pk").values_list("pk", flat=True)
            query = urlencode({SELECTED: ",".join(map(str, keys))}, safe=",")
        return redirect(f"{page_url(self.model, 'export')}?{query}")

    def _chosen(self, request: HttpRequest, every: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """The rows that the address names: selected ones, or the list as filtered and searched."""
        selected = request.GET.get(SELECTED)
        if selected is None:
            rows: models.QuerySet[Any] = self.get_export_queryset(request)
            return rows
        if not _KEYS.fullmatch(selected):
            raise IncorrectLookupParameters
        return every.filter(pk__in=selected.split(","))

    def _may_export_states(self, request: HttpRequest) -> bool:
        citations = self.admin_site.get_model_admin(Citation)
        return has_states(self.model) and bool(citations.has_view_permission(request))

    def _csv(self, rows: models.QuerySet[Any], **added: bool) -> StreamingHttpResponse:
        return StreamingHttpResponse(
            csv_pieces(self.model.file_stem, among=rows, **added),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{self._file_name("csv")}"'},
        )

    def _workbook(self, rows: models.QuerySet[Any], **added: bool) -> FileResponse:
        # Whole before it is sent: only then is it known that Excel can take the rows.
        file = TemporaryFile()  # noqa: SIM115 - closed by the response
        try:
            export_workbook(self.model.file_stem, file, among=rows, **added)
        except WorkbookRefused:
            file.close()
            raise
        file.seek(0)
        return FileResponse(
            file,
            content_type=WORKBOOK_TYPE,
            as_attachment=True,
            filename=self._file_name("xlsx"),
        )

    def _file_name(self, suffix: str) -> str:
        return f"{self.model.file_stem}-{timezone.localdate().isoformat()}.{suffix}"

"""The addresses of an import and what each leads to."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from import_export.admin import ImportMixin

from roster.admin.display import page_url, row_url
from roster.admin.imports.choices import DECIDE, READ
from roster.admin.imports.confirming import Confirming
from roster.admin.imports.forms import UploadForm
from roster.admin.imports.mapping_page import MappingPage
from roster.admin.imports.receiving import Receiving
from roster.admin.imports.steps import UPLOAD
from roster.exchange.uploads import UploadRefused


class ImportPages(Receiving, Confirming, ImportMixin):  # type: ignore[misc]  # django-import-export has no types
    """Mixin with django-import-export's button and addresses; what they do is `import_csv`."""

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.may("import", request)

    def import_action(self, request: HttpRequest, **_: object) -> HttpResponse:
        """The page that takes a file; with an upload in its address, what became of that."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self.receive(request)
        token = request.GET.get(UPLOAD)
        if token is None:
            return self.upload_page(request, UploadForm())
        if run := self.standing_run(request, token):
            return redirect(row_url(run))
        try:
            upload = self.find_upload(request, token)
            return self.preview_page(request, upload)
        except UploadRefused as refusal:
            return self.refused(request, refusal)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.map_columns)
        name = f"{self.opts.app_label}_{self.opts.model_name}_map"
        urls: list[URLPattern] = super().get_urls()
        return [path("import/map/", view, name=name), *urls]

    def map_columns(self, request: HttpRequest) -> HttpResponse:
        """The page that says what each column of an upload becomes."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        token = (request.POST if request.method == "POST" else request.GET).get(UPLOAD, "")
        if run := self.standing_run(request, token):
            return redirect(row_url(run))
        try:
            upload = self.find_upload(request, token)
            return MappingPage(self, request, upload).answer()
        except UploadRefused as refusal:
            return self.refused(request, refusal)

    def process_import(self, request: HttpRequest, **_: object) -> HttpResponse:
        """Confirm what a preview showed, choose otherwise, or cancel it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST":  # as after a sign-in in between
            return redirect(page_url(self.model, "import"))
        token = request.POST.get(UPLOAD, "")
        if run := self.standing_run(request, token):
            return self.taken_already(request, run)
        try:
            upload = self.find_upload(request, token)
            if "cancel" in request.POST:
                self.uploads.discard(upload)
                messages.info(request, f"{upload.shown_name} is removed; nothing was written.")
                return redirect(page_url(self.model, "import"))
            if READ in request.POST:
                return self.read_so(request, upload)
            if DECIDE in request.POST:
                return self.decide(request, upload)
            return self.confirm(request, upload)
        except UploadRefused as refusal:
            return self.refused(request, refusal)

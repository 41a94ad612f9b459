"""The file of an upload once more, with what is wrong beside each row."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from roster.admin.display import page_url
from roster.admin.imports.steps import UPLOAD, ImportSteps
from roster.exchange.faulty import faulty_csv
from roster.exchange.plans import NOTHING
from roster.exchange.runs import preview_csv
from roster.exchange.uploads import Upload, UploadRefused


class ErrorsFile(ImportSteps):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.errors_file)
        name = f"{self.opts.app_label}_{self.opts.model_name}_errors"
        return [path("import/errors/", view, name=name), *super().get_urls()]

    def errors_file(self, request: HttpRequest) -> HttpResponseBase:
        """The errors of an upload of this user, to be corrected where they are and sent again."""
        if not self.may("import", request):
            raise PermissionDenied
        try:
            upload = self.find_upload(request, request.GET.get(UPLOAD, ""))
            file = self.uploads.file(upload)
        except UploadRefused as refusal:
            return self.refused(request, refusal)
        report, shown = preview_csv(
            upload.stem,
            file,
            form=self.uploads.form(upload),
            mapping=self.kept_mapping(upload),
            decisions=self.uploads.decisions(upload),
            wanting=lambda _preview: NOTHING,
        )
        return StreamingHttpResponse(
            faulty_csv(file, shown.form, report.errors),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{upload.stem}-with-errors.csv"'
            },
        )

    def errors_address(self, upload: Upload) -> str:
        """The address of that file."""
        return f"{page_url(self.model, 'errors')}?{UPLOAD}={upload.token}"

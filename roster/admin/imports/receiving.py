"""The first step: a file comes in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from roster.admin.imports.forms import UploadForm
from roster.admin.imports.steps import ImportSteps
from roster.exchange.column_notes import column_notes
from roster.exchange.reading import limits_in_force
from roster.exchange.uploads import UploadTooLarge


class Receiving(ImportSteps):
    def receive(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                upload = self.uploads.receive(
                    file.chunks(),
                    owner=str(request.user.pk),
                    stem=self.model.file_stem,
                    file_name=file.name,
                    now=timezone.now(),
                )
                return redirect(self.address(upload.token))
            except UploadTooLarge as refusal:
                form.add_error("file", str(refusal))
        return self.upload_page(request, form)

    def upload_page(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        return self.csv_page(
            request,
            "upload",
            title=f"Import {self.opts.verbose_name_plural}",
            form=form,
            columns=column_notes(self.resource),
            may_export=self.may("export", request),
            limits=limits_in_words(),
        )


def limits_in_words() -> str:
    """How much is read of a file at most."""
    limits = limits_in_force()
    return (
        f"{filesizeformat(limits.file_bytes)}, {limits.rows:,} rows, {limits.columns:,} columns "
        f"and {limits.cell_characters:,} characters in a cell"
    )

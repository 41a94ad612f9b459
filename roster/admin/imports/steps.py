"""What every step of an import has at hand: the uploads, their addresses, and refusals."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from roster.admin.csv_pages import CsvPages
from roster.admin.display import page_url
from roster.exchange.mappings import Mapping
from roster.exchange.reading import read_sheet
from roster.exchange.saved_mappings import mapping_for
from roster.exchange.sheets import Sheet
from roster.exchange.uploads import (
    Upload,
    UploadAltered,
    UploadGone,
    UploadImported,
    UploadOfAnother,
    UploadRefused,
    Uploads,
    UploadTaken,
)

UPLOAD = "upload"
"""The parameter that holds the token of an upload."""
STATUSES = {
    UploadGone: HTTPStatus.NOT_FOUND,
    UploadOfAnother: HTTPStatus.FORBIDDEN,
    UploadAltered: HTTPStatus.CONFLICT,
    UploadTaken: HTTPStatus.CONFLICT,
}


class ImportSteps(CsvPages):
    """Base of the steps."""

    @property
    def uploads(self) -> Uploads:
        return Uploads(Path(settings.ROSTER_HOME) / "uploads")

    def find_upload(self, request: HttpRequest, token: str) -> Upload:
        return self.uploads.find(
            token, owner=str(request.user.pk), stem=self.model.file_stem, now=timezone.now()
        )

    def sheet(self, upload: Upload) -> Sheet:
        """The upload's table as it is, whatever its columns are called."""
        return read_sheet(self.uploads.content(upload))

    def kept_mapping(self, upload: Upload) -> Mapping | None:
        """By what the upload's columns become ours; None where they are ours."""
        definition = self.uploads.mapping(upload)
        return mapping_for(upload.stem, definition) if definition else None

    def refused(self, request: HttpRequest, token: str, refusal: UploadRefused) -> HttpResponse:
        if isinstance(refusal, UploadImported):
            messages.info(request, str(refusal))
            return redirect(self.address(token))
        return self.csv_page(
            request,
            "refused",
            title=f"Import {self.opts.verbose_name_plural}: not possible",
            status=STATUSES[type(refusal)],
            refusal=refusal,
        )

    def mapping_address(self, upload: Upload, **chosen: str) -> str:
        """The address at which the columns of an upload are mapped."""
        return f"{page_url(self.model, 'map')}?{urlencode({UPLOAD: upload.token, **chosen})}"

    def address(self, token: str) -> str:
        """The address of what becomes of an upload: its preview, then its result."""
        return f"{page_url(self.model, 'import')}?{urlencode({UPLOAD: token})}"

"""What every step of an import has at hand: the uploads, their addresses, and refusals."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from roster.admin.display import page_url, row_url
from roster.admin.exports.rights import CsvPages
from roster.exchange.attempts import uploads
from roster.exchange.import_runs import already, mapping_of
from roster.exchange.mappings import Mapping
from roster.exchange.opening import open_sheet
from roster.exchange.sheets import Sheet
from roster.exchange.uploads import (
    Upload,
    UploadAltered,
    UploadGone,
    UploadOfAnother,
    UploadRefused,
    Uploads,
    UploadTaken,
    is_token,
)
from roster.models import ImportRun

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
        return uploads()

    def find_upload(self, request: HttpRequest, token: str) -> Upload:
        return self.uploads.find(
            token, owner=str(request.user.pk), stem=self.model.file_stem, now=timezone.now()
        )

    def sheet(self, upload: Upload) -> Sheet:
        """The upload's table as it is, whatever its columns are called."""
        return open_sheet(self.uploads.file(upload), self.uploads.form(upload))

    def kept_mapping(self, upload: Upload) -> Mapping | None:
        """By what the upload's columns become ours; None where they are ours."""
        return mapping_of(upload)

    def standing_run(self, request: HttpRequest, token: str) -> ImportRun | None:
        """This user's run of the upload that is under way or done, if there is one."""
        if not is_token(token):
            return None
        own = ImportRun.objects.filter(user=request.user.pk, stem=self.model.file_stem)
        return own.standing().filter(token=token).first()

    def taken_already(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        messages.info(request, already(run))
        return redirect(row_url(run))

    def refused(self, request: HttpRequest, refusal: UploadRefused) -> HttpResponse:
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

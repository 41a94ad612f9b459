"""Import into a list in three steps: choose a file, see what it would do, say why and confirm."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from import_export.admin import ImportMixin

from roster.admin.column_notes import column_notes
from roster.admin.csv_pages import CsvPages
from roster.admin.display import page_url, row_url
from roster.admin.previews import SHOWN_A_PAGE, shown_row
from roster.admin.reasons import ReasonForm
from roster.exchange import uploads
from roster.exchange.plans import PlannedRow
from roster.exchange.runs import CHANGED_SINCE, import_csv, preview_csv
from roster.models import Changeset

UPLOAD = "upload"
"""The parameter that holds the token of an upload."""
STATUSES = {
    uploads.UploadGone: HTTPStatus.NOT_FOUND,
    uploads.UploadOfAnother: HTTPStatus.FORBIDDEN,
    uploads.UploadAltered: HTTPStatus.CONFLICT,
    uploads.UploadTaken: HTTPStatus.CONFLICT,
}
SHOWN_ANEW = "The rows changed since this preview was begun: it is shown anew from its first page."
NOTHING_TO_IMPORT = "Nothing was written: the database holds all that the file says already."


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="CSV in UTF-8 with a header line. You will see what it would change first.",
        error_messages={
            "required": "Choose a CSV file; nothing was uploaded.",
            "empty": "The file is empty: its first line must name the columns.",
        },
    )


class ConfirmForm(ReasonForm):
    """Asks why; carries which preview was looked at."""

    previewed = forms.CharField(widget=forms.HiddenInput, required=False)


class ImportPages(CsvPages, ImportMixin):  # type: ignore[misc]  # django-import-export has no types
    """Mixin with django-import-export's button and addresses; what they do is `import_csv`."""

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.may("import", request)

    def import_action(self, request: HttpRequest, **_: object) -> HttpResponse:
        """The page that takes a file; with an upload in its address, what became of that."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._receive(request)
        token = request.GET.get(UPLOAD)
        if token is None:
            return self._upload_page(request, UploadForm())
        try:
            upload = self._find(request, token)
            if receipt := self._uploads.receipt(upload):
                return self._result_page(request, upload, receipt)
            return self._preview_page(request, upload)
        except uploads.UploadRefused as refusal:
            return self._refused(request, token, refusal)

    def process_import(self, request: HttpRequest, **_: object) -> HttpResponse:
        """Confirm what a preview showed, or cancel it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST":  # as after a sign-in in between
            return redirect(page_url(self.model, "import"))
        token = request.POST.get(UPLOAD, "")
        try:
            upload = self._find(request, token)
            if "cancel" in request.POST:
                self._uploads.discard(upload)
                messages.info(request, f"{upload.shown_name} is removed; nothing was written.")
                return redirect(page_url(self.model, "import"))
            return self._confirm(request, upload)
        except uploads.UploadRefused as refusal:
            return self._refused(request, token, refusal)

    @property
    def _uploads(self) -> uploads.Uploads:
        return uploads.Uploads(Path(settings.ROSTER_HOME) / "uploads")

    def _find(self, request: HttpRequest, token: str) -> uploads.Upload:
        return self._uploads.find(
            token, owner=str(request.user.pk), stem=self.model.file_stem, now=timezone.now()
        )

    def _receive(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                upload = self._uploads.receive(
                    file.chunks(),
                    owner=str(request.user.pk),
                    stem=self.model.file_stem,
                    file_name=file.name,
                    now=timezone.now(),
                )
                return redirect(self._address(upload.token))
            except uploads.UploadTooLarge as refusal:
                form.add_error("file", str(refusal))
        return self._upload_page(request, form)

    def _confirm(self, request: HttpRequest, upload: uploads.Upload) -> HttpResponse:
        """Import the file if it does what its preview showed; to the page that says what came."""
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self._preview_page(request, upload, form)
        if form.cleaned_data["previewed"] != self._uploads.previewed(upload):
            messages.error(request, CHANGED_SINCE)
            return redirect(self._address(upload.token))
        with self._uploads.taken(upload) as taken:
            report = import_csv(
                upload.stem,
                taken.content,
                reason=form.cleaned_data["change_reason"],
                user=request.user,
                as_previewed=form.cleaned_data["previewed"],
            )
            if report.ok and report.changeset:
                taken.receipt = uploads.Receipt(
                    report.changeset, report.new, report.changed, report.unchanged
                )
        if not report.ok:
            messages.error(request, report.errors[-1].message)
        elif not report.changeset:
            messages.info(request, NOTHING_TO_IMPORT)
        return redirect(self._address(upload.token))

    def _upload_page(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        return self.csv_page(
            request,
            "upload",
            title=f"Import {self.opts.verbose_name_plural}",
            form=form,
            columns=column_notes(self.resource),
            may_export=self.may("export", request),
        )

    def _preview_page(
        self, request: HttpRequest, upload: uploads.Upload, form: ConfirmForm | None = None
    ) -> HttpResponse:
        """What the file would do now. Its first page is what a confirmation then rests on."""
        report, plan = preview_csv(upload.stem, self._uploads.content(upload))
        digest = plan.digest()
        is_shown_anew = digest != self._uploads.previewed(upload)
        listed: Sequence[object] = plan.rows if report.ok else report.errors
        page = Paginator(listed, SHOWN_A_PAGE).get_page(request.GET.get(PAGE_VAR))
        if is_shown_anew and page.number > 1:
            messages.warning(request, SHOWN_ANEW)
            return redirect(self._address(upload.token))
        if is_shown_anew:
            self._uploads.note_preview(upload, digest)
        return self.csv_page(
            request,
            "preview",
            title=f"Import {self.opts.verbose_name_plural}: preview",
            upload=upload,
            report=report,
            error_count=len(plan.errors),
            page=page,
            page_var=PAGE_VAR,
            rows=[shown_row(row) for row in page.object_list if isinstance(row, PlannedRow)],
            reason_form=form or ConfirmForm(),
            previewed=digest,
        )

    def _result_page(
        self, request: HttpRequest, upload: uploads.Upload, receipt: uploads.Receipt
    ) -> HttpResponse:
        """What the database holds of an import: its changeset, and the rows of the model."""
        entry = Changeset.objects.select_related("user").get(position=receipt.changeset)
        ledger = self.admin_site.get_model_admin(Changeset)
        return self.csv_page(
            request,
            "result",
            title=f"Import {self.opts.verbose_name_plural}: done",
            upload=upload,
            receipt=receipt,
            entry=entry,
            entry_url=row_url(entry) if ledger.has_view_permission(request) else "",
            row_count=self.get_queryset(request).count(),
            may_view=self.has_view_or_change_permission(request),
        )

    def _refused(
        self, request: HttpRequest, token: str, refusal: uploads.UploadRefused
    ) -> HttpResponse:
        if isinstance(refusal, uploads.UploadImported):
            messages.info(request, str(refusal))
            return redirect(self._address(token))
        return self.csv_page(
            request,
            "refused",
            title=f"Import {self.opts.verbose_name_plural}: not possible",
            status=STATUSES[type(refusal)],
            refusal=refusal,
        )

    def _address(self, token: str) -> str:
        """The address of what becomes of an upload: its preview, then its result."""
        return f"{page_url(self.model, 'import')}?{urlencode({UPLOAD: token})}"

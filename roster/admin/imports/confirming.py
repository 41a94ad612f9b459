"""The last step: the file is imported, and what the database then holds is shown."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from roster.admin.display import row_url
from roster.admin.imports.forms import ConfirmForm
from roster.admin.imports.preview import Previewing
from roster.exchange.runs import CHANGED_SINCE, import_csv
from roster.exchange.uploads import Receipt, Upload
from roster.models import Changeset

NOTHING_TO_IMPORT = "Nothing was written: the database holds all that the file says already."


class Confirming(Previewing):
    def confirm(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        """Import the file if it does what its preview showed; to the page that says what came."""
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self.preview_page(request, upload, form)
        if form.cleaned_data["previewed"] != self.uploads.previewed(upload):
            messages.error(request, CHANGED_SINCE)
            return redirect(self.address(upload.token))
        with self.uploads.taken(upload) as taken:
            report = import_csv(
                upload.stem,
                taken.content,
                reason=form.cleaned_data["change_reason"],
                user=request.user,
                mapping=self.kept_mapping(upload),
                as_previewed=form.cleaned_data["previewed"],
            )
            if report.ok and report.changeset:
                taken.receipt = Receipt(
                    report.changeset, report.new, report.changed, report.unchanged
                )
        if not report.ok:
            messages.error(request, report.errors[-1].message)
        elif not report.changeset:
            messages.info(request, NOTHING_TO_IMPORT)
        return redirect(self.address(upload.token))

    def result_page(self, request: HttpRequest, upload: Upload, receipt: Receipt) -> HttpResponse:
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

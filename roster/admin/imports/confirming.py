"""The last step: the file is imported at once, or handed over when that would take long."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from roster.admin.display import row_url
from roster.admin.imports.forms import ConfirmForm
from roster.admin.imports.preview import Previewing
from roster.exchange.import_runs import TakenAlready, begin_upload, carry_out_upload
from roster.exchange.jobs import hand_over
from roster.exchange.runs import CHANGED_SINCE
from roster.exchange.uploads import Upload


class Confirming(Previewing):
    def confirm(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        """Import the file if it does what its preview showed; to the page that says what came."""
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self.preview_page(request, upload, form)
        previewed = form.cleaned_data["previewed"]
        if previewed != self.uploads.previewed(upload):
            messages.error(request, CHANGED_SINCE)
            return redirect(self.address(upload.token))
        reason = form.cleaned_data["change_reason"]
        try:
            run = begin_upload(upload, reason=reason, user=request.user, as_previewed=previewed)
        except TakenAlready as taken:
            return self.taken_already(request, taken.run)
        if run.size_bytes > settings.ROSTER_BACKGROUND_BYTES:
            hand_over(run)
            return redirect(row_url(run))
        report = carry_out_upload(run)
        if not report.ok:
            messages.error(request, report.errors[-1].message)
            return redirect(self.address(upload.token))
        return redirect(row_url(run))

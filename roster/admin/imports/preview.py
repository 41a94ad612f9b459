"""The second step: what the file would do, before it does."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from roster.admin.imports.forms import ConfirmForm
from roster.admin.imports.shown import SHOWN_A_PAGE, shown_row
from roster.admin.imports.steps import ImportSteps
from roster.exchange.plans import PlannedRow
from roster.exchange.runs import preview_csv
from roster.exchange.uploads import Upload

SHOWN_ANEW = "The rows changed since this preview was begun: it is shown anew from its first page."


class Previewing(ImportSteps):
    def preview_page(
        self, request: HttpRequest, upload: Upload, form: ConfirmForm | None = None
    ) -> HttpResponse:
        """What the file would do now. Its first page is what a confirmation then rests on."""
        report, plan = preview_csv(upload.stem, self.uploads.content(upload))
        digest = plan.digest()
        is_shown_anew = digest != self.uploads.previewed(upload)
        listed: Sequence[object] = plan.rows if report.ok else report.errors
        page = Paginator(listed, SHOWN_A_PAGE).get_page(request.GET.get(PAGE_VAR))
        if is_shown_anew and page.number > 1:
            messages.warning(request, SHOWN_ANEW)
            return redirect(self.address(upload.token))
        if is_shown_anew:
            self.uploads.note_preview(upload, digest)
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

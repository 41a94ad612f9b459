"""The second step: what the file would do, before it does."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from roster.admin.imports.forms import ConfirmForm
from roster.admin.imports.shown import SHOWN_A_PAGE, shown_row
from roster.admin.imports.steps import ImportSteps
from roster.exchange.plans import Wanted
from roster.exchange.runs import preview_csv
from roster.exchange.uploads import Upload

SHOWN_ANEW = "The rows changed since this preview was begun: it is shown anew from its first page."


class Previewing(ImportSteps):
    def preview_page(
        self, request: HttpRequest, upload: Upload, form: ConfirmForm | None = None
    ) -> HttpResponse:
        """What the file would do now. Its first page is what a confirmation then rests on."""
        number = _page_number(request)
        wanted = Wanted(start=(number - 1) * SHOWN_A_PAGE, count=SHOWN_A_PAGE)
        report, plan = preview_csv(
            upload.stem,
            self.uploads.content(upload),
            mapping=self.kept_mapping(upload),
            wanted=wanted,
        )
        digest = plan.digest
        is_shown_anew = digest != self.uploads.previewed(upload)
        count = report.new + report.changed if report.ok else len(report.errors)
        page = Paginator(range(count), SHOWN_A_PAGE).get_page(number)
        if page.number != number:
            return redirect(f"{self.address(upload.token)}&{PAGE_VAR}={page.number}")
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
            error_count=plan.error_count,
            page=page,
            page_var=PAGE_VAR,
            rows=[shown_row(row) for row in plan.rows] if report.ok else (),
            errors=report.errors[page.start_index() - 1 : page.end_index()] if count else (),
            reason_form=form or ConfirmForm(),
            previewed=digest,
            is_mapped=bool(self.uploads.mapping(upload)),
            misfits=any(error.line == 1 for error in report.errors),
            mapping_url=self.mapping_address(upload),
        )


def _page_number(request: HttpRequest) -> int:
    """The page that is asked for; the first where none is."""
    asked = request.GET.get(PAGE_VAR, "")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1

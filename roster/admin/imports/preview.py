"""The second step: what the file would do, before it does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from roster.admin.imports.choices import (
    ReadingForm,
    decisions_sent,
    form_in_words,
    reading_form,
)
from roster.admin.imports.conflicting import shown_conflicts
from roster.admin.imports.duplicates import shown_duplicates
from roster.admin.imports.errors_file import ErrorsFile
from roster.admin.imports.forms import ConfirmForm
from roster.admin.imports.listings import SHOW, Asked, Counted, Listing, asked_of, counts_of
from roster.admin.imports.shown import shown_errors, shown_rows
from roster.exchange.plans import Preview
from roster.exchange.runs import preview_csv
from roster.exchange.uploads import Upload
from roster.models import Changeset, Official

SHOWN_ANEW = "The rows changed since this preview was begun: it is shown anew from its first page."
NOT_READ_SO = "Choose an encoding and a delimiter of those that are offered; it is read as before."


class Previewing(ErrorsFile):
    def preview_page(
        self, request: HttpRequest, upload: Upload, form: ConfirmForm | None = None
    ) -> HttpResponse:
        """What the file would do now. Its first page is what a confirmation then rests on."""
        asked, kept = asked_of(request.GET), self.uploads
        report, shown = preview_csv(
            upload.stem,
            kept.file(upload),
            form=kept.form(upload),
            mapping=self.kept_mapping(upload),
            decisions=kept.decisions(upload),
            wanting=asked.wanted,
        )
        previewed = kept.previewed(upload)
        if previewed != shown.digest:
            if previewed and not asked.is_plain:
                messages.warning(request, SHOWN_ANEW)
                return redirect(self.address(upload.token))
            kept.note_preview(upload, shown.digest)
        listing, counts = asked.shown(shown), counts_of(shown)
        return self.csv_page(
            request,
            "preview",
            title=f"Import {self.opts.verbose_name_plural}: preview",
            upload=upload,
            report=report,
            lists=self._lists(upload, counts, listing),
            unread_count=report.rows - sum(shown.counts.values()),
            open_count=report.conflicts,
            fault_count=shown.error_count,
            to_write_count=report.new + report.changed,
            reading_form=reading_form(kept.form(upload)),
            read_as=form_in_words(shown.form),
            errors_url=self.errors_address(upload),
            errors_list_url=self.list_address(upload, Listing.ERRORS),
            conflicts_url=self.list_address(upload, Listing.CONFLICT),
            reason_form=form or ConfirmForm(),
            previewed=shown.digest,
            is_mapped=bool(kept.mapping(upload)),
            misfits=any(error.line == 1 for error in report.errors),
            mapping_url=self.mapping_address(upload),
            **self._listed(request, upload, asked, listing, shown),
        )

    def decide(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        """Keep what was chosen of conflicts, and show their page again."""
        self.uploads.note_decisions(upload, decisions_sent(request.POST))
        number = asked_of(request.POST).number
        return redirect(self.list_address(upload, Listing.CONFLICT, number))

    def read_so(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        """Keep how the file is to be read, and show what it would do by that."""
        form = ReadingForm(request.POST)
        if form.is_valid():
            self.uploads.note_form(upload, form.form)
        else:
            messages.error(request, NOT_READ_SO)
        return redirect(self.address(upload.token))

    def list_address(self, upload: Upload, listing: Listing, number: int = 1) -> str:
        """The address of a list of the preview."""
        page = {PAGE_VAR: number} if number > 1 else {}
        return f"{self.address(upload.token)}&{urlencode({SHOW: listing.value, **page})}"

    def _lists(self, upload: Upload, counts: dict[Listing, int], shown: Listing) -> list[Counted]:
        """The lists with their counts; that of duplicates only where there can be any."""
        return [
            Counted(listing, counts[listing], self.list_address(upload, listing), listing is shown)
            for listing in Listing
            if listing is not Listing.DUPLICATES or self.model is Official
        ]

    def _listed(
        self, request: HttpRequest, upload: Upload, asked: Asked, listing: Listing, shown: Preview
    ) -> dict[str, Any]:
        """One page of one list, for the template."""
        page = asked.page(listing, range(counts_of(shown)[listing]))
        listed: dict[str, Any] = {}
        match listing:
            case Listing.ERRORS:
                page = asked.page(listing, shown.errors)
                listed["errors"] = shown_errors(list(page.object_list))
                listed["more_errors"] = shown.error_count - len(shown.errors)
            case Listing.DUPLICATES:
                page = asked.page(listing, shown.duplicates.rows)
                may_view = self.has_view_or_change_permission(request)
                listed["duplicates"] = shown_duplicates(list(page.object_list), may_view=may_view)
                listed["are_all_compared"] = shown.duplicates.is_complete
            case Listing.CONFLICT:
                ledger = self.admin_site.get_model_admin(Changeset)
                may_view = ledger.has_view_permission(request)
                listed["conflicts"] = shown_conflicts(
                    self.model, shown.rows, may_view_changesets=may_view
                )
            case _:
                listed["rows"] = shown_rows(shown.rows, shown.errors)
        address = f"{self.list_address(upload, listing)}&{PAGE_VAR}="
        return {"listing": listing, "page": page, "page_address": address, **listed}

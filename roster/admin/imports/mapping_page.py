"""A step between upload and preview: the columns of a foreign file are mapped onto ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from roster.actions.save_mapping import save_mapping
from roster.admin.imports import mapping_values as mapped
from roster.admin.imports.mapping_form import MappingForm
from roster.admin.imports.mapping_shown import fixed_values, ours_made, their_columns
from roster.admin.imports.mapping_values import Ours, Values
from roster.admin.imports.our_columns import our_columns
from roster.exchange.mapping_files import MappingRefused, mapping_text
from roster.exchange.samples import Sample, samples_of
from roster.exchange.saved_mappings import mapping_for
from roster.exchange.uploads import Upload
from roster.models import ImportMapping

if TYPE_CHECKING:
    from roster.admin.imports.steps import ImportSteps

MOST_COLUMNS = 200
"""Columns that the page lists; a file with more is mapped by a file of its own."""
MOST_FIELDS = 900
"""Fields that one page asks for; Django takes no more than 1,000."""
TOO_MANY = (
    "{name} has {count} columns; this page maps at most {most}. Write its mapping as a JSON file "
    "and use manage.py import_csv --map FILE."
)
TOO_LARGE = (
    "This mapping has more values than one page can ask for. Use it as it is, or change it as JSON "
    "under Import mappings."
)


class MappingPage:
    """The page for one upload and one request."""

    def __init__(self, step: ImportSteps, request: HttpRequest, upload: Upload) -> None:
        self.step, self.request, self.upload = step, request, upload
        self.saved_mappings = step.admin_site.get_model_admin(ImportMapping)

    def answer(self) -> HttpResponse:
        """The page, or what follows from what was sent: to the preview when all is said."""
        sent = self.request.POST
        if "plain" in sent:
            self.step.uploads.note_mapping(self.upload, "")
            return self._to_preview()
        if "use" in sent:
            return self._use_saved()
        if "look" in sent:
            return redirect(self.step.mapping_address(self.upload, saved=sent.get("saved", "")))
        samples = samples_of(self.step.sheet(self.upload))
        if not samples:
            return self._to_preview()  # which says what is wrong with the file
        if len(samples) > MOST_COLUMNS:
            return self._to_preview(
                TOO_MANY.format(name=self.upload.shown_name, count=len(samples), most=MOST_COLUMNS)
            )
        ours = our_columns(self.step.resource)
        if self.request.method == "POST":
            return self._judge({name: str(value) for name, value in sent.items()}, samples, ours)
        return self._show(self._first_values(samples, ours), samples, ours)

    def _judge(self, values: Values, samples: list[Sample], ours: Ours) -> HttpResponse:
        """Go on with what was sent, unless it raises questions that the page did not ask yet."""
        unseen = mapped.not_shown(values, samples, ours)
        if unseen or "show" in values:
            return self._show(values, samples, ours, unseen)
        full = mapped.completed(values, samples, ours)
        form = MappingForm(full, samples, ours, self.upload.stem, is_sent=True)
        if not form.is_valid() or form.mapping is None or not self._save(form):
            return self._page(form)
        self.step.uploads.note_mapping(self.upload, mapping_text(form.mapping))
        return self._to_preview()

    def _show(
        self, values: Values, samples: list[Sample], ours: Ours, unseen: list[str] | None = None
    ) -> HttpResponse:
        full = mapped.as_shown(mapped.completed(values, samples, ours), samples, ours)
        form = MappingForm(full, samples, ours, self.upload.stem, is_sent=False)
        if len(form.fields) > MOST_FIELDS:
            return self._to_preview(TOO_LARGE)
        return self._page(form, unseen)

    def _page(self, form: MappingForm, unseen: list[str] | None = None) -> HttpResponse:
        step = self.step
        return step.csv_page(
            self.request,
            "mapping",
            title=f"Import {step.opts.verbose_name_plural}: map the columns",
            upload=self.upload,
            form=form,
            their_columns=list(their_columns(form)),
            ours_made=list(ours_made(form)),
            fixed_values=fixed_values(form),
            saving=(form["name"], form["save_reason"]),
            unseen=unseen,
            is_mapped=bool(step.uploads.mapping(self.upload)),
            saved=self._saved(),
            may_save=self.saved_mappings.has_add_permission(self.request),
            preview_url=step.address(self.upload.token),
        )

    def _first_values(self, samples: list[Sample], ours: Ours) -> Values:
        """The chosen saved mapping, else the upload's own, else what is plain."""
        saved = self._chosen(self.request.GET.get("saved", ""))
        mapping = self.step.kept_mapping(self.upload)
        try:
            mapping = mapping_for(self.upload.stem, saved.definition) if saved else mapping
        except MappingRefused as refusal:
            messages.error(self.request, str(refusal))
        if mapping is None:
            return mapped.guessed(samples, ours)
        header = [sample.name for sample in samples]
        if lacking := [name for name in mapping.used if name not in header]:
            said = f"The mapping uses columns that the file has not: {', '.join(lacking)}."
            messages.warning(self.request, said)
        return mapped.values_of(mapping, header, ours)

    def _use_saved(self) -> HttpResponse:
        """Take a saved mapping as it is; the preview says where the file does not fit it."""
        if saved := self._chosen(self.request.POST.get("saved", "")):
            try:
                mapping_for(self.upload.stem, saved.definition)
            except MappingRefused as refusal:
                messages.error(self.request, str(refusal))
            else:
                self.step.uploads.note_mapping(self.upload, saved.definition)
                return self._to_preview()
        return redirect(self.step.mapping_address(self.upload))

    def _chosen(self, key: str) -> ImportMapping | None:
        is_key = key.isascii() and key.isdecimal() and len(key) < 19
        return self._saved().filter(pk=int(key)).first() if is_key else None

    def _saved(self) -> models.QuerySet[ImportMapping]:
        """The saved mappings of this model, as far as this user may view them."""
        if not self.saved_mappings.has_view_permission(self.request):
            return ImportMapping.objects.none()
        return ImportMapping.objects.filter(stem=self.upload.stem)

    def _save(self, form: MappingForm) -> bool:
        """Save the mapping if it has a name; where that is refused, the form says why."""
        given = form.cleaned_data
        if not given["name"] or form.mapping is None:
            return True
        may_save = self.saved_mappings.has_add_permission(self.request) and (
            not given["replaces"] or self.saved_mappings.has_change_permission(self.request)
        )
        if not may_save:
            form.add_error(None, "To save it takes the permission to: leave the name empty.")
            return False
        try:
            saved = save_mapping(
                mapping_text(form.mapping),
                name=given["name"],
                stem=self.upload.stem,
                reason=given["save_reason"],
                user=self.request.user,
                replaces=given["replaces"],
            )
        except ValidationError as error:
            form.add_error(None, error)
            return False
        messages.success(self.request, f"The mapping is saved as “{saved}”.")
        return True

    def _to_preview(self, problem: str = "") -> HttpResponse:
        if problem:
            messages.error(self.request, problem)
        return redirect(self.step.address(self.upload.token))

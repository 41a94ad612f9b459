"""The steps of a page that takes a text for a source: give it, see what it would do, confirm."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from roster.admin.display import row_text, row_url
from roster.admin.imports.steps import STATUSES
from roster.admin.texts.forms import ConfirmTextForm, TextForm
from roster.exchange import uploads
from roster.models import Citation, Paragraph, Source
from roster.provenance.documents import Document, DocumentError, read_document

if TYPE_CHECKING:
    from roster.admin.base import RosterAdmin

UPLOAD, REMOVE_HIDDEN = "upload", "remove_hidden"
"""The parameters that hold the token of a text, and whether hidden characters are taken out."""


class TextSteps:
    """One request for such a page, by a user who may write texts, about one source."""

    page_name: ClassVar[str]
    """What the page does, for its title and the links to it."""
    preview_template: ClassVar[str]

    def __init__(self, model_admin: RosterAdmin, request: HttpRequest, key: int) -> None:
        if not may_write_texts(model_admin, request):
            raise PermissionDenied
        found = Source.objects.filter(pk=key).first()
        if found is None:
            raise Http404(f"There is no source {key}.")
        self.model_admin, self.request, self.source = model_admin, request, found
        self.is_sent = request.method == "POST"
        self.sent = request.POST if self.is_sent else request.GET
        self.uploads = uploads.Uploads(Path(settings.ROSTER_HOME) / "uploads")

    def preview(self, document: Document) -> dict[str, Any]:
        """What the preview of the text shows, its digest as `previewed` among it."""
        raise NotImplementedError

    def write(self, document: Document, reason: str, previewed: str) -> uploads.Receipt | None:
        """Do what was previewed; None when there was nothing to write, else what was written.

        Raises ValidationError when it cannot be done, or is no longer what was previewed.
        """
        raise NotImplementedError

    def respond(self) -> HttpResponse:
        """The page that takes a text; with a text in its address, what becomes of that."""
        token = self.sent.get(UPLOAD)
        if token is None:
            return self.take()
        try:
            upload = self.uploads.find(token, now=timezone.now(), **self._kept_for)
            if self.is_sent and "cancel" in self.sent:
                self.uploads.discard(upload)
                messages.info(self.request, f"{upload.shown_name} is removed; nothing was written.")
                return self.done()
            return self._with_text(upload)
        except uploads.UploadImported as refusal:
            messages.info(self.request, str(refusal))
            return self.done()
        except uploads.UploadRefused as refusal:
            return self.page("refused", refusal=refusal, status=STATUSES[type(refusal)])

    def take(self) -> HttpResponse:
        """Take a text and go on to its preview, or ask for one."""
        form = TextForm(self.request.POST, self.request.FILES) if self.is_sent else TextForm()
        if self.is_sent and form.is_valid():
            upload = self.uploads.receive(
                [form.content], file_name=form.file_name, now=timezone.now(), **self._kept_for
            )
            return redirect(f"{self.request.path}?{urlencode({UPLOAD: upload.token})}")
        return self.page("give", form=form)

    def done(self) -> HttpResponse:
        """Where the steps end: the page of the source."""
        return redirect(row_url(self.source))

    def page(
        self, template: str, *, status: int = HTTPStatus.OK, **context: Any
    ) -> TemplateResponse:
        """A page of `roster/texts/` about the source."""
        site = self.model_admin.admin_site
        shown = {
            **site.each_context(self.request),
            "opts": self.model_admin.opts,
            "source": self.source,
            "source_url": row_url(self.source),
            "source_text": row_text(self.source),
            "title": f"{self.page_name}: {self.source}",
            "page_name": self.page_name,
            **context,
        }
        self.request.current_app = site.name
        return TemplateResponse(self.request, f"roster/texts/{template}.html", shown, status=status)

    @property
    def shows_citations(self) -> bool:
        """Whether this user may see what rests on paragraphs."""
        citations = self.model_admin.admin_site.get_model_admin(Citation)
        return bool(citations.has_view_permission(self.request))

    def previewed(self, form: ConfirmTextForm, shown: dict[str, Any]) -> HttpResponse:
        """The preview, with the form that confirms it."""
        kept = {name: self.sent[name] for name in (UPLOAD, REMOVE_HIDDEN) if name in self.sent}
        context = {"reason_form": form, "kept": kept, **shown}
        return self.page(self.preview_template, **context)

    @property
    def _kept_for(self) -> dict[str, str]:
        """Whose an upload is, and what for: a text waits for one page of one source."""
        purpose = f"{self.preview_template} {self.source.pk}"
        return {"owner": str(self.request.user.pk), "stem": purpose}

    def _with_text(self, upload: uploads.Upload) -> HttpResponse:
        content = self.uploads.content(upload)
        try:
            document = read_document(content, remove_hidden=REMOVE_HIDDEN in self.sent)
        except DocumentError as refusal:
            return self._unreadable(upload, content, refusal)
        form = ConfirmTextForm(self.request.POST if self.is_sent else None)
        if form.is_valid():
            try:
                return self._confirm(upload, document, form)
            except ValidationError as refusal:
                messages.error(self.request, " ".join(refusal.messages))
        shown = {"upload": upload, "document": document, **self.preview(document)}
        return self.previewed(form, shown)

    def _confirm(
        self, upload: uploads.Upload, document: Document, form: ConfirmTextForm
    ) -> HttpResponse:
        with self.uploads.taken(upload) as taken:
            taken.receipt = self.write(
                document, form.cleaned_data["change_reason"], form.cleaned_data["previewed"]
            )
        if not taken.receipt:
            messages.info(
                self.request, "There was nothing to write: all is here, or nothing was taken."
            )
        return self.done()

    def _unreadable(
        self, upload: uploads.Upload, content: bytes, refusal: DocumentError
    ) -> HttpResponse:
        """Why a text cannot be taken; where hidden characters are all, the offer to remove them."""
        try:
            read_document(content, remove_hidden=True)
            removable = upload
        except DocumentError:
            removable = None
        return self.page(
            "refused",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            refusal=refusal,
            upload=removable,
        )


def may_write_texts(model_admin: RosterAdmin, request: HttpRequest) -> bool:
    """Whether this user may change sources, and add and change their paragraphs."""
    paragraphs = model_admin.admin_site.get_model_admin(Paragraph)
    return (
        model_admin.has_change_permission(request)
        and paragraphs.has_add_permission(request)
        and paragraphs.has_change_permission(request)
    )


def counted(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

"""A new version of a source on screen: which facts it touches, and what is moved to it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from roster.actions.revise_source import Revised, refusal_of, revise_source
from roster.admin.display import MOST_ROWS, row_url
from roster.admin.texts.forms import ConfirmTextForm, TextForm
from roster.admin.texts.pages import SourceTextPages
from roster.admin.texts.revision_previews import shown_revision, unsure
from roster.admin.texts.steps import TextSteps, counted, may_write_texts
from roster.exchange.uploads import Receipt
from roster.models import Citation, Paragraph, Source
from roster.provenance.documents import Document
from roster.provenance.revisions import Revision, revise
from roster.text.characters import quoted

if TYPE_CHECKING:
    from roster.admin.base import RosterAdmin

NEWER = "newer"
"""The parameter that holds the ref of a source that is here and is the new version."""


class NewerForm(forms.Form):
    """Asks for a source that is here to be the new version of `old`."""

    newer = forms.CharField(
        label="Ref of the newer source",
        widget=AdminTextInputWidget(attrs={"list": "newer-sources", "autocomplete": "off"}),
        help_text="A source that is here already, with its paragraphs.",
    )

    def __init__(self, old: Source, data: Any = None) -> None:
        super().__init__(data)
        self.old = old

    def clean_newer(self) -> Source:
        ref: str = self.cleaned_data["newer"].strip()
        found = Source.objects.filter(ref=ref).first()
        if found is None:
            raise ValidationError(f"There is no source {quoted(ref)}: give the ref of one.")
        if refusal := refusal_of(self.old, found):
            raise ValidationError(refusal)
        return found

    @property
    def offered(self) -> list[Source]:
        """Sources that can be chosen, as far as they are listed; the latest published first."""
        with_paragraphs = Source.objects.filter(
            Exists(Paragraph.objects.filter(source=OuterRef("pk"))), supersedes=None
        )
        others = with_paragraphs.exclude(pk=self.old.pk)
        known = Source.objects.filter(supersedes=self.old)
        return [*known, *others.order_by("-published_latest", "ref")[:MOST_ROWS]]


class ReviseSteps(TextSteps):
    """Compares a new version with the source, and moves what is cited to it."""

    page_name = "New version"
    preview_template = "revise"
    newer: Source | None = None

    def __init__(self, model_admin: RosterAdmin, request: HttpRequest, key: int) -> None:
        if not may_revise(model_admin, request):
            raise PermissionDenied
        super().__init__(model_admin, request, key)

    def respond(self) -> HttpResponse:
        if NEWER not in self.sent:
            return super().respond()
        chosen = NewerForm(self.source, self.sent)
        if not chosen.is_valid():
            return self.page("give_newer", form=TextForm(), newer_form=chosen)
        self.newer = chosen.cleaned_data["newer"]
        if self.is_sent and "cancel" in self.sent:
            return redirect(row_url(self.source))
        form = ConfirmTextForm(self.request.POST if self.is_sent else None)
        if form.is_valid():
            try:
                self._write(form.cleaned_data["change_reason"], form.cleaned_data["previewed"])
                return self.done()
            except ValidationError as refusal:
                messages.error(self.request, " ".join(refusal.messages))
        return self.previewed(form, self._shown(revise(self.source, newer=self.newer)))

    def preview(self, document: Document) -> dict[str, Any]:
        return self._shown(revise(self.source, document=document))

    def write(self, document: Document, reason: str, previewed: str) -> Receipt | None:
        revised = self._write(reason, previewed, document)
        if revised.changeset is None:
            return None
        return Receipt(revised.changeset, 1, revised.moved, revised.left)

    def done(self) -> HttpResponse:
        return redirect(row_url(self.newer or self.source))

    def page(
        self, template: str, *, status: int = HTTPStatus.OK, **context: Any
    ) -> TemplateResponse:
        if template == "give":
            template = "give_newer"
            context["newer_form"] = NewerForm(self.source)
        return super().page(template, status=status, **context)

    def _shown(self, revision: Revision) -> dict[str, Any]:
        return {
            "revision": revision,
            "newer": self.newer,
            "shown": shown_revision(
                revision, left=self._left(revision), with_citations=self.shows_citations
            ),
            "previewed": revision.digest(),
        }

    def _write(self, reason: str, previewed: str, document: Document | None = None) -> Revised:
        revision = revise(self.source, document=document, newer=self.newer)
        revised = revise_source(
            self.source,
            document=document,
            newer=self.newer,
            reason=reason,
            user=self.request.user,
            leave=self._left(revision),
            as_previewed=previewed,
        )
        self.newer = revised.newer
        messages.success(
            self.request,
            format_html(
                '{} moved to this version; {} on <a href="{}">the old version</a>.',
                counted(revised.moved, "citation"),
                f"{revised.left} left",
                row_url(self.source),
            ),
        )
        return revised

    def _left(self, revision: Revision) -> set[int]:
        """The citations that stay: those that nobody ticked, once there was something to tick."""
        if not self.is_sent:
            return set()
        ticked = set(self.request.POST.getlist("carry"))
        return {one.citation.pk for one in unsure(revision) if str(one.citation.pk) not in ticked}


class SourceRevisionPages(SourceTextPages):
    """Mixin of the admin of sources: the page that gives a source its new version."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.revise_view)
        revise_page = path("<int:key>/revise/", view, name="roster_source_revise")
        return [revise_page, *super().get_urls()]

    def revise_view(self, request: HttpRequest, key: int) -> HttpResponse:
        return ReviseSteps(self, request, key).respond()

    def tools_of(self, request: HttpRequest, source: Source) -> list[tuple[str, str]]:
        tools = super().tools_of(request, source)
        if not may_revise(self, request):
            return tools
        return [*tools, ("New version", reverse("admin:roster_source_revise", args=(source.pk,)))]


def may_revise(model_admin: RosterAdmin, request: HttpRequest) -> bool:
    """Whether this user may write texts, add sources, and move citations."""
    citations = model_admin.admin_site.get_model_admin(Citation)
    return (
        may_write_texts(model_admin, request)
        and model_admin.has_add_permission(request)
        and citations.has_change_permission(request)
    )

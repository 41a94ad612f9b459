"""The text of a source on screen: attached to one that is here, or made into a new one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from roster.actions.attach_text import attach_text
from roster.admin.display import row_url
from roster.admin.forms.reasons import changeset_of
from roster.admin.texts.forms import SourceFromTextForm
from roster.admin.texts.previews import shown_comparison
from roster.admin.texts.steps import TextSteps, counted, may_write_texts
from roster.exchange.uploads import Receipt
from roster.models import Source
from roster.provenance.attaching import compare
from roster.provenance.documents import Document

if TYPE_CHECKING:
    from roster.admin.base import RosterAdmin
else:
    RosterAdmin = object

FROM_TEXT = (
    (None, {"fields": ("title", "publisher", "published", "url", "reliability", "ref")}),
    ("Text", {"fields": ("file", "text", "remove_hidden")}),
)
NUMBER = re.compile(r"[0-9]{1,9}")


class AttachSteps(TextSteps):
    """Compares a text with the paragraphs of the source, and stores those that are taken."""

    page_name = "Attach the text"
    preview_template = "attach"

    def preview(self, document: Document) -> dict[str, Any]:
        comparison = compare(self.source, document)
        return {
            "comparison": comparison,
            "shown": shown_comparison(
                comparison, accepted=self._accepted, with_citations=self.shows_citations
            ),
            "previewed": comparison.digest(),
        }

    def write(self, document: Document, reason: str, previewed: str) -> Receipt | None:
        attached = attach_text(
            self.source,
            document,
            reason=reason,
            user=self.request.user,
            accept=self._accepted,
            leave_others=True,
            as_previewed=previewed,
        )
        if attached.changeset is None:
            return None
        messages.success(
            self.request,
            f"{counted(attached.stored, 'paragraph')} stored and the quotes placed, in changeset "
            f"#{attached.changeset}; {attached.left} left.",
        )
        return Receipt(attached.changeset, 0, attached.stored, attached.left)

    @property
    def _accepted(self) -> set[int]:
        """The numbers of the paragraphs that are ticked."""
        return {int(n) for n in self.request.POST.getlist("accept") if NUMBER.fullmatch(n)}


class SourceTextPages(RosterAdmin):
    """Mixin of the admin of sources: pages that attach a text, and that make a source of one."""

    import_export_change_list_template = "roster/texts/source_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("from-text/", view(self.from_text_view), name="roster_source_from_text"),
            path("<int:key>/text/", view(self.text_view), name="roster_source_text"),
            *super().get_urls(),
        ]

    def text_view(self, request: HttpRequest, key: int) -> HttpResponse:
        return AttachSteps(self, request, key).respond()

    def from_text_view(self, request: HttpRequest) -> HttpResponse:
        """The form on GET; on POST the source is made with its paragraphs, and its page follows."""
        if not self._may_make_of_text(request):
            raise PermissionDenied
        request.from_text = True  # type: ignore[attr-defined]  # for the hooks below
        context = {
            "title": "Add a source from its text",
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        with changeset_of(request):
            return self.changeform_view(request, None, "", context)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return FROM_TEXT if _from_text(request) else super().get_fieldsets(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if _from_text(request):
            kwargs |= {"form": SourceFromTextForm, "fields": FROM_TEXT[0][1]["fields"]}
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if _from_text(request):
            attach_text(obj, form.document, reason=form.cleaned_data["change_reason"])

    def response_add(
        self, request: HttpRequest, obj: Source, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        return HttpResponseRedirect(row_url(obj)) if _from_text(request) else response

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_make = self._may_make_of_text(request)
        context = {"may_make_of_text": may_make, **(extra_context or {})}
        return super().changelist_view(request, context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if row := kwargs.get("obj"):
            context["tools"] = self.tools_of(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def tools_of(self, request: HttpRequest, source: Source) -> list[tuple[str, str]]:
        """What this user can do with the source, as names and addresses."""
        if not may_write_texts(self, request):
            return []
        return [("Attach text", reverse("admin:roster_source_text", args=(source.pk,)))]

    def _may_make_of_text(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and may_write_texts(self, request)


def _from_text(request: HttpRequest) -> bool:
    """Whether this is the page that makes a source of a text."""
    return getattr(request, "from_text", False)

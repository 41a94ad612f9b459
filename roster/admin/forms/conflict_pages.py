"""Pages on which a row is edited or deleted that somebody else may be writing to as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse

from roster.admin import generic
from roster.admin.display import MOST_ROWS, column_heading
from roster.admin.forms.conflicts import VERSION, number_sent
from roster.admin.forms.editing import Editing, editing_of, start_editing
from roster.admin.shown_changes import ShownChange, shown_changes
from roster.history.past.changes import place_of
from roster.history.past.versions import UNRECORDED, changes_from, with_version
from roster.models import Change
from roster.models.changes import Act

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

MERGED = "Others changed this while the form was open, and what they wrote was kept – {}."


@dataclass(frozen=True)
class SeenVersion:
    """The version of a row that a page asks about; `changes` are those made since it was shown."""

    version: int
    is_shown: bool
    changes: tuple[ShownChange, ...] = ()


@dataclass(frozen=True)
class TypedValue:
    """What was typed into a field of a row that is gone."""

    heading: str
    text: str


class ConflictPages(generic.ModelAdmin):
    """Mixin: forms that are merged with what others wrote, and deletions that ask again."""

    admin_site: RosterSite

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The row with its `version`; on a POST it is locked until the transaction ends.

        Both are read at once: of a write between the two the form would know too much. A lock
        comes before, as the version would else be that of the time before it was waited for.
        """
        start_editing(request)
        named = {from_field or "pk": object_id}
        try:
            if request.method == "POST" and connection.in_atomic_block:
                self.lock(self.model._base_manager.filter(**named))
            return with_version(self.get_queryset(request).filter(**named)).first()
        except (ValidationError, ValueError):
            return None

    def lock(self, rows: models.QuerySet[Any]) -> None:
        """Let nobody else write to what the page of these rows writes to."""
        list(rows.select_for_update(no_key=True).values_list("pk"))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None:
            kwargs["form"] = editing_of(request).form(kwargs.get("form", self.form))
        return super().get_form(request, obj, change=change, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        if merged := editing_of(request).merged_words:
            self.message_user(request, MERGED.format(merged), messages.INFO)
        return response

    def version_to_delete(self, request: HttpRequest, object_id: str) -> SeenVersion:
        """Whether the row is still what the page showed that asked whether to delete it."""
        key = unquote(object_id)
        now = getattr(self.get_object(request, key), "version", UNRECORDED)
        if request.method != "POST" or not now:
            return SeenVersion(now, is_shown=True)
        sent = request.POST.get(VERSION, "")
        if sent == str(now):
            return SeenVersion(now, is_shown=True)
        # A page that does not say what it showed is told of the latest change alone.
        since = number_sent(sent)
        since = now - 1 if since is None else since
        place = place_of(self.model, key)
        found = changes_from({place: since + 1}).get(place, [])
        shown = shown_changes(found, linked=self.admin_site.tables_with_pages)
        return SeenVersion(now, is_shown=False, changes=tuple(reversed(shown)))

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Of a row that was deleted while its form was open, a page with what was typed."""
        is_sent = request.method == "POST" and VERSION in request.POST
        deletion = self._deletion(unquote(object_id)) if is_sent else None
        if deletion is None:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)  # type: ignore[misc,no-any-return]  # Django's, for subclasses to extend
        context = {
            **self.admin_site.each_context(request),
            "title": f"This {opts.verbose_name} is not here any more",
            "opts": opts,
            "changes": shown_changes([deletion], linked=frozenset()),
            "typed": self._typed(request.POST),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "roster/gone.html", context, status=409)

    def _deletion(self, object_id: str) -> Change | None:
        """The change by which the row with this key was deleted, if there was one."""
        key, table = number_sent(object_id), self.model._meta.db_table
        deletions = Change.objects.filter(table=table, key=key or 0, act=Act.DELETE)
        return deletions.select_related("changeset__user").order_by("id").last()

    def _typed(self, sent: QueryDict) -> list[TypedValue]:
        """What was typed, the rows in place included, as it can be copied."""
        typed = _typed_in(self.model, sent, "")
        for inline in self.inlines:
            prefix = getattr(inline, "relation", "")
            rows = number_sent(sent.get(f"{prefix}-TOTAL_FORMS")) or 0
            for number in range(min(rows, MOST_ROWS)):
                typed += _typed_in(inline.model, sent, f"{prefix}-{number}-")
        return typed


def _typed_in(model: type[models.Model], sent: QueryDict, prefix: str) -> list[TypedValue]:
    kind = f"{str(model._meta.verbose_name).capitalize()}: " if prefix else ""
    found = []
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        asked: Any = field.formfield() if f"{prefix}{field.name}" in sent else None
        given = [text for text in sent.getlist(f"{prefix}{field.name}") if text]
        if asked is not None and given:
            words = Editing().words(asked, _said(asked, given))
            found.append(TypedValue(f"{kind}{column_heading(field.name)}", words))
    return found


def _said(field: Any, given: list[str]) -> Any:
    """The keys of the rows that were chosen; of other fields, the text itself."""
    if not hasattr(field, "queryset"):
        return given[0]
    return frozenset(filter(None, map(number_sent, given)))

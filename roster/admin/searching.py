"""Search in lists: which rows a query finds, why each was found, and what else may be meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from roster.admin import generic
from roster.admin.display import EMPTY
from roster.admin.visible import visible
from roster.dashboards.finding import Finder, Searched, refusal, target_of
from roster.dashboards.found_by import Reason, reasons_of
from roster.dashboards.near_names import names_offered
from roster.fields import SearchKeyField

if TYPE_CHECKING:
    from roster.admin.site import RosterSite


@dataclass(frozen=True)
class SearchNote:
    """What a list says of a search: why it was refused, or which names may be meant instead."""

    refusal: str = ""
    offered: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundColumn:
    """The first column of a list that is searched: what it shows otherwise, and why it was found.

    It takes the place of that column, so that the numbers by which an address sorts stay.
    """

    name: str
    model_admin: generic.ModelAdmin

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def short_description(self) -> str:
        return str(label_for_field(self.name, self.model_admin.model, self.model_admin))

    @property
    def admin_order_field(self) -> Any:
        shown = getattr(self.model_admin, self.name, None)
        return getattr(shown, "admin_order_field", None) if shown else self.name

    def __call__(self, row: Any) -> SafeString:
        _, _, value = lookup_field(self.name, row, self.model_admin)
        return format_html("{}{}", value or EMPTY, found_by(row.found_by))


class SearchPages(generic.ModelAdmin):
    """Mixin: the list is searched by the paths of `search_fields` (`roster.dashboards.finding`)."""

    admin_site: RosterSite

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Rows that have each word of the term; all rows for a term without words."""
        if not search_term.strip("\0 "):
            return queryset, False
        finder = finder_of(request, self.admin_site, search_term)
        found = finder.found(self.model, self.get_search_fields(request))
        return queryset.filter(found.condition), False

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        if not request.GET.get(SEARCH_VAR, "").strip():
            return columns
        first, *others = columns
        return [FoundColumn(str(first), self), *others]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        first = next((one for one in list_display if isinstance(one, FoundColumn)), None)
        return [first] if first else super().get_list_display_links(request, list_display)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        listing = super().get_changelist_instance(request)
        if paths := self.get_search_fields(request):
            listing.search_help_text = searched_by(self.model, paths)
        return listing

    def explain_search(self, request: HttpRequest, rows: list[Any], text: str) -> SearchNote | None:
        """Tell each row of a page why it was found; what the page says besides, if anything."""
        if refused := refusal(text):
            return SearchNote(refusal=refused)
        finder = finder_of(request, self.admin_site, text)
        paths = tuple(self.get_search_fields(request))
        explain(rows, paths, finder)
        if not finder.words or finder.found(self.model, paths).keys != frozenset():
            return None
        offered = names_offered(self.model, paths, text, finder.may_view)
        return SearchNote(offered=tuple(offered)) if offered else None


def finder_of(request: HttpRequest, site: RosterSite, text: str) -> Finder:
    """The one finder of a request for a text, which asks nothing twice."""

    def may_view(model: type[models.Model]) -> bool:
        return bool(site.get_model_admin(model).has_view_permission(request))

    finders: dict[str, Finder] = request.__dict__.setdefault("finders", {})
    return finders.setdefault(text, Finder(text, may_view))


def explain(rows: Sequence[Any], paths: Iterable[str], finder: Finder) -> None:
    """Give each row, as `found_by`, the reasons for which it was found."""
    told = reasons_of(rows, paths, finder.words, finder.may_view)
    for row, reasons in zip(rows, told, strict=True):
        row.found_by = reasons


def found_by(reasons: Iterable[Reason]) -> SafeString:
    """The reasons in a line of their own, the words that were found marked; nothing without."""
    lines = format_html_join("; ", "{}: {}", ((reason.what, _marked(reason)) for reason in reasons))
    return format_html(' <span class="found-by">{}</span>', lines) if lines else lines


def _marked(reason: Reason) -> SafeString:
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", shown) if stretch.is_found else shown,)
            for stretch in reason.stretches
            for shown in [visible(stretch.text)]
        ),
    )


def searched_by(model: type[models.Model], paths: Iterable[str]) -> str:
    """What the search of a list looks at, in a sentence."""
    searched = Searched.by(paths)
    texts = [_column(model, column) for column in searched.own]
    if searched.beginning:
        texts.append(f"how the {searched.beginning} begins")
    if searched.number:
        texts.append(searched.number)
    if searched.exact:
        texts.append("the ref of the record")
    for relation, columns in searched.related.items():
        of = relation.rpartition("__")[2].replace("_", " ")
        texts += [f"{_column(target_of(model, relation), one)} of the {of}" for one in columns]
    texts = list(dict.fromkeys(texts))
    listed = " or ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))
    return f"Looks for all the words in {listed}."


def _column(model: type[models.Model], column: str) -> str:
    field = model._meta.get_field(column)
    if isinstance(field, SearchKeyField):
        return " and ".join("names" if one == "name" else one for one in field.sources)
    return str(getattr(field, "verbose_name", column)).lower()

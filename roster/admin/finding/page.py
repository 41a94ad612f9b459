"""Quick find: the rows of every model that have the words of one query, grouped by kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.admin.views.main import SEARCH_VAR
from django.db import models
from django.db.models.functions import Length
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from roster.admin.display import row_text, row_url
from roster.admin.searching import explain, finder_of, found_by
from roster.dashboards.finding import MOST_KEYS, Finder, Searched, refusal
from roster.dashboards.near_names import names_offered
from roster.models import Changeset, Official, ThreatSource
from roster.models.records import Referable

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

ROWS_A_KIND = 5


@dataclass(frozen=True)
class FoundRow:
    """A row by its text, with its page and a line that says why it was found."""

    text: str
    url: str
    why: SafeString


@dataclass(frozen=True)
class FoundKind:
    """The first rows found of one model; `all_url` is that of its list with the same query."""

    name: str
    count: str
    rows: tuple[FoundRow, ...]
    all_url: str


def find_page(request: HttpRequest, site: RosterSite) -> TemplateResponse:
    """What is found of each model that this user may view, in the order of the first page."""
    text = request.GET.get(SEARCH_VAR, "").replace("\0", "").strip()
    refused = refusal(text)
    context = {
        **site.each_context(request),
        "title": "Find",
        "refusal": refused,
        "kinds": [],
        "offered": [],
    }
    if text and not refused:
        finder = finder_of(request, site, text)
        context["kinds"] = list(_kinds(request, site, finder, text))
        if not context["kinds"]:
            context["offered"] = _offered(request, site, finder, text)
    # Of what is refused no more is given back than the box holds.
    context["query"] = "" if refused else text
    request.current_app = site.name
    return TemplateResponse(request, "roster/finding/page.html", context)


def _kinds(
    request: HttpRequest, site: RosterSite, finder: Finder, text: str
) -> Iterator[FoundKind]:
    for app in site.get_app_list(request):
        for entry in app["models"]:
            model = entry["model"]
            paths = tuple(site.get_model_admin(model).get_search_fields(request))
            if not finder.may_view(model) or not _is_called_something(paths):
                continue
            found = finder.found(model, paths).condition
            seen = site.get_model_admin(model).get_queryset(request).filter(found)
            keys = list(seen.order_by().values_list("pk", flat=True)[: MOST_KEYS + 1])
            if keys:
                rows = _first_rows(seen, are_many=len(keys) > MOST_KEYS)
                explain(rows, paths, finder)
                yield FoundKind(
                    name=str(entry["name"]),
                    count=f"More than {MOST_KEYS}" if keys[MOST_KEYS:] else str(len(keys)),
                    rows=tuple(
                        FoundRow(_text(row), row_url(row), found_by(row.found_by)) for row in rows
                    ),
                    all_url=f"{entry['admin_url']}?{urlencode({SEARCH_VAR: text})}",
                )


def _is_called_something(paths: tuple[str, ...]) -> bool:
    """Whether rows are found by more than a number, which people know them by."""
    searched = Searched.by(paths)
    return bool(searched.own or searched.related)


def _first_rows(rows: models.QuerySet[Any], *, are_many: bool) -> list[Any]:
    """The first of the rows; where they are not many, those of the shortest refs."""
    if not are_many and issubclass(rows.model, Referable):
        rows = rows.order_by(Length("ref"), "ref")
    return list(rows[:ROWS_A_KIND])


def _text(row: models.Model) -> str:
    return f"{row} {row.reason}" if isinstance(row, Changeset) else row_text(row)


def _offered(request: HttpRequest, site: RosterSite, finder: Finder, text: str) -> list[str]:
    """Names nearly like the text, of officials first."""
    return [
        name
        for model in (Official, ThreatSource)
        if finder.may_view(model)
        for name in names_offered(
            model, site.get_model_admin(model).get_search_fields(request), text, finder.may_view
        )
    ]

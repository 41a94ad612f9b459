"""The timeline of the whole roster: officials page by page, each a row of bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from roster.admin.display import Cell
from roster.admin.searching import finder_of
from roster.admin.timeline.addresses import Addresses, official_timeline_url
from roster.admin.timeline.drawing import Told, roster_svg
from roster.admin.timeline.official_page import models_seen
from roster.admin.timeline.paging import OfficialRow, page_of
from roster.admin.timeline.table import headings, table_rows
from roster.admin.timeline.windows import FROM, ZOOM, Asked, asked_of, scale_of, windows_of
from roster.dashboards.finding import refusal
from roster.dashboards.timeline import (
    EVIDENCE,
    Kind,
    RowAsked,
    Scale,
    Zoom,
    entries_of,
    roster_picture,
)
from roster.dashboards.timeline.rows import LEFT, WIDTH
from roster.dashboards.timeline.sentences import bar_in_words
from roster.models import Official, Protection, Threat

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

OFFICIALS_A_PAGE = 25
"""So many fit on one printed page and can be read there."""
SEARCH, ONLY = "q", "only"
CONCERNED = "concerned"
"""Only officials with a protection or a threat."""
_IN_ROWS = (Kind.PROTECTION, Kind.THREAT, Kind.ROLE)


@dataclass(frozen=True)
class ShownRow:
    """An official of the table, with the entries drawn; `more` counts those that are not."""

    official: Cell
    entries: list[SafeString]
    more: int


def roster_timeline_page(request: HttpRequest, site: RosterSite) -> TemplateResponse:
    """The officials and the window that the address asks for."""
    if not site.get_model_admin(Official).has_view_permission(request):
        raise PermissionDenied
    today = timezone.localdate()
    asked, refused = Asked(Zoom.YEAR, None), ""
    try:
        asked = asked_of(request.GET, default=Zoom.YEAR)
    except ValidationError as error:
        refused = error.messages[0]
    text = request.GET.get(SEARCH, "").replace("\0", "").strip()
    refused = refused or refusal(text) or ""
    only = request.GET.get(ONLY) == CONCERNED
    scale = scale_of(asked.zoom or Zoom.YEAR, asked.first, today, left=LEFT, width=WIDTH)
    kept = _kept(text, asked, is_narrowed=only)
    narrowing = {name: value for name, value in kept.items() if name in (SEARCH, ONLY)}
    seen = models_seen(request, site)
    officials = _officials(request, site, text, seen if only else frozenset())
    page = page_of(officials, request.GET, OFFICIALS_A_PAGE, kept)
    place = {name: request.GET[name] for name in ("after", "before") if name in request.GET}
    windows = windows_of(scale, asked, today, has_fitted=False, kept=narrowing | place)
    context = {
        **site.each_context(request),
        "title": "Timeline",
        "refusal": refused,
        "query": text,
        "is_narrowed": only,
        "kept": {name: value for name, value in kept.items() if name in (ZOOM, FROM)},
        "windows": windows,
        "page": page,
        "day": today,
        "headings": headings(tells_evidence=EVIDENCE.issubset(seen)),
        **_shown(page.rows, scale, today, seen, f"Timeline of officials, {windows.shown}"),
    }
    request.current_app = site.name
    return TemplateResponse(request, "roster/timeline/roster.html", context)


def _kept(text: str, asked: Asked, *, is_narrowed: bool) -> dict[str, str]:
    """What the links to other pages keep of an address."""
    kept = {ZOOM: asked.zoom.value} if asked.zoom else {}
    if asked.first:
        kept[FROM] = asked.first.isoformat()[:7]
    if text:
        kept[SEARCH] = text
    if is_narrowed:
        kept[ONLY] = CONCERNED
    return kept


def _officials(
    request: HttpRequest,
    site: RosterSite,
    text: str,
    concerned_by: Iterable[type[models.Model]],
) -> models.QuerySet[Official]:
    found: models.QuerySet[Official] = Official.objects.order_by()
    if text:
        paths = tuple(site.get_model_admin(Official).get_search_fields(request))
        found = found.filter(finder_of(request, site, text).found(Official, paths).condition)
    having = [
        Q(Exists(model._default_manager.filter(official=OuterRef("pk"))))
        for model in (Protection, Threat)
        if model in concerned_by
    ]
    return found.filter(reduce(or_, having)) if having else found


def _shown(
    rows: Iterable[OfficialRow],
    scale: Scale,
    today: date,
    seen: frozenset[type[models.Model]],
    name: str,
) -> dict[str, Any]:
    """The picture of the officials of one page, and the table of the same."""
    officials = list(rows)
    entries = entries_of([one.key for one in officials], seen)
    drawn = [
        RowAsked(
            one.key,
            one.name,
            tuple(entry for entry in entries.get(one.key, ()) if entry.kind in _IN_ROWS),
        )
        for one in officials
    ]
    picture, addresses = roster_picture(drawn, scale, today), Addresses()
    tells_evidence = EVIDENCE.issubset(seen)
    return {
        "svg": roster_svg(
            picture,
            name=name,
            row_url=official_timeline_url,
            told=Told(
                addresses.of_entry,
                partial(bar_in_words, today=today, tells_evidence=tells_evidence),
            ),
        ),
        "rows": [
            ShownRow(
                Cell(row.full_name, official_timeline_url(row.key)),
                table_rows(
                    (placed.bar.entry for placed in row.bars),
                    addresses,
                    today,
                    tells_evidence=tells_evidence,
                ),
                row.more,
            )
            for row in picture.rows
        ],
    }

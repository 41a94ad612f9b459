"""The timeline of one official: all of it on the official's page, zoomed on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from roster.admin.display import row_text
from roster.admin.timeline.shown import ALL, ShownTimeline, official_timeline
from roster.admin.timeline.windows import asked_of
from roster.dashboards.timeline import SHOWN
from roster.models import Official

if TYPE_CHECKING:
    from roster.admin.site import RosterSite


def models_seen(request: HttpRequest, site: RosterSite) -> frozenset[type[models.Model]]:
    """What a timeline may tell this user of."""
    return frozenset(
        model for model in SHOWN if site.get_model_admin(model).has_view_permission(request)
    )


def overview_of(official: Official, request: HttpRequest, site: RosterSite) -> ShownTimeline | None:
    """All that there is of an official, today; None where nothing may be shown."""
    return official_timeline(official, ALL, timezone.localdate(), models_seen(request, site))


def official_timeline_page(request: HttpRequest, site: RosterSite, key: int) -> TemplateResponse:
    """The window that the address asks for; a sentence and all of it where there is no such."""
    if not site.get_model_admin(Official).has_view_permission(request):
        raise PermissionDenied
    official = get_object_or_404(Official, pk=key)
    refusal, asked = "", ALL
    try:
        asked = asked_of(request.GET, default=None)
    except ValidationError as error:
        refusal = error.messages[0]
    seen = models_seen(request, site)
    context = {
        **site.each_context(request),
        "title": f"Timeline: {row_text(official)}",
        "opts": Official._meta,
        "original": official,
        "refusal": refusal,
        "timeline": official_timeline(official, asked, timezone.localdate(), seen),
    }
    request.current_app = site.name
    return TemplateResponse(request, "roster/timeline/official.html", context)

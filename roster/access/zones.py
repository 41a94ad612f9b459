"""The zone that times are shown in: the viewer's, as the browser tells it; stored is UTC."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

View = Callable[[HttpRequest], HttpResponseBase]

COOKIE = "roster_zone"
"""Holds the name of a zone, such as Europe/Zurich; the script `zone.js` sets it."""


def in_the_viewers_zone(get_response: View) -> View:
    """A page shows times, and begins its days, in the zone that its cookie names; else in UTC."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(_zone_named(request.COOKIES.get(COOKIE, ""))):
            return get_response(request)

    return respond


def _zone_named(name: str) -> ZoneInfo:
    """The zone of this name; UTC for anything that is none, a path to another file included."""
    return ZoneInfo(name if name in _names() else "UTC")


@cache
def _names() -> frozenset[str]:
    """Asked for once: it looks through all files of the zones."""
    return frozenset(available_timezones())

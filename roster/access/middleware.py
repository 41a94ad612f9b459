"""What holds for every page: no copy is kept, no device is used, an idle session ends.

The Content-Security-Policy stands in the settings: django-csp sends it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

View = Callable[[HttpRequest], HttpResponseBase]

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "bluetooth",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "publickey-credentials-get",
        "screen-wake-lock",
        "serial",
        "usb",
        "web-share",
        "xr-spatial-tracking",
    )
)
"""Features of a browser that no page of ours uses, nor anything that got into one."""

LAST_USED = "last_used"
"""Where a session says when it was last used, in seconds, a minute at most too early."""
MINUTE = 60


def kept_nowhere(get_response: View) -> View:
    """No browser and no proxy keeps a page, and none may use a device.

    Stands below the server of static files, whose answers may be kept.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return respond


def alive_while_used(get_response: View) -> View:
    """A session ends `SESSION_COOKIE_AGE` after it was saved: save one that is used.

    Once a minute at most, for a page that only reads would otherwise wait for whoever writes.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        session = request.session
        if SESSION_KEY in session:
            now = int(timezone.now().timestamp())
            if not 0 <= now - session.get(LAST_USED, 0) < MINUTE:
                session[LAST_USED] = now
        return get_response(request)

    return respond

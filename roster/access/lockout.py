"""Sign-in closed after failures: whom django-axes counts them for, and what it then says."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def client_address(request: HttpRequest) -> str | None:
    """The address that failures are counted for; None where the server names none.

    Behind `ROSTER_PROXIES` proxies it is the one that the outermost of them saw: each adds an
    entry at the end of X-Forwarded-For, and what stands before those is the client's to invent.
    Where they added too few, it is the nearest proxy's, so that failures count for all its
    clients together. Of an IPv6 address it is the network, all of which one client has.
    """
    nearest = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("x-forwarded-for", "").split(",")
    proxies: int = settings.ROSTER_PROXIES
    seen = forwarded[-proxies] if 0 < proxies <= len(forwarded) else nearest
    return _address(seen) or _address(nearest)


def locked_out(
    request: HttpRequest, response: TemplateResponse, _credentials: object
) -> HttpResponse:
    """The sign-in page that `response` is, saying why nobody is let in and when to come back."""
    minutes = settings.AXES_COOLOFF_TIME.total_seconds() / 60
    context = response.context_data or {}
    form = context["form"]
    form.errors.clear()
    form.add_error(
        None,
        f"Signing in failed {settings.AXES_FAILURE_LIMIT} times, so this account is locked here: "
        f"wait {minutes:.0f} minutes, then sign in again.",
    )
    return TemplateResponse(request, response.template_name, context, status=429).render()


def _address(text: str) -> str | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        network = ip_network((address, 64), strict=False).network_address
        return str(address.ipv4_mapped or network)
    return str(address)

"""Export of a bundle: the whole roster, or one official with all that hangs on it, as a zip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from roster.admin.display import page_url
from roster.exchange.belongings import rows_about
from roster.exchange.bundle_writing import bundle_pieces
from roster.models import DOMAIN, Official

if TYPE_CHECKING:
    from roster.admin.site import RosterSite


def may_export_bundles(request: HttpRequest) -> bool:
    """Whether this user may export rows of every kind, as even one official's bundle holds."""
    codenames = (get_permission_codename("export", model._meta) for model in DOMAIN)
    return all(request.user.has_perm(f"roster.{codename}") for codename in codenames)


def bundle_page(request: HttpRequest, site: RosterSite, key: int | None = None) -> HttpResponseBase:
    """The page that says what the bundle will hold; sent, the zip. A key is that of an official."""
    if not may_export_bundles(request):
        raise PermissionDenied
    official = None if key is None else get_object_or_404(Official, pk=key)
    if request.method == "POST":
        return _zip(official)
    return _page(request, site, official)


def _zip(official: Official | None) -> StreamingHttpResponse:
    about = official.ref.replace("/", "-") if official else "roster"
    name = f"{about}-{timezone.localdate().isoformat()}.zip"
    return StreamingHttpResponse(
        bundle_pieces(officials=[official.ref] if official else ()),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page(request: HttpRequest, site: RosterSite, official: Official | None) -> HttpResponse:
    chosen = rows_about([official.ref]) if official else {}
    counts = [
        (f"{model.file_stem}.csv", chosen.get(model.file_stem, model._default_manager).count())
        for model in DOMAIN
    ]
    shown: dict[str, Any] = {
        **site.each_context(request),
        "title": f"Export the bundle of {official}" if official else "Export the whole roster",
        "official": official,
        "official_url": page_url(Official, "change", official.pk) if official else "",
        "counts": counts,
    }
    request.current_app = site.name
    return TemplateResponse(request, "roster/exchange/bundle.html", shown)

"""Who sees an import run: its own user while allowed to import, and who may view all of them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.http import HttpRequest

from roster.models import DOMAIN, ImportRun


def may_view_all(request: HttpRequest) -> bool:
    codename = get_permission_codename("view", ImportRun._meta)
    return request.user.has_perm(f"{ImportRun._meta.app_label}.{codename}")


def stems_imported_by(request: HttpRequest) -> list[str]:
    """The file stems of the models into which this user may import."""
    return [
        model.file_stem
        for model in DOMAIN
        if request.user.has_perm(
            f"{model._meta.app_label}.{get_permission_codename('import', model._meta)}"
        )
    ]


def seen_by(runs: Any, request: HttpRequest) -> Any:
    """Those of the runs that this user may see."""
    if may_view_all(request):
        return runs
    return runs.filter(user=request.user.pk, stem__in=stems_imported_by(request))


def may_cancel(request: HttpRequest, run: ImportRun) -> bool:
    """Whether this user may stop it: their own, or anybody's who may import all that it may."""
    own = run.user_id == request.user.pk
    return own or (may_view_all(request) and run.stem in stems_imported_by(request))

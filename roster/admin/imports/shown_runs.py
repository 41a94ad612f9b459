"""What the page of an import run says beside its row: its pace, and where one may go from it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from roster.admin.display import page_url
from roster.admin.imports.steps import UPLOAD
from roster.admin.undo.page import KEEP_LATER
from roster.admin.undo.rights import may_undo
from roster.exchange.attempts import uploads
from roster.exchange.pace import Pace
from roster.exchange.progress import Progress, Stage
from roster.exchange.resources import RESOURCES
from roster.exchange.uploads import UploadRefused
from roster.models import Changeset, ImportRun
from roster.models.imports import RunState

if TYPE_CHECKING:
    from roster.admin.site import RosterSite


def paced(run: ImportRun) -> str:
    """How far it is and how quickly it goes, in words; empty while there is nothing to tell."""
    if run.state != RunState.RUNNING or not run.rows_done:
        return ""
    progress = Progress(cast("Stage", run.stage), run.rows_done, run.fraction)
    return Pace(progress, run.seconds_in_stage()).in_words()


def ways_on(request: HttpRequest, site: RosterSite, run: ImportRun) -> dict[str, Any]:
    """The addresses to which the page leads, each empty where this user may not go there."""
    return {
        "undo_url": _undo_url(request, site, run.changeset) if run.changeset else "",
        **(_about_the_model(request, site, run) if run.stem in RESOURCES else {}),
    }


def _undo_url(request: HttpRequest, site: RosterSite, written: Changeset) -> str:
    if not may_undo(request, site, written):
        return ""
    address = reverse("admin:roster_changeset_undo", args=(written.pk,))
    return f"{address}?{urlencode({KEEP_LATER: 1})}"


def _about_the_model(request: HttpRequest, site: RosterSite, run: ImportRun) -> dict[str, Any]:
    model = RESOURCES[run.stem].model()
    pages: Any = site.get_model_admin(model)
    may_import = pages.has_import_permission(request)
    waits = may_import and run.user_id == request.user.pk and _waits(run)
    import_url = page_url(model, "import")
    return {
        "plural": model._meta.verbose_name_plural,
        "row_count": model._default_manager.count() if run.state == RunState.DONE else None,
        "list_url": page_url(model, "changelist")
        if pages.has_view_or_change_permission(request)
        else "",
        "import_url": import_url if may_import else "",
        "again_url": f"{import_url}?{urlencode({UPLOAD: run.token})}" if waits else "",
    }


def _waits(run: ImportRun) -> bool:
    """Whether its file is there still, to be looked at and confirmed again."""
    if run.state in (RunState.REFUSED, RunState.LOST):
        with suppress(UploadRefused):
            uploads().find(run.token, owner=str(run.user_id), stem=run.stem, now=timezone.now())
            return not ImportRun.objects.standing().filter(token=run.token).exists()
    return False

"""What the first page shows before the lists: who is protected, what wants work, what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from roster.admin.evidence.queues import counted_states, may_see_queues
from roster.admin.exports.bundles import may_export_bundles
from roster.admin.review.states import reviews_of_interest
from roster.admin.trust.page import trust_of_interest
from roster.dashboards.queue import QUEUES
from roster.models import Changeset, Official, Protection
from roster.periods import Certainty

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

LATEST_CHANGESETS = 5


@dataclass(frozen=True)
class Counted:
    """How many officials are protected today this surely."""

    certainty: Certainty
    count: int


def what_is_new(request: HttpRequest, site: RosterSite) -> dict[str, Any]:
    """What the template of the index needs; only of what this user may view."""

    def may_view(*models: type[models.Model]) -> bool:
        return all(site.get_model_admin(model).has_view_permission(request) for model in models)

    shown = reviews_of_interest(request, site) | trust_of_interest(request, site)
    shown["exports_bundles"] = may_export_bundles(request)
    if may_view(Official, Protection):
        shown["protected_today"] = _protected_today()
    if may_see_queues(request, site):
        shown["queues"] = [one for one in counted_states() if one.state in QUEUES]
    if may_view(Changeset):
        latest = Changeset.objects.newest_first().select_related("user")
        shown |= {"latest_changesets": latest[:LATEST_CHANGESETS], "shows_changesets": True}
    return shown


def _protected_today() -> list[Counted]:
    officials = Official.objects.with_protected(timezone.localdate()).order_by()
    counts = dict(officials.values_list("protected").annotate(Count("pk")))
    return [Counted(certainty, counts.get(certainty.value, 0)) for certainty in Certainty]

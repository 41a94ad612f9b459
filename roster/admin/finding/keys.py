"""Keys: which of them do what on every page, and where `g` and a letter lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

from roster.admin.evidence.queues import TOLD_OF
from roster.admin.review.states import may_review
from roster.models import (
    Changeset,
    Official,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)

if TYPE_CHECKING:
    from roster.admin.site import RosterSite


@dataclass(frozen=True)
class Place:
    """A page that `g` and then `key` open."""

    key: str
    title: str
    url: str


# No letter that moves or decides on a page (a, e, j, k, q, s after no `g`) may be hit in its stead:
# the second key is taken here whatever it is.
LISTS: tuple[tuple[str, type[models.Model]], ...] = (
    ("o", Official),
    ("r", Role),
    ("w", ThreatSource),
    ("t", Threat),
    ("p", Protection),
    ("x", ProtectionExtension),
    ("s", Source),
    ("c", Changeset),
)
PAGES: tuple[tuple[str, str, str, tuple[type[models.Model], ...]], ...] = (
    ("d", "Protected on a day", "protected", (Official, Protection)),
    ("l", "Timeline", "timeline", (Official,)),
    ("i", "Evidence that wants work", "evidence", TOLD_OF),
    ("v", "Review", "review", (Changeset,)),
    ("f", "Feed", "feed", (Changeset,)),
)


def places(request: HttpRequest, site: RosterSite) -> list[Place]:
    """Where this user may go, the first page first."""

    def may_view(*models: type[models.Model]) -> bool:
        return all(site.get_model_admin(model).has_view_permission(request) for model in models)

    lists = (
        Place(
            key,
            str(model._meta.verbose_name_plural).capitalize(),
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"),
        )
        for key, model in LISTS
        if may_view(model)
    )
    pages = (
        Place(key, title, reverse(f"admin:{name}"))
        for key, title, name, about in PAGES
        if may_view(*about) and (name != "review" or may_review(request))
    )
    return [Place("h", "The desk", reverse("admin:index")), *lists, *pages]


def keys_page(request: HttpRequest, site: RosterSite) -> TemplateResponse:
    """The overview of all keys as a page; each place is a link without them."""
    context = {**site.each_context(request), "title": "Keyboard shortcuts", "is_keys_page": True}
    request.current_app = site.name
    return TemplateResponse(request, "roster/finding/keys.html", context)

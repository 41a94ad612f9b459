"""Where acts are offered: on the pages of protections and officials, and on their lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from roster.actions.act_plans import too_many
from roster.actions.chosen_protections import how_it_ended
from roster.admin.acts.protections import EndPage, ExtendPage, OpenPage
from roster.admin.acts.rights import END, EXTEND, OPEN, act_url, may_act
from roster.admin.display import Cell, in_words, row_url
from roster.dates import OPEN_END
from roster.models import Official, Protection

if TYPE_CHECKING:
    from roster.admin.base import RosterAdmin as _Page
    from roster.admin.site import RosterSite
else:
    _Page = object


@dataclass(frozen=True)
class OfferedActs:
    """A protection that has not ended, and what can be done with it."""

    protection: Cell
    end: str
    acts: tuple[Cell, ...]


class ProtectionActs(_Page):
    """Mixin of the pages of protections: extend and end, one or those that are ticked."""

    actions: tuple[str, ...] = ("export_selected", "extend_selected", "end_selected")

    def has_extend_permission(self, request: HttpRequest) -> bool:
        return may_act(request, self.admin_site, EXTEND)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return may_act(request, self.admin_site, END)

    @admin.action(permissions=["extend"], description="Extend selected %(verbose_name_plural)s…")
    def extend_selected(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        return _lead_to(EXTEND, request, queryset)

    @admin.action(permissions=["end"], description="End selected %(verbose_name_plural)s…")
    def end_selected(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        return _lead_to(END, request, queryset)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("extend/", view(self.extend_view), name="roster_protection_extend"),
            path("end/", view(self.end_view), name="roster_protection_end"),
            *super().get_urls(),
        ]

    def extend_view(self, request: HttpRequest) -> HttpResponse:
        return ExtendPage(request, self.admin_site).respond()

    def end_view(self, request: HttpRequest) -> HttpResponse:
        return EndPage(request, self.admin_site).respond()

    def below_the_fields(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        acts = _acts_on(row, request, self.admin_site)
        return super().below_the_fields(request, row) | {
            "tools": [(act.text, act.url) for act in acts]
        }


class OfficialActs(_Page):
    """Mixin of the pages of officials: open a protection; extend and end those that are there."""

    actions: tuple[str, ...] = ("export_selected", "open_for_selected")

    def has_open_permission(self, request: HttpRequest) -> bool:
        return may_act(request, self.admin_site, OPEN)

    @admin.action(
        permissions=["open"], description="Open a protection for selected %(verbose_name_plural)s…"
    )
    def open_for_selected(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        return _lead_to(OPEN, request, queryset)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.open_view)
        return [path("protect/", view, name="roster_official_protect"), *super().get_urls()]

    def open_view(self, request: HttpRequest) -> HttpResponse:
        return OpenPage(request, self.admin_site).respond()

    def below_the_fields(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        site = self.admin_site
        may_open = may_act(request, site, OPEN)
        return super().below_the_fields(request, row) | {
            "open_url": act_url(OPEN, [row.pk]) if may_open else "",
            "offered_acts": _offered(row, request, site),
        }


def _offered(official: Official, request: HttpRequest, site: RosterSite) -> list[OfferedActs]:
    """The protections of the official that this user can act on; one query."""
    if not any(may_act(request, site, verb) for verb in (EXTEND, END)):
        return []
    return [
        OfferedActs(Cell(protection.ref, row_url(protection)), in_words(protection.end), acts)
        for protection in Protection.objects.filter(official=official).order_by("ref")
        if (acts := tuple(_acts_on(protection, request, site)))
    ]


def _acts_on(protection: Protection, request: HttpRequest, site: RosterSite) -> list[Cell]:
    """What can be done with a protection, with the addresses; nothing with one that has ended."""
    if how_it_ended(protection):
        return []
    verbs = (END,) if protection.end == OPEN_END else (EXTEND, END)
    return [
        Cell(verb.capitalize(), act_url(verb, [protection.pk]))
        for verb in verbs
        if may_act(request, site, verb)
    ]


def _lead_to(
    verb: str, request: HttpRequest, queryset: models.QuerySet[Any]
) -> HttpResponse | None:
    """To the act's page with these records; back to the list where they are too many."""
    called = f"the {queryset.model._meta.verbose_name_plural}"
    if refusal := too_many(queryset.count(), called=called):
        messages.error(request, refusal)
        return None
    keys = queryset.order_by("pk").values_list("pk", flat=True)
    return redirect(act_url(verb, keys))

"""Pages of officials: the whole story of one person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString

from roster.admin.acts.offers import OfficialActs
from roster.admin.base import RecordAdmin
from roster.admin.covering import coverage_of
from roster.admin.desk.filters import GapFilter
from roster.admin.display import EMPTY, Related, page_url
from roster.admin.exports.bundles import bundle_page, may_export_bundles
from roster.admin.filters import EvidenceFilter, OfficialThreatSourceFilter, ProtectedFilter
from roster.admin.inlines import EditedInPlace, ProtectionsInPlace, RolesInPlace, ThreatsInPlace
from roster.admin.lists import certainty_mark, moment
from roster.admin.past.official import past_official_page
from roster.admin.past.times import past_url
from roster.admin.shown_changes import shown_changes
from roster.admin.timeline.official_page import official_timeline_page, overview_of
from roster.models import Official, Protection, Role
from roster.periods import Certainty

LATEST_CHANGES = 5
"""Changes that an official's page shows; History has them all."""


class OfficialAdmin(OfficialActs, EditedInPlace, RecordAdmin):
    list_display = (
        "name",
        "protected_today",
        "evidence",
        "honorific",
        "country",
        "current_roles",
        "changed",
        "ref",
    )
    columns_about = {
        **RecordAdmin.columns_about,
        "current_roles": Role,
        "protected_today": Protection,
    }
    list_filter = (ProtectedFilter, GapFilter, OfficialThreatSourceFilter, EvidenceFilter)
    search_fields = ("ref", "search_key")
    inlines = (RolesInPlace, ThreatsInPlace, ProtectionsInPlace)
    related = (
        Related("roles", ("ref", "title", "organization", "start", "end"), title="Roles"),
        Related(
            "threats",
            ("ref", "threat_source", "kind", "status", "start", "end"),
            title="Threats",
            fetched_with=("threat_source",),
        ),
        Related("protections", ("ref", "level", "provider", "start", "end"), title="Protections"),
    )

    def with_columns(self, rows: models.QuerySet[Any], day: date) -> models.QuerySet[Any]:
        held = Role.objects.with_in_force(day).exclude(in_force=Certainty.NO.value)
        officials: Any = rows
        return (  # type: ignore[no-any-return]  # a queryset of officials
            officials.with_protected(day)
            .with_latest_change()
            .prefetch_related(Prefetch("roles", held.order_by("ref"), to_attr="roles_held"))
        )

    @admin.display(description="Current roles")
    def current_roles(self, official: Any) -> str:
        return "; ".join(_held(role) for role in official.roles_held) or EMPTY

    @admin.display(description="Protected today")
    def protected_today(self, official: Any) -> SafeString:
        return certainty_mark(official.protected)

    @admin.display(description="Latest change")
    def changed(self, official: Any) -> str:
        return moment(official.latest_change) if official.latest_change else EMPTY

    def below_the_fields(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        latest = self.history_of(row, request)[:LATEST_CHANGES]
        shown = shown_changes(latest, linked=self.admin_site.tables_with_pages)
        timeline = page_url(Official, "timeline", row.pk)
        tools = [("Timeline", timeline), ("In the past", past_url(row.pk))]
        if may_export_bundles(request):
            tools.append(("Export bundle", page_url(Official, "bundle", row.pk)))
        return super().below_the_fields(request, row) | {
            "latest_changes": shown,
            "tools": tools,
            "timeline": overview_of(row, request, self.admin_site),
            "coverage": coverage_of(row, timezone.localdate(), request, self.admin_site),
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.past_view)
        past = path("<int:key>/past/", view, name="roster_official_past")
        exports = self.admin_site.admin_view(self.bundle_view)
        bundle = path("<int:key>/bundle/", exports, name="roster_official_bundle")
        over_time = self.admin_site.admin_view(self.timeline_view)
        timeline = path("<int:key>/timeline/", over_time, name="roster_official_timeline")
        return [past, bundle, timeline, *super().get_urls()]

    def past_view(self, request: HttpRequest, key: int) -> HttpResponse:
        return past_official_page(request, self.admin_site, key)

    def timeline_view(self, request: HttpRequest, key: int) -> HttpResponse:
        return official_timeline_page(request, self.admin_site, key)

    def bundle_view(self, request: HttpRequest, key: int) -> HttpResponseBase:
        return bundle_page(request, self.admin_site, key)


def _held(role: Any) -> str:
    unsure = " (possibly)" if role.in_force == Certainty.POSSIBLY else ""
    return (
        f"{role.title}, {role.organization}{unsure}" if role.organization else role.title + unsure
    )

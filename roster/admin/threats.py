"""Pages of threat sources and of threats."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.safestring import SafeString

from roster.admin.base import RecordAdmin
from roster.admin.desk.filters import LiveThreatFilter
from roster.admin.display import Related
from roster.admin.filters import EvidenceFilter, InForceFilter, ThreatSourceFilter
from roster.admin.lists import PeriodColumns, row_link
from roster.models import Threat, ThreatSource


class ThreatSourceAdmin(RecordAdmin):
    list_display = (
        "name",
        "kind",
        "evidence",
        "country",
        "parent_link",
        "threat_count",
        "ref",
    )
    list_select_related = ("parent",)
    columns_about = {**RecordAdmin.columns_about, "threat_count": Threat}
    list_filter = ("kind", EvidenceFilter)
    search_fields = ("ref", "search_key")
    autocomplete_fields = ("parent",)
    related = (
        Related(
            "threats",
            ("ref", "official", "kind", "status", "start", "end"),
            title="Threats",
            fetched_with=("official",),
        ),
        Related("parts", ("ref", "name", "kind", "country"), title="Parts"),
    )

    def with_columns(self, rows: Any, day: date) -> models.QuerySet[Any]:
        return rows.with_threat_count()  # type: ignore[no-any-return]  # of threat sources

    @admin.display(description="Part of", ordering="parent__ref")
    def parent_link(self, source: ThreatSource) -> str | SafeString | None:
        return row_link(source.parent)

    @admin.display(description="Threats")
    def threat_count(self, source: Any) -> int:
        return int(source.threat_count)


class ThreatAdmin(PeriodColumns, RecordAdmin):
    list_display = (
        "ref",
        "official_link",
        "in_force_today",
        "evidence",
        "threat_source_link",
        "kind",
        "status",
        "start_in_words",
        "end_in_words",
    )
    list_select_related = ("threat_source", "official")
    list_filter = (
        LiveThreatFilter,
        InForceFilter,
        ThreatSourceFilter,
        "kind",
        "status",
        EvidenceFilter,
    )
    search_fields = (
        "ref",
        "motive",
        "official__ref",
        "official__search_key",
        "threat_source__ref",
        "threat_source__search_key",
    )
    autocomplete_fields = ("threat_source", "official")

    def with_columns(self, rows: Any, day: date) -> models.QuerySet[Any]:
        return rows.with_in_force(day)  # type: ignore[no-any-return]  # of threats

    @admin.display(description="Official", ordering="official__ref")
    def official_link(self, threat: Threat) -> str | SafeString:
        return row_link(threat.official) or "Officials in general"

    @admin.display(description="Threat source", ordering="threat_source__ref")
    def threat_source_link(self, threat: Threat) -> str | SafeString | None:
        return row_link(threat.threat_source)

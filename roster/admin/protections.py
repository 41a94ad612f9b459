"""Pages of protections and of their extensions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.safestring import SafeString

from roster.admin.acts.offers import ProtectionActs
from roster.admin.base import RecordAdmin
from roster.admin.desk.filters import LapsedFilter, UnthreatenedFilter
from roster.admin.display import Related, in_words
from roster.admin.filters import (
    EndingFilter,
    EvidenceFilter,
    InForceFilter,
    ProtectionThreatSourceFilter,
    ProviderFilter,
)
from roster.admin.inlines import EditedInPlace, ExtensionsInPlace
from roster.admin.lists import PeriodColumns, row_link
from roster.models import Protection, ProtectionExtension


class ProtectionAdmin(ProtectionActs, PeriodColumns, EditedInPlace, RecordAdmin):
    list_display = (
        "ref",
        "official_link",
        "in_force_today",
        "evidence",
        "level",
        "provider",
        "start_in_words",
        "end_in_words",
        "end_reason",
    )
    list_select_related = ("official",)
    list_filter = (
        InForceFilter,
        "level",
        EndingFilter,
        LapsedFilter,
        UnthreatenedFilter,
        ProviderFilter,
        ProtectionThreatSourceFilter,
        "end_reason",
        EvidenceFilter,
    )
    search_fields = (
        "ref",
        "provider",
        "authority",
        "official__ref",
        "official__search_key",
    )
    autocomplete_fields = ("official",)
    inlines = (ExtensionsInPlace,)
    related = (
        Related(
            "extensions",
            ("ref", "number", "decided", "start", "end", "granted_by"),
            title="Extensions",
        ),
    )

    def with_columns(self, rows: Any, day: date) -> models.QuerySet[Any]:
        return rows.with_in_force(day)  # type: ignore[no-any-return]  # of protections

    @admin.display(description="Official", ordering="official__ref")
    def official_link(self, protection: Protection) -> str | SafeString | None:
        return row_link(protection.official)


class ExtensionAdmin(PeriodColumns, RecordAdmin):
    list_display = (
        "ref",
        "protection_link",
        "evidence",
        "number",
        "decided_in_words",
        "start_in_words",
        "end_in_words",
        "granted_by",
    )
    list_select_related = ("protection",)
    list_filter = (InForceFilter, EndingFilter, EvidenceFilter)
    search_fields = (
        "^ref",
        "=number",
        "protection__official__ref",
        "protection__official__search_key",
    )
    autocomplete_fields = ("protection",)

    @admin.display(description="Protection", ordering="protection__ref")
    def protection_link(self, extension: ProtectionExtension) -> str | SafeString | None:
        return row_link(extension.protection)

    @admin.display(description="Decided", ordering="decided_earliest")
    def decided_in_words(self, extension: ProtectionExtension) -> str:
        return in_words(extension.decided)

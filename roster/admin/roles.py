"""Pages of roles."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.safestring import SafeString

from roster.admin.base import RecordAdmin
from roster.admin.filters import EvidenceFilter, InForceFilter
from roster.admin.lists import PeriodColumns, row_link
from roster.models import Role


class RoleAdmin(PeriodColumns, RecordAdmin):
    list_display = (
        "title",
        "organization",
        "official_link",
        "in_force_today",
        "evidence",
        "start_in_words",
        "end_in_words",
        "ref",
    )
    list_select_related = ("official",)
    list_filter = (InForceFilter, EvidenceFilter)
    search_fields = ("ref", "title", "organization", "official__ref", "official__search_key")
    autocomplete_fields = ("official",)

    def with_columns(self, rows: Any, day: date) -> models.QuerySet[Any]:
        return rows.with_in_force(day)  # type: ignore[no-any-return]  # a queryset of roles

    @admin.display(description="Official", ordering="official__ref")
    def official_link(self, role: Role) -> str | SafeString | None:
        return row_link(role.official)

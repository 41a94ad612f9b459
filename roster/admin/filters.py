"""List filters with few fixed choices, so that no list scans a table to offer them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from roster.admin.shown_changes import recorded_tables


class TableFilter(admin.SimpleListFilter):
    title = "table"
    parameter_name = "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return recorded_tables()

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        return queryset.filter(table=self.value()) if self.value() else queryset


class OutsideFilter(admin.SimpleListFilter):
    title = "where it was written"
    parameter_name = "outside"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "In a changeset"), ("yes", "Outside any changeset")]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(changeset__isnull=self.value() == "yes")

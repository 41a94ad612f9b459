"""Pages of roles."""

from __future__ import annotations

from roster.admin.base import RecordAdmin


class RoleAdmin(RecordAdmin):
    list_display = ("ref", "official", "title", "organization", "start", "end")
    list_select_related = ("official",)
    search_fields = ("ref", "title", "organization", "official__search_key")
    autocomplete_fields = ("official",)

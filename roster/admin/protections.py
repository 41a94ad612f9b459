"""Pages of protections and of their extensions."""

from __future__ import annotations

from roster.admin.base import RecordAdmin
from roster.admin.display import Related


class ProtectionAdmin(RecordAdmin):
    list_display = ("ref", "official", "level", "provider", "start", "end", "end_reason")
    list_select_related = ("official",)
    list_filter = ("level", "end_reason")
    search_fields = ("ref", "provider", "authority", "official__search_key")
    autocomplete_fields = ("official",)
    related = (
        Related(
            "extensions",
            ("ref", "number", "decided", "start", "end", "granted_by"),
            title="Extensions",
        ),
    )


class ExtensionAdmin(RecordAdmin):
    list_display = ("ref", "protection", "number", "decided", "start", "end", "granted_by")
    list_select_related = ("protection",)
    search_fields = (
        "ref",
        "granted_by",
        "signed_by",
        "protection__official__search_key",
    )
    autocomplete_fields = ("protection",)

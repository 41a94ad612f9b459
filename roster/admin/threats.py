"""Pages of threat sources and of threats."""

from __future__ import annotations

from roster.admin.base import RecordAdmin
from roster.admin.display import Related


class ThreatSourceAdmin(RecordAdmin):
    list_display = ("ref", "name", "kind", "country", "parent")
    list_select_related = ("parent",)
    list_filter = ("kind",)
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


class ThreatAdmin(RecordAdmin):
    list_display = ("ref", "threat_source", "official", "kind", "status", "start", "end")
    list_select_related = ("threat_source", "official")
    list_filter = ("kind", "status")
    search_fields = ("ref", "motive", "official__search_key", "threat_source__search_key")
    autocomplete_fields = ("threat_source", "official")

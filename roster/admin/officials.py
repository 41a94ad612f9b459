"""Pages of officials."""

from __future__ import annotations

from roster.admin.base import RecordAdmin
from roster.admin.display import Related


class OfficialAdmin(RecordAdmin):
    list_display = ("ref", "name", "honorific", "country", "born", "died")
    search_fields = ("ref", "search_key")
    related = (
        Related("roles", ("ref", "title", "organization", "start", "end"), title="Roles"),
        Related("protections", ("ref", "level", "provider", "start", "end"), title="Protections"),
        Related(
            "threats",
            ("ref", "threat_source", "kind", "status", "start", "end"),
            title="Threats",
            fetched_with=("threat_source",),
        ),
    )

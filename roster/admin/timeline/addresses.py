"""Where bars and citations lead."""

from __future__ import annotations

from functools import cached_property

from django.db import models

from roster.admin.display import page_url, reader_url
from roster.dashboards.timeline import Cited, Entry, Kind
from roster.models import (
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Threat,
)

_MODELS: dict[Kind, type[models.Model]] = {
    Kind.PROTECTION: Protection,
    Kind.EXTENSION: ProtectionExtension,
    Kind.THREAT: Threat,
    Kind.ROLE: Role,
}
_ANY_KEY = 1234567890


class Addresses:
    """The addresses of one page's many links, each kind of which is looked up once."""

    def __init__(self) -> None:
        self._cited: dict[tuple[int, int], str] = {}

    def of_entry(self, entry: Entry) -> str:
        """The record's page; of a source, the reader at the first paragraph that is cited."""
        if entry.kind is Kind.EVIDENCE and entry.cited:
            return self.of_cited(entry.cited)
        before, after = self._around_keys[entry.kind]
        return f"{before}{entry.key}{after}"

    def of_cited(self, cited: Cited) -> str:
        """The paragraph, in the reader."""
        place = cited.source_key, cited.paragraph
        if place not in self._cited:
            paragraph = Paragraph(source_id=cited.source_key, number=cited.paragraph)
            self._cited[place] = reader_url(paragraph)
        return self._cited[place]

    @cached_property
    def _around_keys(self) -> dict[Kind, tuple[str, str]]:
        """What stands before and after the key in the addresses of records."""
        any_keys = {kind: page_url(model, "change", _ANY_KEY) for kind, model in _MODELS.items()}
        parts = {kind: url.partition(str(_ANY_KEY)) for kind, url in any_keys.items()}
        return {kind: (before, after) for kind, (before, _key, after) in parts.items()}


def official_timeline_url(key: int) -> str:
    return page_url(Official, "timeline", key)

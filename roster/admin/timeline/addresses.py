"""Where bars and citations lead."""

from __future__ import annotations

from django.db import models

from roster.admin.display import page_url, reader_url
from roster.dashboards.timeline import Cited, Entry, Kind
from roster.models import (
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
)

_MODELS: dict[Kind, type[models.Model]] = {
    Kind.PROTECTION: Protection,
    Kind.EXTENSION: ProtectionExtension,
    Kind.THREAT: Threat,
    Kind.ROLE: Role,
    Kind.EVIDENCE: Source,
}


def entry_url(entry: Entry) -> str:
    """The record's page; of a source, the reader at the first paragraph that is cited."""
    if entry.kind is Kind.EVIDENCE and entry.cited:
        return cited_url(entry.cited)
    return page_url(_MODELS[entry.kind], "change", entry.key)


def cited_url(cited: Cited) -> str:
    """The paragraph, in the reader."""
    return reader_url(Paragraph(source_id=cited.source_key, number=cited.paragraph))


def official_timeline_url(key: int) -> str:
    return page_url(Official, "timeline", key)

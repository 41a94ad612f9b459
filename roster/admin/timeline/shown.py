"""The timeline of one official as a page shows it: picture, sentence, table and windows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import models
from django.utils.safestring import SafeString

from roster.admin.timeline.addresses import Addresses
from roster.admin.timeline.drawing import Told, official_svg
from roster.admin.timeline.table import headings, table_rows
from roster.admin.timeline.windows import Asked, Windows, scale_of, windows_of
from roster.dashboards.timeline import EVIDENCE, SHOWN, Kind, Scale, picture_of, timeline_of
from roster.dashboards.timeline.entries import known_days
from roster.dashboards.timeline.picture import LEFT, WIDTH
from roster.dashboards.timeline.sentences import bar_in_words, coverage_ahead
from roster.models import Official

ALL = Asked(None, None)
"""Asks for all that there is of an official."""


@dataclass(frozen=True)
class ShownTimeline:
    """`covered` says how coverage goes on from `day`; nothing where there is no protection."""

    day: date
    covered: str
    svg: SafeString
    headings: tuple[str, ...]
    rows: list[SafeString]
    windows: Windows


def official_timeline(
    official: Official,
    asked: Asked,
    today: date,
    seen: Collection[type[models.Model]] = SHOWN,
) -> ShownTimeline | None:
    """None for an official of whom there is nothing that may be shown."""
    entries = timeline_of(official, seen)
    if not entries:
        return None
    if asked.zoom is None:
        scale = Scale.fitted(known_days(entries, today), left=LEFT, width=WIDTH)
    else:
        scale = scale_of(asked.zoom, asked.first, today, left=LEFT, width=WIDTH)
    windows = windows_of(scale, asked, today, has_fitted=True, kept={})
    protections = [entry.period for entry in entries if entry.kind is Kind.PROTECTION]
    tells_evidence = EVIDENCE.issubset(seen)
    addresses = Addresses()
    told = (one for one in entries if one.lies_in(scale.window) or not one.is_drawn)
    return ShownTimeline(
        today,
        coverage_ahead(protections, today) if protections else "",
        official_svg(
            picture_of(entries, scale, today),
            name=f"Timeline of {official.name}, {windows.shown}",
            told=Told(
                addresses.of_entry,
                partial(bar_in_words, today=today, tells_evidence=tells_evidence),
            ),
        ),
        headings(tells_evidence=tells_evidence),
        table_rows(told, addresses, today, tells_evidence=tells_evidence),
        windows,
    )

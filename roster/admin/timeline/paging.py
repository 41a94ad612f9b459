"""Officials page by page in the order of their refs, found by where a page begins or ends.

Nothing is counted and nothing skipped over, so the last page costs what the first one does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils.http import urlencode

from roster.models import Official

AFTER, BEFORE = "after", "before"
THE_END = "~"
"""Sorts after every ref: what comes before it is the last page."""


@dataclass(frozen=True)
class OfficialRow:
    key: int
    ref: str
    name: str


@dataclass(frozen=True)
class PageLink:
    text: str
    url: str


@dataclass(frozen=True)
class OfficialsPage:
    rows: tuple[OfficialRow, ...]
    links: tuple[PageLink, ...]


def page_of(
    officials: models.QuerySet[Official], address: QueryDict, size: int, kept: dict[str, str]
) -> OfficialsPage:
    """The page that the address asks for, with links to others that keep what is in `kept`."""
    after, before = (address.get(name, "").replace("\0", "") for name in (AFTER, BEFORE))
    if before:
        found = _rows(officials.filter(ref__lt=before).order_by("-ref"), size)
        if len(found) > size or before == THE_END:
            rows, has_before = found[:size][::-1], len(found) > size
            return _page(rows, has_before=has_before, has_after=before != THE_END, kept=kept)
        after = ""  # so near to the first that it is the first
    found = _rows(officials.filter(ref__gt=after).order_by("ref"), size)
    return _page(found[:size], has_before=bool(after), has_after=len(found) > size, kept=kept)


def _rows(officials: models.QuerySet[Official], size: int) -> list[OfficialRow]:
    columns: Iterable[Any] = officials.values_list("pk", "ref", "name")[: size + 1]
    return [OfficialRow(*row) for row in columns]


def _page(
    rows: list[OfficialRow], *, has_before: bool, has_after: bool, kept: dict[str, str]
) -> OfficialsPage:
    def link(text: str, place: dict[str, str]) -> PageLink:
        return PageLink(text, f"?{urlencode(kept | place)}")

    links: list[PageLink] = []
    if has_before:
        links.append(link("First", {}))
        if rows:
            links.append(link("Before", {BEFORE: rows[0].ref}))
    if has_after and rows:
        links += [link("After", {AFTER: rows[-1].ref}), link("Last", {BEFORE: THE_END})]
    return OfficialsPage(tuple(rows), tuple(links))

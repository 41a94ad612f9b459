"""What timelines show, fetched: the same few queries for one official and for a page of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import lru_cache

from django.db import models
from django.db.models import CharField, F, Value

from roster.dashboards.timeline.entries import Entry, Kind
from roster.dashboards.timeline.evidence import CitedRow, Evidence
from roster.dates import PartialDate
from roster.models import (
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from roster.models.protections import ProtectionLevel
from roster.models.threats import ThreatKind, ThreatStatus
from roster.periods import Period

Models = Collection[type[models.Model]]
Found = Iterator[tuple[int, Entry]]
"""Entries, each with the key of the official."""

SHOWN: tuple[type[models.Model], ...] = (
    *(Protection, ProtectionExtension, Threat, Role),
    *(ThreatSource, Citation, Paragraph, Source),
)
"""What a timeline can tell of."""
EVIDENCE = frozenset[type[models.Model]]((Citation, Paragraph, Source))
"""What one must be allowed to view to be told of evidence."""

_CITED: tuple[tuple[Kind, type[models.Model], str], ...] = (
    (Kind.PROTECTION, Protection, "protection__official"),
    (Kind.EXTENSION, ProtectionExtension, "extension__protection__official"),
    (Kind.THREAT, Threat, "threat__official"),
    (Kind.ROLE, Role, "role__official"),
)
"""How a citation leads to the official of the record that it is about."""


def timeline_of(official: Official, seen: Models = SHOWN) -> tuple[Entry, ...]:
    """The entries of one official, as far as their models are among those `seen`."""
    return entries_of([official.pk], seen).get(official.pk, ())


def entries_of(officials: Collection[int], seen: Models = SHOWN) -> dict[int, tuple[Entry, ...]]:
    """The entries of officials by their keys, kind by kind and by start; five queries at most.

    A protection is followed by its extensions. Only of models among those `seen`: an extension is
    not told of without its protection, nor a citation without its source.
    """
    entries = defaultdict[int, list[Entry]](list)
    evidence = Evidence(_citations(officials, seen))
    found: list[Found] = []
    if Protection in seen:
        extensions = _extensions(officials, evidence) if _are_extensions_seen(seen) else {}
        found.append(_protections(officials, evidence, extensions))
    if Threat in seen:
        found.append(_threats(officials, evidence, are_sources_seen=ThreatSource in seen))
    if Role in seen:
        found.append(_roles(officials, evidence))
    found.append(iter(evidence.dates()))
    for of_kind in found:
        for official, entry in of_kind:
            entries[official].append(entry)
    return {official: tuple(of_official) for official, of_official in entries.items()}


def _are_extensions_seen(seen: Models) -> bool:
    return Protection in seen and ProtectionExtension in seen


def _citations(officials: Collection[int], seen: Models) -> Iterator[CitedRow]:
    """What supports the records that are shown; one query, each part of it by an index."""
    if not EVIDENCE.issubset(seen):
        return
    supporting = Citation.objects.supporting().order_by()
    parts = [
        supporting.filter(**{f"{path}__in": officials}).values_list(
            path,
            Value(kind.value, output_field=CharField()),
            f"{kind}_id",
            "field",
            "paragraph__source_id",
            "paragraph__source__ref",
            "paragraph__source__title",
            "paragraph__source__published",
            "paragraph__number",
        )
        for kind, model, path in _CITED
        if model in seen and (kind is not Kind.EXTENSION or _are_extensions_seen(seen))
    ]
    if parts:
        yield from map(CitedRow._make, parts[0].union(*parts[1:], all=True))


def _protections(
    officials: Collection[int], evidence: Evidence, extensions: dict[int, list[Entry]]
) -> Found:
    levels = dict(ProtectionLevel.choices)
    for official, key, ref, level, provider, start, end in (
        Protection.objects.filter(official__in=officials)
        .order_by("start_earliest", "ref")
        .values_list("official_id", "pk", "ref", "level", "provider", "start", "end")
    ):
        said = str(levels.get(level, level))
        name = f"{said}, {provider}" if provider else said
        theirs, cited = extensions.get(key, []), evidence.of(Kind.PROTECTION, key)
        count = max(len(theirs), *(one.number or 0 for one in theirs), 0)
        period = _period(start, end)
        yield official, Entry(Kind.PROTECTION, key, ref, name, period, cited, extensions=count)
        yield from ((official, extension) for extension in theirs)


def _extensions(officials: Collection[int], evidence: Evidence) -> dict[int, list[Entry]]:
    """By the keys of the protections, in the order of their numbers, those without one last."""
    found = defaultdict[int, list[Entry]](list)
    for key, ref, number, protection, start, end in (
        ProtectionExtension.objects.filter(protection__official__in=officials)
        .order_by(F("number").asc(nulls_last=True), "start_earliest", "ref")
        .values_list("pk", "ref", "number", "protection_id", "start", "end")
    ):
        extension = Entry(
            Kind.EXTENSION,
            key,
            ref,
            "Extension" if number is None else f"Extension {number}",
            _period(start, end),
            evidence.of(Kind.EXTENSION, key),
            protection=protection,
            number=number,
        )
        found[protection].append(extension)
    return found


def _threats(officials: Collection[int], evidence: Evidence, *, are_sources_seen: bool) -> Found:
    kinds, statuses = dict(ThreatKind.choices), dict(ThreatStatus.choices)
    for official, key, ref, kind, status, source, start, end in (
        Threat.objects.filter(official__in=officials)
        .order_by("start_earliest", "ref")
        .values_list(
            "official_id", "pk", "ref", "kind", "status", "threat_source__name", "start", "end"
        )
    ):
        said = f"{kinds.get(kind, kind)}, {str(statuses.get(status, status)).lower()}"
        name = f"{said}: {source}" if are_sources_seen else said
        cited = evidence.of(Kind.THREAT, key)
        yield official, Entry(Kind.THREAT, key, ref, name, _period(start, end), cited)


def _roles(officials: Collection[int], evidence: Evidence) -> Found:
    for official, key, ref, title, organization, start, end in (
        Role.objects.filter(official__in=officials)
        .order_by("start_earliest", "ref")
        .values_list("official_id", "pk", "ref", "title", "organization", "start", "end")
    ):
        name = f"{title}, {organization}" if organization else title
        cited = evidence.of(Kind.ROLE, key)
        yield official, Entry(Kind.ROLE, key, ref, name, _period(start, end), cited)


@lru_cache(maxsize=4096)
def _period(start: str, end: str) -> Period:
    return Period(PartialDate(start), PartialDate(end))

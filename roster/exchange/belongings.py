"""What hangs on an official: the rows of every table without which its story is not whole."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Q

from roster.exchange.datapackage import BundleError
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
from roster.models.records import Nested, Record
from roster.text.characters import quoted

Rows = models.QuerySet[Any]


def rows_about(officials: Collection[str]) -> dict[str, Rows]:
    """By file stem, the rows that hang on the officials with these refs, and those they rest on.

    Closed under foreign keys. Of a threat to officials in general nothing is taken, and of a
    source only the paragraphs that are cited. Raises BundleError for a ref that nobody has.
    """
    persons = _officials(officials)
    protections = Protection.objects.filter(official__in=persons)
    threats = Threat.objects.filter(official__in=persons)
    threat_sources = ThreatSource.objects.filter(pk__in=threats.values("threat_source"))
    records: dict[type[Record], Rows] = {
        Official: persons,
        Role: Role.objects.filter(official__in=persons),
        ThreatSource: _with_those_above(threat_sources),
        Threat: threats,
        Protection: protections,
        ProtectionExtension: ProtectionExtension.objects.filter(protection__in=protections),
    }
    of_a_record = Q()
    for model, rows in records.items():
        of_a_record |= Q(**{f"{model.record_kind}__in": rows})
    citations = Citation.objects.filter(of_a_record)
    paragraphs = Paragraph.objects.filter(pk__in=citations.values("paragraph"))
    sources = Source.objects.filter(pk__in=paragraphs.values("source"))
    chosen = records | {
        Source: _with_those_above(sources),
        Paragraph: paragraphs,
        Citation: citations,
    }
    return {model.file_stem: rows for model, rows in chosen.items()}


def _officials(refs: Collection[str]) -> Rows:
    found = Official.objects.filter(ref__in=refs)
    if missing := set(refs) - set(found.values_list("ref", flat=True)):
        raise BundleError(
            f"There is no official {quoted(min(missing))}: give the ref of one that is here."
        )
    return found


def _with_those_above(rows: Rows) -> Rows:
    """The rows and all those that they are below of; a query a level, of which there are few."""
    model: type[Nested] = rows.model
    upper = f"{model.upper_column}_id"
    above: set[int] = set()
    level = _uppers(rows, upper)
    while level := level - above:
        above |= level
        level = _uppers(model._default_manager.filter(pk__in=level), upper)
    return model._default_manager.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=above))


def _uppers(rows: Rows, upper: str) -> set[int]:
    return set(rows.filter(**{f"{upper}__isnull": False}).values_list(upper, flat=True))

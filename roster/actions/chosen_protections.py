"""The protections that an act is asked for, with all that its plan looks at, in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from roster.actions.act_plans import PlannedRecord
from roster.actions.recite import Passage
from roster.dates import PartialDate
from roster.history.past.versions import UNRECORDED, versions_of
from roster.history.values import chunks
from roster.models import Citation, Protection, ProtectionExtension
from roster.models.protections import EndReason


@dataclass(frozen=True)
class ChosenProtection:
    """A protection, its version, its extensions by ref, and the citations of its own fields."""

    protection: Protection
    version: int
    extensions: tuple[ProtectionExtension, ...]
    citations: tuple[Citation, ...]

    @property
    def seen(self) -> tuple[tuple[int, int], ...]:
        """What a plan rests on, besides the values that it shows."""
        return ((self.protection.pk, self.version),)


def chosen_protections(keys: Collection[int], *, lock: bool) -> list[ChosenProtection]:
    """Those of the protections that are there, by ref.

    With `lock`, inside a transaction, no one else changes them until it ends.
    """
    rows: Any = Protection.objects.select_related("official").order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = {row.pk: row for some in chunks(sorted(keys)) for row in rows.filter(pk__in=some)}
    versions = versions_of(Protection, found)
    extensions: dict[int, list[ProtectionExtension]] = defaultdict(list)
    citations: dict[int, list[Citation]] = defaultdict(list)
    for some in chunks(sorted(found)):
        for extension in ProtectionExtension.objects.filter(protection__in=some).order_by("ref"):
            extension.protection = found[extension.protection_id]
            extensions[extension.protection_id].append(extension)
        for citation in Citation.objects.filter(protection__in=some).order_by("pk"):
            citations[citation.protection_id or 0].append(citation)
    return [
        ChosenProtection(
            row,
            versions.get(row.pk, UNRECORDED),
            tuple(extensions[row.pk]),
            tuple(citations[row.pk]),
        )
        for row in sorted(found.values(), key=lambda row: row.ref)
    ]


def how_it_ended(protection: Protection) -> str | None:
    """`revoked by the agency`, where it is recorded as ended; else None."""
    if not protection.end_reason and not protection.ended_by:
        return None
    reason = EndReason(protection.end_reason).label.lower() if protection.end_reason else "ended"
    return f"{reason} by {protection.ended_by}" if protection.ended_by else reason


def reaching_beyond(chosen: ChosenProtection, end: PartialDate) -> Iterator[str]:
    """What is to be said of each extension that ends later than `end` in every reading."""
    for extension in chosen.extensions:
        period = extension.period
        if period.earliest_end > end.latest:
            named = f"extension {extension.number}, " if extension.number else "extension "
            yield (
                f"{named}{extension.ref}, reaches beyond that day ({period.end.describe()}) and "
                "stays as it is."
            )


def remarks_on_citations(
    chosen: ChosenProtection, planned: PlannedRecord, passage: Passage | None
) -> tuple[list[str], list[str]]:
    """What becomes of the citations of the fields that change: warnings, and refusals."""
    warnings, refusals = [], []
    for change in planned.changes:
        of_field = [one for one in chosen.citations if one.field == change.column]
        same = [one for one in of_field if passage and _has_the_words(one, passage)]
        if any(one.disputes for one in same):
            refusals.append(
                f"{planned.label}: these words dispute its {change.column} already, and cannot "
                "support the new value: give other words."
            )
        stale = sum(one.value == change.old and one not in same for one in of_field)
        if stale:
            column = change.column.replace("_", " ")
            warnings.append(
                f"{planned.label}: 1 citation of its {column} so far becomes stale."
                if stale == 1
                else f"{planned.label}: {stale} citations of its {column} so far become stale."
            )
    return warnings, refusals


def _has_the_words(citation: Citation, passage: Passage) -> bool:
    return (citation.paragraph_id, citation.quote) == (passage.paragraph.pk, passage.quote)

"""Expiring: the protections whose last day can lie in the days ahead, the nearest first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from roster.models import Protection
from roster.periods import Certainty


@dataclass(frozen=True)
class ExpiringProtection:
    """One protection and its end: in notation, and the first and the last day that it may be."""

    ref: str
    official: str
    """The ref of the official."""
    end: str
    earliest: str
    latest: str
    name: str
    """The name of the official."""
    ends: Certainty
    """How sure it is that it ends in those days: definitely or possibly."""

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        del told["name"], told["ends"]
        return told


def expiring(within: int, on: date) -> list[ExpiringProtection]:
    """Protections whose last day lies from `on` to `within` days later in some reading.

    By the latest day that the end may be, then by the earliest, then by ref: an end that is known
    comes before one that may lie as near and need not, and one that is unknown comes last. Two
    queries whatever their number. Raises OverflowError where the days go beyond the calendar.
    """
    columns = ("ref", "official__ref", "end", "end_earliest", "end_latest", "official__name")
    found = [
        ExpiringProtection(ref, official, end, earliest, latest, name, certainty)
        for certainty in (Certainty.DEFINITELY, Certainty.POSSIBLY)
        for ref, official, end, earliest, latest, name in Protection.objects.ending_within(
            within, on, certainty
        )
        .order_by()
        .values_list(*columns)
    ]
    return sorted(found, key=attrgetter("latest", "earliest", "ref"))

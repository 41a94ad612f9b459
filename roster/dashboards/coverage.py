"""Coverage: who is under protection on a day, how surely, and by which protections."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import Any

from roster.models import Official, Protection
from roster.periods import Certainty


@dataclass(frozen=True)
class ProtectionCoverage:
    """One protection on the day; start and end in the notation of partial dates."""

    ref: str
    level: str
    start: str
    end: str
    in_force: Certainty


@dataclass(frozen=True)
class OfficialCoverage:
    """One official on the day, as sure as the surest of the protections."""

    ref: str
    name: str
    in_force: Certainty
    protections: tuple[ProtectionCoverage, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


_SUREST_FIRST = (Certainty.DEFINITELY, Certainty.POSSIBLY, Certainty.NO)


def coverage_on(day: date) -> list[OfficialCoverage]:
    """Every official by ref, with all protections; two queries whatever their number."""
    rows = (
        Protection.objects.with_in_force(day)
        .order_by("official_id", "ref")
        .values_list("official_id", "ref", "level", "start", "end", "in_force")
    )
    protections = {
        official: tuple(
            ProtectionCoverage(ref, level, start, end, Certainty(in_force))
            for _official, ref, level, start, end, in_force in group
        )
        for official, group in groupby(rows.iterator(), key=lambda row: row[0])
    }
    return [
        OfficialCoverage(ref, name, surest(protections.get(key, ())), protections.get(key, ()))
        for key, ref, name in Official.objects.order_by("ref").values_list("pk", "ref", "name")
    ]


def surest(protections: tuple[ProtectionCoverage, ...]) -> Certainty:
    """The surest answer of several protections; no when there are none."""
    found = {protection.in_force for protection in protections}
    return next((certainty for certainty in _SUREST_FIRST if certainty in found), Certainty.NO)

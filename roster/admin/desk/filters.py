"""List filters that the desk counts by; each stands in its list for itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest

from roster.admin.filters import CertaintyFilter, ChoiceFilter, DayFilter
from roster.models import Protection, ProtectionExtension, Threat
from roster.periods import Certainty


class GapFilter(CertaintyFilter):
    """Officials by how surely their protections leave a day uncovered, from today on."""

    title = "gap in protection ahead"
    about = Protection
    parameter_name = "gap"

    @classmethod
    def on_day(cls, rows: Any, value: str, day: date) -> Any:
        return rows.with_gap_from(day, Certainty(value))


class LapsedFilter(DayFilter):
    """Protections without a last day whose extensions are all over."""

    title = "extensions"
    about = ProtectionExtension
    parameter_name = "extensions"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("over", "All over, and no last day")]

    @classmethod
    def on_day(cls, rows: Any, value: str, day: date) -> Any:
        return rows.lapsed_on(day)


class UnthreatenedFilter(DayFilter):
    """Protections in force whose official no live threat names."""

    title = "live threat"
    about = Threat
    parameter_name = "live_threat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("none", "None, while in force")]

    @classmethod
    def on_day(cls, rows: Any, value: str, day: date) -> Any:
        return rows.unthreatened_on(day)


class LiveThreatFilter(DayFilter):
    """Threats by whether they live, and whether the official is then protected."""

    title = "live today"
    about = Protection
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("yes", "Live"),
            ("unprotected", "Live, official not protected"),
            ("unsure", "Live, official possibly protected"),
            ("no", "Foiled, withdrawn or over"),
        ]

    @classmethod
    def on_day(cls, rows: Any, value: str, day: date) -> Any:
        match value:
            case "yes":
                return rows.live_on(day)
            case "unprotected":
                return rows.unprotected_on(day)
            case "unsure":
                return rows.unprotected_on(day, Certainty.POSSIBLY)
        return rows.over_on(day)


class UnderWayFilter(ChoiceFilter):
    """Import runs that have not ended."""

    title = "progress"
    parameter_name = "under_way"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Under way"), ("no", "Ended")]

    def narrowed(self, rows: Any, value: str) -> Any:
        return rows.under_way() if value == "yes" else rows.ended()

"""List filters with few fixed choices, so that no list scans a table to offer them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from roster.admin.shown_changes import recorded_tables
from roster.models import Citation, Protection, Threat, ThreatSource
from roster.models.changes import Act
from roster.models.citations import CITABLE
from roster.periods import Certainty
from roster.provenance.states import FLAGS, EvidenceState, citations_in, records_in

LATEST_PROTECTIONS = 1_000
"""How many protections, the newest, are looked through for providers to offer."""
DAYS_AHEAD = (7, 30, 90)
"""Within how many days a protection is asked to end."""
MOST_CHOICES = 30
"""Choices that a filter offers of those that depend on the data."""


class ChoiceFilter(admin.SimpleListFilter):
    """A filter that narrows a list to one choice; an address with any other value is refused."""

    fixed = True
    """Whether no value but the choices offered can be meant."""

    about: type[models.Model] | None = None
    """The model of whose rows the choices tell, where it is not that of the list."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if value is None:
            return queryset
        if self.fixed and value not in {str(choice) for choice, _ in self.lookup_choices}:
            raise IncorrectLookupParameters(f"{value} is no choice of this filter.")
        return self.narrowed(queryset, value)

    def narrowed(self, rows: Any, value: str) -> Any:
        """The rows that are meant by the choice `value`."""
        raise NotImplementedError


class DayFilter(ChoiceFilter):
    """A filter whose choices depend on the day: the list's is today."""

    def narrowed(self, rows: Any, value: str) -> Any:
        return self.on_day(rows, value, timezone.localdate())

    @classmethod
    def on_day(cls, rows: Any, value: str, day: date) -> Any:
        """The rows that are meant by the choice `value` on a day."""
        raise NotImplementedError


class CertaintyFilter(DayFilter):
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(certainty.value, certainty.capitalize()) for certainty in Certainty]


class InForceFilter(CertaintyFilter):
    title = "in force today"
    parameter_name = "in_force"

    @classmethod
    def on_day(cls, rows: Any, value: str, day: date) -> Any:
        return rows.in_force_on(day, Certainty(value))


class ProtectedFilter(CertaintyFilter):
    title = "protected today"
    about = Protection
    parameter_name = "protected"

    @classmethod
    def on_day(cls, rows: Any, value: str, day: date) -> Any:
        return rows.protected_on(day, Certainty(value))


class EndingFilter(DayFilter):
    """Last days ahead, today included; an unknown last day is a possible one."""

    title = "end"
    parameter_name = "ending"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (f"{certainty}-{days}", f"{certainty.capitalize()} within {days} days")
            for certainty in (Certainty.DEFINITELY, Certainty.POSSIBLY)
            for days in DAYS_AHEAD
        ]

    @classmethod
    def on_day(cls, rows: Any, value: str, day: date) -> Any:
        certainty, days = value.split("-")
        return rows.ending_within(int(days), day, Certainty(certainty))


class EvidenceFilter(ChoiceFilter):
    """Records with a field in a state of evidence."""

    title = "evidence"
    about: type[models.Model] | None = Citation
    parameter_name = "evidence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, state.capitalize()) for state in EvidenceState]

    def narrowed(self, rows: Any, value: str) -> Any:
        return records_in(rows, EvidenceState(value))


class CitationStateFilter(EvidenceFilter):
    """Citations in a state of evidence."""

    title = "state"
    about = None
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, state.capitalize()) for state in (*FLAGS, EvidenceState.CURRENT)]

    def narrowed(self, rows: Any, value: str) -> Any:
        return citations_in(rows, EvidenceState(value))


class RestingFilter(ChoiceFilter):
    title = "what rests on it"
    about = Citation
    parameter_name = "cited"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Some citation"), ("no", "Nothing")]

    def narrowed(self, rows: Any, value: str) -> Any:
        return rows.cited() if value == "yes" else rows.not_cited()


class ProviderFilter(ChoiceFilter):
    """Offers the providers of the newest protections: the database has no list of them."""

    title = "provider"
    parameter_name = "provider"
    fixed = False

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        newest = Protection.objects.order_by("-id").values_list("provider", flat=True)
        providers = sorted(set(newest[:LATEST_PROTECTIONS]) - {""})[:MOST_CHOICES]
        return [(provider, provider) for provider in providers]

    def narrowed(self, rows: Any, value: str) -> Any:
        return rows.filter(provider=value)


class ThreatSourceFilter(ChoiceFilter):
    """Offers the first threat sources by name; `official` is how the list's rows know theirs."""

    title = "threat source"
    about: type[models.Model] | None = ThreatSource
    parameter_name = "threat_source"
    fixed = False
    official = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        by_name = ThreatSource.objects.order_by("name", "ref").values_list("ref", "name")
        return list(by_name[:MOST_CHOICES])

    def narrowed(self, rows: Any, value: str) -> Any:
        if not self.official:
            return rows.filter(threat_source__ref=value)
        threats = Threat.objects.filter(threat_source__ref=value, official__isnull=False)
        officials = threats.order_by().values("official_id")
        return rows.filter(**{f"{self.official}__in": officials})


class OfficialThreatSourceFilter(ThreatSourceFilter):
    """Officials whom a threat source threatens."""

    about = Threat
    official = "pk"


class ProtectionThreatSourceFilter(ThreatSourceFilter):
    """Protections of officials whom a threat source threatens."""

    about = Threat
    official = "official"


class RecordKindFilter(ChoiceFilter):
    """Citations by the kind of record that they are of."""

    title = "kind of record"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind.replace("_", " ").capitalize()) for kind in CITABLE]

    def narrowed(self, rows: Any, value: str) -> Any:
        return rows.filter(**{f"{value}__isnull": False})


class ActFilter(ChoiceFilter):
    title = "act"
    parameter_name = "act__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(act.value, str(act.label)) for act in Act]

    def narrowed(self, rows: Any, value: str) -> Any:
        return rows.of_act(Act(value))


class TableFilter(ChoiceFilter):
    title = "table"
    parameter_name = "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return recorded_tables()

    def narrowed(self, rows: Any, value: str) -> Any:
        return rows.filter(table=value)


class OutsideFilter(ChoiceFilter):
    title = "where it was written"
    parameter_name = "outside"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "In a changeset"), ("yes", "Outside any changeset")]

    def narrowed(self, rows: Any, value: str) -> Any:
        return rows.filter(changeset__isnull=value == "yes")

"""Threat sources and the threats that are claimed of them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from roster.fields import (
    CodeField,
    CountryField,
    LineField,
    PartialDateField,
    PeriodRule,
    ProseField,
    Rule,
    SearchKeyField,
)
from roster.models.officials import Official
from roster.models.records import (
    NAME_LENGTH,
    SUMMARY_LENGTH,
    NamedQuerySet,
    Nested,
    PeriodQuerySet,
    Record,
    over_or_ahead,
)
from roster.periods import Certainty
from roster.text.refs import slug


class ThreatSourceKind(models.TextChoices):
    STATE = "state", "State"
    ORGANIZATION = "organization", "Organization"
    GROUP = "group", "Group"
    INDIVIDUAL = "individual", "Individual"


class ThreatKind(models.TextChoices):
    INTENT = "intent", "Intent"
    PLOT = "plot", "Plot"
    ATTACK = "attack", "Attack"
    OTHER = "other", "Other"


class ThreatStatus(models.TextChoices):
    REPORTED = "reported", "Reported"
    CREDIBLE = "credible", "Credible"
    FOILED = "foiled", "Foiled"
    CARRIED_OUT = "carried_out", "Carried out"
    WITHDRAWN = "withdrawn", "Withdrawn"


OVER = (ThreatStatus.FOILED, ThreatStatus.WITHDRAWN)
"""What no longer threatens, whatever its dates say."""


class ThreatSourceQuerySet(NamedQuerySet):
    def with_threat_count(self) -> Self:
        """Each threat source with `threat_count`, the number of threats claimed of it."""
        theirs = Threat.objects.filter(threat_source=OuterRef("pk")).order_by()
        counted = theirs.values("threat_source").annotate(n=Count("pk")).values("n")
        return self.annotate(threat_count=Coalesce(Subquery(counted), 0))


class ThreatSource(Nested, Record):
    """A state, organization, group or person that threatens; may be part of another."""

    record_kind = "threat_source"
    file_stem = "threat_sources"
    columns: ClassVar = ("ref", "name", "kind", "country", "parent", "summary")
    upper_column = "parent"

    name = LineField(max_length=NAME_LENGTH)
    kind = CodeField(choices=ThreatSourceKind)
    country = CountryField(blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="parts",
        null=True,
        blank=True,
        help_text="The threat source that this one is part of.",
    )
    summary = ProseField(max_length=SUMMARY_LENGTH, blank=True)
    search_key = SearchKeyField(sources=("name",))

    objects = ThreatSourceQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ("ref",)
        constraints = (
            Rule(
                name="threat_source_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                sentence="A threat source cannot be part of itself: choose another parent.",
                field="parent",
                holds=lambda source: source.pk is None or source.parent_id != source.pk,
            ),
        )

    def __str__(self) -> str:
        return str(self.name)

    def ref_base(self) -> str:
        return slug(self.name)


class ThreatQuerySet(PeriodQuerySet):
    def live_on(self, day: date) -> Self:
        """Neither foiled nor withdrawn, and in force on `day` in some reading."""
        return self.maybe_in_force_on(day).exclude(status__in=OVER)

    def over_on(self, day: date) -> Self:
        """Foiled, withdrawn, or not in force on `day` in any reading."""
        return self.filter(Q(status__in=OVER) | over_or_ahead(day.isoformat()))

    def unprotected_on(self, day: date, certainty: Certainty = Certainty.NO) -> Self:
        """Live on `day`, against an official who is then protected exactly this surely.

        Threats against officials in general are against nobody who could be protected.
        """
        live = self.live_on(day).filter(official__isnull=False)
        return live.filter(Official.objects.is_protected(day, certainty, OuterRef("official")))


class Threat(Record):
    """A claim that a threat source threatens an official, or officials in general."""

    record_kind = "threat"
    file_stem = "threats"
    columns: ClassVar = (
        "ref",
        "threat_source",
        "official",
        "kind",
        "status",
        "motive",
        "start",
        "end",
        "summary",
    )

    threat_source = models.ForeignKey(
        ThreatSource, on_delete=models.PROTECT, related_name="threats"
    )
    official = models.ForeignKey(
        Official,
        on_delete=models.PROTECT,
        related_name="threats",
        null=True,
        blank=True,
        help_text="Empty: officials in general.",
    )
    kind = CodeField(choices=ThreatKind)
    status = CodeField(choices=ThreatStatus)
    motive = ProseField(max_length=SUMMARY_LENGTH, blank=True)
    start = PartialDateField()
    end = PartialDateField(open_end=True)
    summary = ProseField(max_length=SUMMARY_LENGTH, blank=True)

    objects = ThreatQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ("ref",)
        constraints = (PeriodRule(name="threat_period_is_possible"),)

    def ref_base(self) -> str:
        base = f"{self.threat_source.ref}/{self.kind}".replace("_", "-")
        return f"{base}/{self.official.ref}" if self.official else base

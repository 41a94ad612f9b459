"""Officials: persons who hold or held public office, protected, threatened or named."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Value, When

from roster.fields import (
    CountryField,
    LineField,
    ListField,
    PartialDateField,
    PeriodRule,
    ProseField,
    SearchKeyField,
)
from roster.models.records import NAME_LENGTH, SUMMARY_LENGTH, NamedQuerySet, Record
from roster.periods import Certainty
from roster.text.refs import slug


class OfficialQuerySet(NamedQuerySet):
    def with_protected(self, day: date) -> Self:
        """Each official with `protected`, the surest `Certainty` of any protection on `day`."""
        protections = self.model.protections.rel.related_model.objects.filter(
            official=OuterRef("pk")
        )
        return self.annotate(
            protected=Case(
                *(
                    When(
                        Exists(protections.in_force_on(day, certainty)),
                        then=Value(certainty.value),
                    )
                    for certainty in (Certainty.DEFINITELY, Certainty.POSSIBLY)
                ),
                default=Value(Certainty.NO.value),
                output_field=models.CharField(),
            )
        )

    def protected_on(self, day: date, certainty: Certainty = Certainty.DEFINITELY) -> Self:
        """Whose being under protection on `day` is exactly of this certainty."""
        return self.with_protected(day).filter(protected=certainty.value)

    def with_latest_change(self) -> Self:
        """Each official with `latest_change`, the time of the last change that concerns it."""
        changes = self.model.changes.rel.related_model.objects.filter(official=OuterRef("pk"))
        return self.annotate(latest_change=changes.order_by("-id").values("clock")[:1])


class Official(Record):
    """A person who holds or held public office."""

    record_kind = "official"
    file_stem = "officials"
    columns: ClassVar = (
        "ref",
        "name",
        "honorific",
        "aliases",
        "country",
        "born",
        "died",
        "summary",
    )

    name = LineField(max_length=NAME_LENGTH, help_text="As the sources give it.")
    honorific = LineField(max_length=200, blank=True, help_text="Rank or form of address.")
    aliases = ListField(
        max_length=2_000, blank=True, help_text="Other names, separated by | (write \\| for a |)."
    )
    country = CountryField(blank=True, help_text="The country whose office it is or was.")
    born = PartialDateField()
    died = PartialDateField(help_text="Empty while unknown; a living person has none.")
    summary = ProseField(max_length=SUMMARY_LENGTH, blank=True)
    search_key = SearchKeyField(sources=("name", "aliases"))

    objects = OfficialQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ("ref",)
        constraints = (
            PeriodRule(
                start="born",
                end="died",
                name="official_dies_after_birth",
                sentence="The death lies before the birth: correct one of the two dates.",
            ),
        )

    def __str__(self) -> str:
        return str(self.name)

    def ref_base(self) -> str:
        return slug(self.name)

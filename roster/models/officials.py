"""Officials: persons who hold or held public office, protected, threatened or named."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from roster.fields import (
    CountryField,
    LineField,
    ListField,
    PartialDateField,
    PeriodRule,
    ProseField,
    SearchKeyField,
)
from roster.models.asking import Asked
from roster.models.records import NAME_LENGTH, SUMMARY_LENGTH, NamedQuerySet, Record
from roster.periods import Certainty
from roster.text.refs import slug

_OF_THE_QUERY = OuterRef("pk")


class OfficialQuerySet(NamedQuerySet):
    def with_protected(self, day: date) -> Self:
        """Each official with `protected`, the surest `Certainty` of any protection on `day`."""
        protections = self._protections()
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
        return self.filter(self.is_protected(day, certainty, asking=Asked))

    def is_protected(
        self,
        day: date,
        certainty: Certainty,
        key: Any = _OF_THE_QUERY,
        *,
        asking: type[Asked | Exists] = Exists,
    ) -> Q:
        """That an official, by default that of the query, is protected exactly this surely.

        `asking` says how: `Exists` where all rows are counted, `Asked` where a page is filled.
        """
        protections = self._protections(key)
        maybe = Q(asking(protections.maybe_in_force_on(day)))
        definitely = Q(asking(protections.in_force_on(day)))
        match certainty:
            case Certainty.DEFINITELY:
                return definitely
            case Certainty.POSSIBLY:
                return maybe & ~definitely
            case Certainty.NO:
                return ~maybe

    def with_gap_from(self, day: date, certainty: Certainty = Certainty.DEFINITELY) -> Self:
        """Whose protections leave a gap on `day` or later: a day after one and before another.

        Definitely: no protection can cover it, in any reading. Possibly: in some reading none
        does, and there is no gap that is definite. The rule is that of `roster.periods.breaks`.
        """
        protections = self._protections()
        some, sure = protections.after_possible_gap(day), protections.after_gap(day)
        match certainty:
            case Certainty.DEFINITELY:
                return self.filter(Exists(sure))
            case Certainty.POSSIBLY:
                return self.filter(Exists(some), ~Exists(sure))
            case Certainty.NO:
                return self.filter(~Exists(some))

    def _protections(self, key: Any = _OF_THE_QUERY) -> Any:
        """Those of one official, by default of that at which the outer query is."""
        return self.model.protections.rel.related_model.objects.filter(official=key)

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

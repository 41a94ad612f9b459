"""Officials: persons who hold or held public office, protected, threatened or named."""

from __future__ import annotations

from typing import ClassVar

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
from roster.text.refs import slug


class OfficialQuerySet(NamedQuerySet):
    pass


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

"""Models for tests of the fields: in a registry of their own, so that no migration sees them."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import connection, models, transaction

from roster.fields import (
    CodeField,
    CountryField,
    FingerprintField,
    LanguageField,
    LineField,
    ListField,
    OrdinalField,
    PartialDateField,
    PeriodRule,
    ProseField,
    RefField,
    Rule,
    SearchKeyField,
    WebAddressField,
)

registry = Apps()


class Level(models.TextChoices):
    LOW = "low", "Low"
    HIGH = "high", "High"


class Sample(models.Model):
    """One column of each kind; only ref, name, level and place have to be given."""

    ref = RefField(blank=True)
    name = LineField(max_length=20)
    aliases = ListField(max_length=30, blank=True)
    level = CodeField(choices=Level)
    mood = CodeField(choices=Level, blank=True)
    country = CountryField(blank=True)
    language = LanguageField(blank=True)
    url = WebAddressField(blank=True)
    fingerprint = FingerprintField(blank=True)
    number = OrdinalField(null=True, blank=True)
    place = OrdinalField()
    summary = ProseField(max_length=40, blank=True)
    start = PartialDateField()
    end = PartialDateField(open_end=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    search_key = SearchKeyField(sources=("name", "aliases"))

    class Meta:
        app_label = "samples"
        apps = registry
        constraints = (
            PeriodRule(name="sample_period_is_possible"),
            Rule(
                name="sample_high_has_summary",
                condition=~models.Q(level="high") | ~models.Q(summary=""),
                sentence="A high level is 100 % of nothing without a summary: give one.",
                field="summary",
                holds=lambda sample: sample.level != "high" or sample.summary != "",
            ),
            Rule(
                name="sample_place_follows_number",
                condition=models.Q(number__isnull=True) | models.Q(place__gte=models.F("number")),
                sentence="The place lies before the number: give a later place.",
                field="standing",
                holds=lambda sample: sample.number is None or sample.place >= sample.number,
            ),
            Rule(
                name="sample_is_not_its_own_parent",
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                sentence="A sample cannot be its own parent: choose another.",
                field="parent",
                holds=lambda sample: sample.parent_id is None or sample.parent_id != sample.pk,
            ),
        )

    def __str__(self) -> str:
        return self.ref


def a_sample(**values: object) -> Sample:
    """A sample that every rule accepts, not saved, with `values` in place of its own."""
    return Sample(**{"ref": "one", "name": "One", "level": "low", "place": 1, **values})


RAW = {
    "ref": "raw",
    "name": "Raw",
    "aliases": "",
    "level": "low",
    "mood": "",
    "country": "",
    "language": "",
    "url": "",
    "fingerprint": "",
    "number": None,
    "place": 1,
    "summary": "",
    "start": "",
    "end": "",
    "search_key": "raw",
}
"""A row that every rule accepts, as a foreign client may insert it."""


def insert_raw(**values: object) -> None:
    """Insert the raw row with `values` in place of its own, past Django's fields."""
    row = {**RAW, **values}
    columns = ", ".join(f'"{column}"' for column in row)
    marks = ", ".join(["%s"] * len(row))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO samples_sample ({columns}) VALUES ({marks})", [*row.values()])

"""Sources, the documents that facts are taken from, and their numbered paragraphs."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from roster.fields import (
    CodeField,
    FingerprintField,
    LanguageField,
    LineField,
    OrdinalField,
    PartialDateField,
    ProseField,
    Rule,
    WebAddressField,
)
from roster.models.records import NAME_LENGTH, SUMMARY_LENGTH, Nested, Referable, Row
from roster.text.refs import slug

PARAGRAPH_LENGTH = 100_000
"""Characters that one paragraph's text may have."""


class Reliability(models.TextChoices):
    """How far a source can be relied on: the letters of the Admiralty scale."""

    A = "A", "A: completely reliable"
    B = "B", "B: usually reliable"
    C = "C", "C: fairly reliable"
    D = "D", "D: not usually reliable"
    E = "E", "E: unreliable"
    F = "F", "F: cannot be judged"


class SourceQuerySet(models.QuerySet["Source"]):
    def with_counts(self) -> Self:
        """Each source with `paragraph_count` and `citation_count`."""
        paragraphs = Paragraph.objects.filter(source=OuterRef("pk")).order_by().values("source")
        return self.annotate(
            paragraph_count=Coalesce(Subquery(paragraphs.annotate(n=Count("pk")).values("n")), 0),
            citation_count=Coalesce(
                Subquery(paragraphs.annotate(n=Count("citations")).values("n")), 0
            ),
        )


class Source(Nested, Referable):
    """A document: article, notice, statute."""

    record_kind = "source"
    file_stem = "sources"
    columns: ClassVar = (
        "ref",
        "title",
        "publisher",
        "published",
        "url",
        "language",
        "retrieved",
        "reliability",
        "supersedes",
        "summary",
    )
    upper_column = "supersedes"

    title = LineField(max_length=NAME_LENGTH)
    publisher = LineField(max_length=NAME_LENGTH, blank=True)
    published = PartialDateField()
    url = WebAddressField("URL", blank=True)
    language = LanguageField(blank=True, help_text="A language tag such as en or fa.")
    retrieved = PartialDateField()
    reliability = CodeField(choices=Reliability, blank=True)
    supersedes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="superseded_by",
        null=True,
        blank=True,
        help_text="The earlier version of the same document.",
    )
    summary = ProseField(max_length=SUMMARY_LENGTH, blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta(Referable.Meta):
        ordering = ("ref",)
        constraints = (
            Rule(
                name="source_does_not_supersede_itself",
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                sentence="A source cannot supersede itself: choose its earlier version.",
                field="supersedes",
                holds=lambda source: source.pk is None or source.supersedes_id != source.pk,
            ),
        )

    def __str__(self) -> str:
        return str(self.title)

    def ref_base(self) -> str:
        return slug(f"{self.published} {self.title}")


class ParagraphQuerySet(models.QuerySet["Paragraph"]):
    def with_citation_count(self) -> Self:
        """Each paragraph with `citation_count`, the number of citations of it."""
        same = Paragraph.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        return self.annotate(
            citation_count=Coalesce(Subquery(same.annotate(n=Count("citations")).values("n")), 0)
        )

    def cited(self) -> Self:
        """That some citation is of."""
        return self.filter(Exists(self._citations()))

    def not_cited(self) -> Self:
        """That no citation is of: nothing rests on them."""
        return self.filter(~Exists(self._citations()))

    @staticmethod
    def _citations() -> models.QuerySet[models.Model]:
        citations = Paragraph._meta.get_field("citations").related_model
        return citations._default_manager.filter(paragraph=OuterRef("pk"))


class Paragraph(Row):
    """One numbered paragraph of a source; its text need not be here."""

    record_kind = "paragraph"
    file_stem = "paragraphs"
    columns: ClassVar = ("source", "number", "summary", "fingerprint", "text")
    key_columns = ("source", "number")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="paragraphs")
    number = OrdinalField()
    summary = ProseField(max_length=SUMMARY_LENGTH, blank=True, help_text="In our own words.")
    fingerprint = FingerprintField(
        blank=True, help_text="SHA-256 of the normalised text, in hexadecimal digits."
    )
    text = ProseField(
        max_length=PARAGRAPH_LENGTH,
        blank=True,
        help_text="Kept in this database only; often under copyright.",
    )

    objects = ParagraphQuerySet.as_manager()

    class Meta(Row.Meta):
        ordering = ("source", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("source", "number"),
                name="paragraph_number_is_unique_in_its_source",
                violation_error_message="The source has a paragraph of this number already.",
            ),
        )

    def __str__(self) -> str:
        return f"¶{self.number}"

    @property
    def label(self) -> str:
        return f"{self.record_kind}:{self.source.ref}#{self.number}"

"""Citations: one field of one record, one paragraph, the words relied on.

The record is reached through one real foreign key per kind, of which exactly one is set; see
docs/decisions/0003-real-foreign-keys-on-citations.md.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from roster.fields import CodeField, LineField, ProseField, Rule
from roster.models.officials import Official
from roster.models.protections import Protection, ProtectionExtension
from roster.models.records import SUMMARY_LENGTH, Record, Row
from roster.models.roles import Role
from roster.models.sources import Paragraph
from roster.models.threats import Threat, ThreatSource

QUOTE_LENGTH = 500
"""Characters that a quote may have."""
ANCHOR_LENGTH = 2 * QUOTE_LENGTH
"""Characters of the passage on which a quote may be placed."""

CITABLE: dict[str, type[Record]] = {
    model.record_kind: model
    for model in (Official, Role, ThreatSource, Threat, Protection, ProtectionExtension)
}
"""The model of each kind of record; the kind is also the name of the citation's foreign key."""


class Stance(models.TextChoices):
    SUPPORTS = "supports", "Supports"
    DISPUTES = "disputes", "Disputes"


class Credibility(models.TextChoices):
    """How credible the content is: the figures of the Admiralty scale."""

    CONFIRMED = "1", "1: confirmed"
    PROBABLY_TRUE = "2", "2: probably true"
    POSSIBLY_TRUE = "3", "3: possibly true"
    DOUBTFUL = "4", "4: doubtful"
    IMPROBABLE = "5", "5: improbable"
    CANNOT_BE_JUDGED = "6", "6: cannot be judged"


def citable_columns(model: type[Record]) -> tuple[str, ...]:
    """Columns of `model` that a citation can speak of: all but the ref."""
    return tuple(column for column in model.columns if column != "ref")


def _only(kind: str) -> Q:
    return Q(**{f"{other}__isnull": other != kind for other in CITABLE})


def _rests_on_one_record() -> Q:
    one_of = Q()
    for kind in CITABLE:
        one_of |= _only(kind)
    return one_of


def _field_belongs_to_record() -> Q:
    one_of = Q()
    for kind, model in CITABLE.items():
        one_of |= Q(**{f"{kind}__isnull": False}, field__in=citable_columns(model))
    return one_of


class CitationQuerySet(models.QuerySet["Citation"]):
    def of(self, record: Record) -> CitationQuerySet:
        """The citations of one record."""
        return self.filter(**{record.record_kind: record})

    def supporting(self) -> CitationQuerySet:
        """Those that support the value cited."""
        return self.filter(stance=Stance.SUPPORTS)

    def with_places(self) -> CitationQuerySet:
        """Each citation with its paragraph and source, for display without a query a row."""
        return self.select_related("paragraph__source")

    def with_records(self) -> CitationQuerySet:
        """Each citation with the record that it is about."""
        return self.select_related(*CITABLE)


class Citation(Row):
    """One field of one record, one paragraph, the words relied on: supports or disputes."""

    record_kind = "citation"
    file_stem = "citations"
    columns: ClassVar = (
        "record",
        "field",
        "source",
        "paragraph",
        "quote",
        "stance",
        "credibility",
        "value",
        "note",
    )
    key_columns = ("record", "field", "source", "paragraph", "quote")

    official = models.ForeignKey(
        Official, on_delete=models.PROTECT, related_name="citations", null=True, blank=True
    )
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, related_name="citations", null=True, blank=True
    )
    threat_source = models.ForeignKey(
        ThreatSource, on_delete=models.PROTECT, related_name="citations", null=True, blank=True
    )
    threat = models.ForeignKey(
        Threat, on_delete=models.PROTECT, related_name="citations", null=True, blank=True
    )
    protection = models.ForeignKey(
        Protection, on_delete=models.PROTECT, related_name="citations", null=True, blank=True
    )
    extension = models.ForeignKey(
        ProtectionExtension,
        on_delete=models.PROTECT,
        related_name="citations",
        null=True,
        blank=True,
    )
    field = LineField(max_length=40, help_text="The field of the record, by its CSV column.")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="citations")
    quote = ProseField(
        max_length=QUOTE_LENGTH, blank=True, help_text="The words relied on, as they stand there."
    )
    stance = CodeField(choices=Stance, default=Stance.SUPPORTS)
    credibility = CodeField(choices=Credibility, blank=True)
    value = ProseField(
        max_length=SUMMARY_LENGTH,
        blank=True,
        help_text="What the field said when it was cited, as in CSV.",
    )
    note = ProseField(max_length=SUMMARY_LENGTH, blank=True)
    anchor_quote = ProseField(
        max_length=QUOTE_LENGTH,
        blank=True,
        editable=False,
        help_text="The quote that was placed though it does not stand there letter by letter.",
    )
    anchor_words = ProseField(
        max_length=ANCHOR_LENGTH,
        blank=True,
        editable=False,
        help_text="The words of the paragraph on which that quote was placed.",
    )

    objects = CitationQuerySet.as_manager()

    class Meta(Row.Meta):
        ordering = ("paragraph", "field", "id")
        constraints = (
            Rule(
                name="citation_is_of_one_record",
                condition=_rests_on_one_record(),
                sentence="A citation is of exactly one record: choose one.",
                field="record",
                holds=lambda citation: (
                    sum(getattr(citation, f"{kind}_id") is not None for kind in CITABLE) == 1
                ),
            ),
            Rule(
                name="citation_field_is_of_its_record",
                condition=_field_belongs_to_record(),
                sentence="The record has no such field: name one of its CSV columns, but not ref.",
                field="field",
                holds=lambda citation: (
                    citation.kind is not None
                    and citation.field in citable_columns(CITABLE[citation.kind])
                ),
            ),
            Rule(
                name="citation_anchor_is_whole",
                condition=Q(anchor_quote="", anchor_words="")
                | (~Q(anchor_quote="") & ~Q(anchor_words="")),
                sentence="A quote is placed on words of its paragraph: give both, or neither.",
                field="anchor_words",
                holds=lambda citation: bool(citation.anchor_quote) == bool(citation.anchor_words),
            ),
            *(
                models.UniqueConstraint(
                    fields=(kind, "field", "paragraph", "quote"),
                    condition=Q(**{f"{kind}__isnull": False}),
                    name=f"citation_is_unique_for_its_{kind}",
                    violation_error_message=(
                        "The same words of this paragraph are cited for this field already."
                    ),
                )
                for kind in CITABLE
            ),
        )

    def __str__(self) -> str:
        return f"{self.field}: {self.quote or 'no quote'}"

    @property
    def kind(self) -> str | None:
        """The kind of record that this citation is about; None while it is being made."""
        return next((kind for kind in CITABLE if getattr(self, f"{kind}_id") is not None), None)

    @property
    def record(self) -> Record | None:
        """The one record that this citation is about; None while it is being made."""
        return getattr(self, self.kind) if self.kind else None

    @property
    def disputes(self) -> bool:
        return bool(self.stance == Stance.DISPUTES)

    @property
    def label(self) -> str:
        record = self.record
        about = record.label if record else "?"
        return f"{self.record_kind}:{about}/{self.field}@{self.paragraph.label}"

    def cell(self, column: str) -> str:
        match column:
            case "record":
                return self.record.label if self.record else ""
            case "source":
                return str(self.paragraph.source.ref)
            case "paragraph":
                return str(self.paragraph.number)
            case _:
                return super().cell(column)

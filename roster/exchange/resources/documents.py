"""The resources of sources, their paragraphs, and the citations that rest on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Collate

from roster.exchange.columns import (
    CHUNK,
    Column,
    Lookups,
    ParagraphNumberColumn,
    RecordColumn,
    SourceOfParagraphColumn,
)
from roster.exchange.resources.base import Key, RowResource
from roster.models import Citation, Paragraph, Row, Source
from roster.models.citations import CITABLE
from roster.provenance.fingerprints import fingerprint_refusal
from roster.provenance.placing import place_all, place_quotes


class FingerprintedColumn(Column):
    """A paragraph's text or its fingerprint: given both, in the file or here, they agree."""

    def assign(self, instance: Row, cells: Mapping[str, str], lookups: Lookups) -> None:
        super().assign(instance, cells, lookups)
        text, fingerprint = (
            str(cells.get(name, instance.cell(name))) for name in ("text", "fingerprint")
        )
        is_asked_once = self.name == "text" or "text" not in cells
        if is_asked_once and (refusal := fingerprint_refusal(text, fingerprint)):
            raise ValidationError(refusal)


class SourceResource(RowResource):
    class Meta:
        model = Source
        fields = Source.columns
        import_id_fields = Source.key_columns


class ParagraphResource(RowResource):
    fingerprint = FingerprintedColumn(Paragraph._meta.get_field("fingerprint"))
    text = FingerprintedColumn(Paragraph._meta.get_field("text"))

    class Meta:
        model = Paragraph
        fields = Paragraph.columns
        import_id_fields = Paragraph.key_columns

    def candidates(self, keys: set[Key]) -> Iterator[Row]:
        sources = sorted({source for source, _number in keys})
        for start in range(0, len(sources), CHUNK):
            yield from self.locked().filter(source__ref__in=sources[start : start + CHUNK])

    def in_export_order(self) -> models.QuerySet[Any]:
        return self.with_cells().order_by("source__ref", "number")

    def follow_up(self, written: Iterable[Any]) -> None:
        """Place the quotes again that rest on these paragraphs."""
        place_quotes(written)


class CitationResource(RowResource):
    record = RecordColumn()
    source = SourceOfParagraphColumn()
    paragraph = ParagraphNumberColumn(Citation._meta.get_field("paragraph"))

    class Meta:
        model = Citation
        fields = Citation.columns
        import_id_fields = Citation.key_columns

    def candidates(self, keys: set[Key]) -> Iterator[Row]:
        sources = sorted({key[Citation.key_columns.index("source")] for key in keys})
        for start in range(0, len(sources), CHUNK):
            yield from self.locked().filter(
                paragraph__source__ref__in=sources[start : start + CHUNK]
            )

    def complete(self, row: Row, given: Collection[str]) -> None:
        """A citation that is not told what its field said takes what the field says now."""
        if isinstance(row, Citation) and "value" not in given and row.record:
            row.value = row.record.cell(row.field)

    def follow_up(self, written: Iterable[Any]) -> None:
        """Place the quotes of these citations."""
        place_all(written)

    def with_cells(self) -> models.QuerySet[Any]:
        return Citation.objects.with_records().with_places()

    def in_export_order(self) -> models.QuerySet[Any]:
        kinds = [When(**{f"{kind}__isnull": False}, then=n) for n, kind in enumerate(CITABLE)]
        return self.with_cells().order_by(
            Case(*kinds),
            Coalesce(*(F(f"{kind}__ref") for kind in CITABLE)),
            _by_code_point("field"),
            F("paragraph__source__ref"),
            F("paragraph__number"),
            _by_code_point("quote"),
        )


def _by_code_point(field: str) -> Collate:
    """Text in the one order that both engines know."""
    return Collate(F(field), "C" if connection.vendor == "postgresql" else "BINARY")

"""The resources of sources, their paragraphs, and the citations that rest on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Collate

from roster.exchange.columns import (
    ParagraphNumberColumn,
    RecordColumn,
    SourceOfParagraphColumn,
    staged,
)
from roster.exchange.planning import tables
from roster.exchange.plans import RowState
from roster.exchange.resources.base import RowCheck, RowResource
from roster.models import Citation, Paragraph, Source
from roster.models.citations import CITABLE
from roster.provenance.fingerprints import fingerprint_refusal
from roster.provenance.placing import place_all, place_quotes
from roster.provenance.state_sql import value_now

if TYPE_CHECKING:
    from roster.exchange.planning.plan import Plan

CHUNK = 500
"""Rows asked for in one query."""


class SourceResource(RowResource):
    class Meta:
        model = Source
        fields = Source.columns
        import_id_fields = Source.key_columns


class ParagraphResource(RowResource):
    class Meta:
        model = Paragraph
        fields = Paragraph.columns
        import_id_fields = Paragraph.key_columns

    row_checks = (RowCheck(("text", "fingerprint"), "text", fingerprint_refusal),)

    def identity(self) -> str:
        return f"t.source_id = to_source.id AND t.number = s.{staged('number')}"

    def label(self, key: Sequence[Any]) -> str:
        return "{}:{}#{}".format(Paragraph.record_kind, *key)

    def in_export_order(self) -> models.QuerySet[Any]:
        return self.with_cells().order_by("source__ref", "number")

    def follow_up(self, written: models.QuerySet[Any]) -> None:
        """Place the quotes again that rest on these paragraphs."""
        place_quotes(Paragraph.objects.cited().filter(pk__in=written.values("pk")))


class CitationResource(RowResource):
    record = RecordColumn()
    source = SourceOfParagraphColumn()
    paragraph = ParagraphNumberColumn(Citation._meta.get_field("paragraph"))

    class Meta:
        model = Citation
        fields = Citation.columns
        import_id_fields = Citation.key_columns

    def identity(self) -> str:
        # By each kind's own unique key: of a condition over all kinds no index makes use.
        table, field, quote = Citation._meta.db_table, staged("field"), staged("quote")
        of_kinds = ", ".join(
            f"(SELECT c.id FROM {table} c WHERE c.{kind}_id = to_{kind}.id AND c.field = s.{field} "
            f"AND c.paragraph_id = to_paragraph.id AND c.quote = s.{quote})"
            for kind in CITABLE
        )
        return f"t.id = coalesce({of_kinds})"

    def label(self, key: Sequence[Any]) -> str:
        record, field, source, paragraph, _quote = key
        about = ParagraphResource().label((source, paragraph))
        return f"{Citation.record_kind}:{record}/{field}@{about}"

    made_columns = ("value",)

    def complete(self, plan: Plan) -> None:
        """New citations that are not told what their field said take what it says now."""
        if "value" not in plan.given:
            cited = {f"{kind}_id": f"{plan.matched}.{kind}_id" for kind in CITABLE}
            now = value_now({**cited, "field": f"s.{staged('field')}"}, connection.vendor)
            tables.execute(
                f"UPDATE {plan.matched} SET made_value = {now} FROM {plan.staged} s "
                f"WHERE s.line = {plan.matched}.line AND {plan.matched}.state = '{RowState.NEW}'"
            )

    def follow_up(self, written: models.QuerySet[Any]) -> None:
        """Place the quotes of these citations."""
        place_all(written.select_related("paragraph").iterator(chunk_size=CHUNK))

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

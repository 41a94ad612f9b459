"""Pages of sources and of their paragraphs, and what rests on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.safestring import SafeString

from roster.admin.base import ExchangeAdmin
from roster.admin.display import MOST_ROWS, Cell, Related, in_words, page_url, reader_url
from roster.admin.evidence.provenance import cited_paragraphs
from roster.admin.filters import RestingFilter
from roster.admin.lists import linked, row_link
from roster.admin.reader.page import may_read, reader_urls
from roster.admin.texts.forms import ParagraphForm
from roster.admin.texts.revising import SourceRevisionPages
from roster.models import Citation, Paragraph, Source
from roster.models.citations import CITABLE
from roster.provenance.placing import place_quotes


class SourceAdmin(SourceRevisionPages, ExchangeAdmin):
    fields = Source.columns
    list_display = (
        "title",
        "publisher",
        "published_in_words",
        "language",
        "reliability",
        "paragraph_count",
        "citation_count",
        "reader_link",
        "ref",
    )
    columns_about = {
        "paragraph_count": Paragraph,
        "citation_count": Citation,
        "reader_link": Paragraph,
    }
    list_filter = ("reliability",)
    search_fields = ("ref", "title", "publisher")
    autocomplete_fields = ("supersedes",)

    def with_columns(self, rows: Any, day: date) -> models.QuerySet[Any]:
        return rows.with_counts()  # type: ignore[no-any-return]  # of sources

    def get_urls(self) -> list[URLPattern]:
        return [*reader_urls(self.admin_site), *super().get_urls()]

    @admin.display(description="Text")
    def reader_link(self, source: Source) -> str | SafeString:
        return linked(Cell("Read", reader_url(source)))

    @admin.display(description="Published", ordering="published_earliest")
    def published_in_words(self, source: Source) -> str:
        return in_words(source.published)

    @admin.display(description="Paragraphs")
    def paragraph_count(self, source: Any) -> int:
        return int(source.paragraph_count)

    @admin.display(description="Citations")
    def citation_count(self, source: Any) -> int:
        return int(source.citation_count)

    def below_the_fields(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        shown = super().below_the_fields(request, row)
        paragraphs, citations = map(self.admin_site.get_model_admin, (Paragraph, Citation))
        if not paragraphs.has_view_permission(request):
            return shown
        listed = cited_paragraphs(row, with_citations=citations.has_view_permission(request))
        more = row.paragraphs.count() > MOST_ROWS
        may_add = paragraphs.has_add_permission(request)
        address = page_url(Paragraph, "changelist") + f"?source__id__exact={row.pk}"
        return shown | {
            "reader_url": reader_url(row),
            "paragraphs": listed,
            "shows_paragraphs": True,
            "all_paragraphs_url": address if more else "",
            "add_paragraph_url": page_url(Paragraph, "add") + f"?source={row.pk}"
            if may_add
            else "",
        }


class ParagraphAdmin(ExchangeAdmin):
    form = ParagraphForm
    fields = Paragraph.columns
    list_display = ("number", "source_link", "summary", "has_text", "citation_count")
    list_select_related = ("source",)
    columns_about = {"citation_count": Citation}
    list_filter = (RestingFilter,)
    ordering = ("source_id", "number")
    search_fields = ("=number", "summary", "source__ref", "source__title", "source__publisher")
    autocomplete_fields = ("source",)
    related = (
        Related(
            "citations",
            ("field", "record", "stance", "quote", "value"),
            title="What rests on it",
            ordering=("field", "id"),
            fetched_with=tuple(CITABLE),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        # Wherever a paragraph is named, its source is.
        return super().get_queryset(request).select_related("source")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "text" in form.changed_data:
            place_quotes([obj])

    def below_the_fields(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        shown = super().below_the_fields(request, row)
        return shown | (
            {"reader_url": reader_url(row)} if may_read(request, self.admin_site) else {}
        )

    def with_columns(self, rows: Any, day: date) -> models.QuerySet[Any]:
        return rows.with_citation_count()  # type: ignore[no-any-return]  # of paragraphs

    @admin.display(description="Source", ordering="source_id")
    def source_link(self, paragraph: Paragraph) -> str | SafeString | None:
        return row_link(paragraph.source)

    @admin.display(boolean=True, description="Text is here")
    def has_text(self, paragraph: Paragraph) -> bool:
        return bool(paragraph.text)

    @admin.display(description="Citations")
    def citation_count(self, paragraph: Any) -> int:
        return int(paragraph.citation_count)

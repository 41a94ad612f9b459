"""Pages of sources and of their paragraphs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from roster.admin.base import ExchangeAdmin
from roster.admin.display import Related
from roster.models import Paragraph, Source
from roster.models.citations import CITABLE


class SourceAdmin(ExchangeAdmin):
    fields = Source.columns
    list_display = ("ref", "title", "publisher", "published", "language", "reliability")
    list_filter = ("reliability",)
    search_fields = ("ref", "title", "publisher")
    autocomplete_fields = ("supersedes",)
    related = (
        Related("paragraphs", ("number", "summary"), title="Paragraphs", ordering=("number",)),
    )


class ParagraphAdmin(ExchangeAdmin):
    fields = Paragraph.columns
    list_display = ("number", "source", "summary", "has_text")
    list_select_related = ("source",)
    ordering = ("source_id", "number")
    search_fields = ("source__ref", "source__title", "number", "summary")
    autocomplete_fields = ("source",)
    related = (
        Related(
            "citations",
            ("field", "record", "stance", "quote", "value"),
            title="Citations",
            ordering=("field", "id"),
            fetched_with=tuple(CITABLE),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        # Wherever a paragraph is named, its source is.
        return super().get_queryset(request).select_related("source")

    @admin.display(boolean=True, description="Text is here")
    def has_text(self, paragraph: Paragraph) -> bool:
        return bool(paragraph.text)

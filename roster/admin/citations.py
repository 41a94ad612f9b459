"""Pages of citations: the record through one of six choices, its field, the words relied on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from roster.admin.base import ExchangeAdmin
from roster.admin.display import row_text
from roster.admin.reasons import ReasonedModelForm
from roster.models import Citation
from roster.models.citations import CITABLE, citable_columns


def field_choices() -> list[tuple[str, str]]:
    """Every field that can be cited, with the kinds of record that have it."""
    kinds: dict[str, list[str]] = {}
    for kind, model in CITABLE.items():
        for column in citable_columns(model):
            kinds.setdefault(column, []).append(kind.replace("_", " "))
    return [("", "—"), *((column, f"{column} ({', '.join(of)})") for column, of in kinds.items())]


class CitationForm(ReasonedModelForm):
    """Asks for the record by kind; fills the value cited from the record as it stands."""

    # Whether the record has the field is said by the model's own rule.
    field = forms.CharField(
        widget=forms.Select(choices=field_choices()),
        help_text="The field of the record, by its CSV column.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = [(kind, cleaned[kind]) for kind in CITABLE if cleaned.get(kind)]
        if self.instance.pk is None and not cleaned.get("value") and len(chosen) == 1:
            ((kind, record),) = chosen
            column = cleaned.get("field")
            if column in citable_columns(CITABLE[kind]):
                cleaned["value"] = record.cell(column)
        return cleaned


class CitationAdmin(ExchangeAdmin):
    form = CitationForm
    fieldsets = (
        ("Record (choose exactly one)", {"fields": tuple(CITABLE)}),
        (
            "Evidence",
            {
                "fields": (
                    "field",
                    "paragraph",
                    "quote",
                    "stance",
                    "credibility",
                    "value",
                    "note",
                )
            },
        ),
    )
    list_display = ("id", "record", "field", "stance", "paragraph_of_source", "quote")
    list_display_links = ("id", "field")
    list_select_related = (*CITABLE, "paragraph__source")
    list_filter = ("stance", "credibility")
    ordering = ("-id",)
    search_fields = ("field", "quote", "value", *(f"{kind}__ref" for kind in CITABLE))
    autocomplete_fields = (*CITABLE, "paragraph")

    @admin.display(description="Record")
    def record(self, citation: Citation) -> str:
        return citation.record.label if citation.record else ""

    @admin.display(description="Paragraph", ordering="paragraph_id")
    def paragraph_of_source(self, citation: Citation) -> str:
        return row_text(citation.paragraph)

"""Pages of citations: the record through one of six choices, its field, the words relied on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from roster.admin.base import ExchangeAdmin
from roster.admin.display import Cell, column_heading, reader_url, row_text, row_url
from roster.admin.evidence.citing import SHORT_FORM, Cited, QuotingForm, cite_form, cited_field
from roster.admin.evidence.recite import questions_on_field
from roster.admin.evidence.shown_passages import passage_of
from roster.admin.filters import CitationStateFilter, RecordKindFilter
from roster.admin.forms.reasons import changeset_of
from roster.admin.lists import linked, state_mark
from roster.models import Citation
from roster.models.citations import CITABLE, citable_columns
from roster.provenance.states import states_of, with_states

NAMED = (
    "official",
    "role__official",
    "threat__official",
    "protection__official",
    "extension__protection__official",
    "threat_source",
    "threat__threat_source",
)
"""To whom or what the record of a citation may lead, by name."""


def field_choices() -> list[tuple[str, str]]:
    """Every field that can be cited, with the kinds of record that have it."""
    kinds: dict[str, list[str]] = {}
    for kind, model in CITABLE.items():
        for column in citable_columns(model):
            kinds.setdefault(column, []).append(kind.replace("_", " "))
    return [("", "—"), *((column, f"{column} ({', '.join(of)})") for column, of in kinds.items())]


class CitationForm(QuotingForm):
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
    list_display = ("field_cited", "record", "state", "stance", "passage", "quote", "value")
    list_display_links = ("field_cited",)
    list_select_related = (*CITABLE, "paragraph__source")
    list_filter = (
        CitationStateFilter,
        RecordKindFilter,
        "stance",
        "credibility",
        "paragraph__source__reliability",
    )
    ordering = ("-id",)
    search_fields = (
        "field",
        "quote",
        "value",
        *(f"={kind}__ref" for kind in CITABLE),
        *(f"{path}__{column}" for path in NAMED for column in ("ref", "search_key")),
    )
    autocomplete_fields = (*CITABLE, "paragraph")

    @admin.display(description="Field", ordering="field")
    def field_cited(self, citation: Citation) -> str:
        return column_heading(citation.field)

    @admin.display(description="Record")
    def record(self, citation: Citation) -> str | SafeString:
        record = citation.record
        return linked(Cell(record.label, row_url(record))) if record else ""

    @admin.display(description="Paragraph", ordering="paragraph_id")
    def passage(self, citation: Citation) -> str | SafeString:
        paragraph = citation.paragraph
        return linked(Cell(row_text(paragraph), reader_url(paragraph)))

    @admin.display(description="State")
    def state(self, citation: Any) -> SafeString:
        marks = ((state_mark(state),) for state in citation.states)
        return format_html_join(" ", "{}", marks)

    def complete_page(self, rows: list[Any]) -> None:
        found = with_states(Citation.objects.filter(pk__in=[row.pk for row in rows]))
        states = {citation.pk: states_of(citation) for citation in found}
        for row in rows:
            row.states = states.get(row.pk, ())

    def below_the_fields(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        seen = self.admin_site.tables_viewed_by(request)
        shown = {"passage": passage_of(row, seen), "passage_of": self._field_of(row, seen)}
        return super().below_the_fields(request, row) | shown

    @staticmethod
    def _field_of(citation: Citation, seen: frozenset[str]) -> Cell:
        """The field that is cited, with the address of its evidence on the record's page."""
        record = citation.record
        if record is None or record._meta.db_table not in seen:
            return Cell(column_heading(citation.field))
        field = f"{column_heading(citation.field)} of {row_text(record)}"
        return Cell(field, f"{row_url(record)}#evidence-of-{citation.field}")

    def get_urls(self) -> list[URLPattern]:
        cite = path(
            "cite/<slug:kind>/<int:key>/<slug:column>/",
            self.admin_site.admin_view(self.cite_view),
            name="roster_citation_cite",
        )
        questions = path(
            "questions/<slug:kind>/<int:key>/",
            self.admin_site.admin_view(self.questions_view),
            name="roster_citation_questions",
        )
        return [cite, questions, *super().get_urls()]

    def cite_view(self, request: HttpRequest, kind: str, key: int, column: str) -> HttpResponse:
        """The short form on GET; on POST the citation is made and the record's page follows."""
        cited = cited_field(kind, key, column)
        record_admin = self.admin_site.get_model_admin(type(cited.record))
        if not record_admin.has_view_permission(request, cited.record):
            raise PermissionDenied
        request.cited = cited  # type: ignore[attr-defined]  # for the hooks below
        context = {
            "title": f"Cite the {cited.heading.lower()} of {cited.record_text}",
            "cited": cited,
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        with changeset_of(request):
            return self.changeform_view(request, None, "", context)

    def questions_view(self, request: HttpRequest, kind: str, key: int) -> HttpResponse:
        """A piece of a page: what is asked when the field `column` of the record is changed."""
        cited = cited_field(kind, key, request.GET.get("column", ""))
        record_admin = self.admin_site.get_model_admin(type(cited.record))
        may_view = record_admin.has_view_permission(request, cited.record)
        if not may_view or not self.has_change_permission(request):
            raise PermissionDenied
        asked = questions_on_field(cited.record, cited.column, self.admin_site)
        return render(request, "roster/includes/_recite.html", {"asked": [asked]})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if _cited(request):
            return [(None, {"fields": SHORT_FORM})]
        return super().get_fieldsets(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if cited := _cited(request):
            kwargs["form"] = cite_form(cited)
            kwargs["fields"] = (cited.record.record_kind, "field", *SHORT_FORM)
        return super().get_form(request, obj, change, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Citation, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        cited = _cited(request)
        return HttpResponseRedirect(cited.evidence_url) if cited else response


def _cited(request: HttpRequest) -> Cited | None:
    """The field that the short form is about, on its own address."""
    return getattr(request, "cited", None)

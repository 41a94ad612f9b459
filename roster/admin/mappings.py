"""Pages of saved mappings: their JSON, checked as an import reads it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from roster.admin.base import RosterAdmin
from roster.admin.forms.reasons import ReasonedModelForm
from roster.exchange.mapping_files import MappingRefused, mapping_text, read_mapping
from roster.exchange.saved_mappings import contract
from roster.models import ImportMapping


class ImportMappingForm(ReasonedModelForm):
    """The model that a mapping is for stands in its JSON."""

    class Meta:
        model = ImportMapping
        fields = ("name", "definition")

    def clean_definition(self) -> str:
        try:
            mapping = read_mapping(self.cleaned_data["definition"], contract())
        except MappingRefused as refusal:
            raise ValidationError(str(refusal)) from None
        self.instance.stem = mapping.stem
        return mapping_text(mapping)


class ImportMappingAdmin(RosterAdmin):
    form = ImportMappingForm
    list_display = ("name", "stem")
    list_filter = ("stem",)
    search_fields = ("name",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name", "definition")

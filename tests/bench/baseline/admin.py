"""The admin of extensions, with import as django-import-export's documents begin."""

from __future__ import annotations

from django.contrib import admin
from import_export.admin import ImportExportMixin
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget
from simple_history.admin import SimpleHistoryAdmin

from tests.bench.baseline.models import Extension, Protection


class ExtensionResource(ModelResource):
    protection = Field(
        column_name="protection",
        attribute="protection",
        widget=ForeignKeyWidget(Protection, "ref"),
    )

    class Meta:
        model = Extension
        import_id_fields = ("ref",)
        fields = (
            "ref",
            "protection",
            "number",
            "decided",
            "notified",
            "start",
            "end",
            "granted_by",
            "signed_by",
            "reason",
            "summary",
        )


@admin.register(Extension)
class ExtensionAdmin(ImportExportMixin, SimpleHistoryAdmin):
    resource_classes = (ExtensionResource,)

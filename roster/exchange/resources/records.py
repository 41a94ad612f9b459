"""The resources of the six kinds of record that citations rest on."""

from __future__ import annotations

from roster.exchange.resources.base import RowResource
from roster.models import (
    Official,
    Protection,
    ProtectionExtension,
    Role,
    Threat,
    ThreatSource,
)


class OfficialResource(RowResource):
    class Meta:
        model = Official
        fields = Official.columns
        import_id_fields = Official.key_columns


class RoleResource(RowResource):
    class Meta:
        model = Role
        fields = Role.columns
        import_id_fields = Role.key_columns


class ThreatSourceResource(RowResource):
    class Meta:
        model = ThreatSource
        fields = ThreatSource.columns
        import_id_fields = ThreatSource.key_columns


class ThreatResource(RowResource):
    class Meta:
        model = Threat
        fields = Threat.columns
        import_id_fields = Threat.key_columns


class ProtectionResource(RowResource):
    class Meta:
        model = Protection
        fields = Protection.columns
        import_id_fields = Protection.key_columns


class ExtensionResource(RowResource):
    class Meta:
        model = ProtectionExtension
        fields = ProtectionExtension.columns
        import_id_fields = ProtectionExtension.key_columns

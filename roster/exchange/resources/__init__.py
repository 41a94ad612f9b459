"""One resource a model: which columns its CSV has and how they are read and written."""

from roster.exchange.resources.base import RowResource
from roster.exchange.resources.documents import CitationResource, ParagraphResource, SourceResource
from roster.exchange.resources.records import (
    ExtensionResource,
    OfficialResource,
    ProtectionResource,
    RoleResource,
    ThreatResource,
    ThreatSourceResource,
)

RESOURCES: dict[str, type[RowResource]] = {
    resource.model().file_stem: resource
    for resource in (
        OfficialResource,
        RoleResource,
        ThreatSourceResource,
        ThreatResource,
        ProtectionResource,
        ExtensionResource,
        SourceResource,
        ParagraphResource,
        CitationResource,
    )
}
"""The resource of each file, by its stem, in the order in which a bundle is read and written."""

__all__ = ["RESOURCES", "RowResource"]

"""The tables of Roster, one noun a file, each with its queryset beside it.

Models may import fields, periods, dates and text; nothing above. `RECORDS` are the six kinds that
a citation can rest on, `DOMAIN` all tables of the CSV contract in the order in which one may
depend on the one before.
"""

from roster.models.acknowledgements import Acknowledgement
from roster.models.changes import BoundChange, Change, Changeset
from roster.models.citations import Citation
from roster.models.imports import ImportRun
from roster.models.mappings import ImportMapping
from roster.models.officials import Official
from roster.models.protections import Protection, ProtectionExtension
from roster.models.records import Record, Referable, Row
from roster.models.reviews import Review
from roster.models.roles import Role
from roster.models.sources import Paragraph, Source
from roster.models.threats import Threat, ThreatSource

RECORDS: tuple[type[Record], ...] = (
    Official,
    Role,
    ThreatSource,
    Threat,
    Protection,
    ProtectionExtension,
)
DOMAIN: tuple[type[Row], ...] = (*RECORDS, Source, Paragraph, Citation)

__all__ = [
    "DOMAIN",
    "RECORDS",
    "Acknowledgement",
    "BoundChange",
    "Change",
    "Changeset",
    "Citation",
    "ImportMapping",
    "ImportRun",
    "Official",
    "Paragraph",
    "Protection",
    "ProtectionExtension",
    "Record",
    "Referable",
    "Review",
    "Role",
    "Row",
    "Source",
    "Threat",
    "ThreatSource",
]

"""Rows of every table of the domain, and users; a test names only what matters to it.

Rows are written outside any changeset unless the test opens one.
"""

from __future__ import annotations

import factory
from django.contrib.auth.models import Group, User

from roster.models import (
    Citation,
    ImportMapping,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from roster.models.protections import ProtectionLevel
from roster.models.threats import ThreatKind, ThreatSourceKind, ThreatStatus


class OfficialFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Official

    ref = factory.Sequence(lambda n: f"official-{n}")
    name = factory.Sequence(lambda n: f"Official {n}")


class RoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Role

    ref = factory.LazyAttributeSequence(lambda role, n: f"{role.official.ref}/role-{n}")
    official = factory.SubFactory(OfficialFactory)
    title = factory.Sequence(lambda n: f"Role {n}")


class ThreatSourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ThreatSource

    ref = factory.Sequence(lambda n: f"threat-source-{n}")
    name = factory.Sequence(lambda n: f"Threat source {n}")
    kind = ThreatSourceKind.STATE


class ThreatFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Threat

    ref = factory.LazyAttributeSequence(lambda threat, n: f"{threat.threat_source.ref}/threat-{n}")
    threat_source = factory.SubFactory(ThreatSourceFactory)
    official = factory.SubFactory(OfficialFactory)
    kind = ThreatKind.PLOT
    status = ThreatStatus.REPORTED


class ProtectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Protection

    ref = factory.LazyAttributeSequence(lambda row, n: f"{row.official.ref}/protection-{n}")
    official = factory.SubFactory(OfficialFactory)
    level = ProtectionLevel.PART_TIME


class ExtensionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProtectionExtension

    ref = factory.LazyAttributeSequence(lambda row, n: f"{row.protection.ref}/{n + 1}")
    protection = factory.SubFactory(ProtectionFactory)


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    ref = factory.Sequence(lambda n: f"source-{n}")
    title = factory.Sequence(lambda n: f"Source {n}")


class ParagraphFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Paragraph

    source = factory.SubFactory(SourceFactory)
    number = factory.Sequence(lambda n: n + 1)


class CitationFactory(factory.django.DjangoModelFactory):
    """Cites the name of a new official; name another kind as `official=None, role=…, field=…`."""

    class Meta:
        model = Citation

    official = factory.SubFactory(OfficialFactory)
    field = "name"
    paragraph = factory.SubFactory(ParagraphFactory)
    quote = factory.Sequence(lambda n: f"words {n}")


class ImportMappingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportMapping

    name = factory.Sequence(lambda n: f"Mapping {n}")
    stem = "officials"
    definition = """{
  "model": "officials",
  "columns": {
    "ref": {
      "from": "id",
      "as": "ref"
    },
    "name": {
      "from": "person"
    }
  }
}"""


class UserFactory(factory.django.DjangoModelFactory):
    """An account without a password; `client.force_login` signs it in."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user-{n}")


class SuperuserFactory(UserFactory):
    is_staff = True
    is_superuser = True


class GroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"Group {n}")

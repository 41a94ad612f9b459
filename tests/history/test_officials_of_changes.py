"""Each change says which official it concerns."""

from __future__ import annotations

import pytest

from roster.models import (
    DOMAIN,
    Change,
    Citation,
    Official,
    Paragraph,
    ProtectionExtension,
    Source,
    Threat,
    ThreatSource,
)
from tests.history.samples import last_change, official, one_of_each

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", DOMAIN, ids=lambda model: model.record_kind)
def test_a_change_says_whom_it_concerns(model):
    rows = one_of_each()
    nobody = model in (ThreatSource, Source, Paragraph)
    assert last_change(rows[model]).official == (None if nobody else rows[Official])


@pytest.mark.parametrize("kind", ["official", "role", "threat", "protection", "extension"])
def test_a_citation_concerns_the_official_of_its_record(kind):
    rows = one_of_each()
    record = next(row for model, row in rows.items() if model.record_kind == kind)
    column = "name" if kind == "official" else "start"
    citation = Citation.objects.create(
        **{kind: record}, field=column, paragraph=rows[Paragraph], quote="other words"
    )
    assert last_change(citation).official == rows[Official]


def test_a_citation_of_a_threat_source_concerns_no_one():
    rows = one_of_each()
    citation = Citation.objects.create(
        threat_source=rows[ThreatSource], field="name", paragraph=rows[Paragraph]
    )
    assert last_change(citation).official is None


def test_an_update_concerns_the_official_who_it_is_about_now():
    threat = one_of_each()[Threat]
    other = official("other")
    threat.official = other
    threat.save()
    assert last_change(threat).official == other


def test_an_update_that_names_no_official_any_more_concerns_the_one_before():
    rows = one_of_each()
    Threat.objects.update(official=None)
    assert last_change(rows[Threat]).official == rows[Official]


def test_a_deleted_row_concerns_its_official_still():
    rows = one_of_each()
    Citation.objects.all().delete()
    key = rows[ProtectionExtension].pk
    rows[ProtectionExtension].delete()
    change = Change.objects.latest("id")
    assert (change.key, change.official) == (key, rows[Official])

"""What belongs to a row in the ledger: its own changes and those of what hangs on it."""

from __future__ import annotations

import pytest

from roster.history.past.belonging import changes_about
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    ThreatFactory,
    ThreatSourceFactory,
)

pytestmark = pytest.mark.django_db


def rows(row):
    return {(change.table.removeprefix("roster_"), change.key) for change in changes_about(row)}


def named(*found):
    return {(row._meta.model_name, row.pk) for row in found}


def extension_table(*found):
    return {("protectionextension", row.pk) for row in found}


def test_official_has_the_changes_of_all_that_concerns_the_official():
    role = RoleFactory()
    citation = CitationFactory(official=None, role=role, field="title")
    RoleFactory()
    assert rows(role.official) == named(role.official, role, citation)


def test_protection_has_those_of_its_extensions_and_of_the_citations_of_both():
    extension = ExtensionFactory()
    protection = extension.protection
    own = CitationFactory(official=None, protection=protection, field="level")
    theirs = CitationFactory(official=None, extension=extension, field="decided")
    ExtensionFactory(protection=ProtectionFactory(official=protection.official))
    CitationFactory(official=protection.official)
    expected = named(protection, own, theirs) | extension_table(extension)
    assert rows(protection) == expected


def test_source_has_those_of_its_paragraphs_and_a_paragraph_those_of_its_citations():
    paragraph = ParagraphFactory(source=SourceFactory())
    citation = CitationFactory(paragraph=paragraph)
    ParagraphFactory()
    assert rows(paragraph.source) == named(paragraph.source, paragraph)
    assert rows(paragraph) == named(paragraph, citation)


@pytest.mark.parametrize(
    ("made", "kind", "field"),
    [
        (ThreatSourceFactory, "threat_source", "name"),
        (lambda: ThreatFactory(official=None), "threat", "kind"),
        (ThreatFactory, "threat", "kind"),
    ],
    ids=["threat source", "threat to officials in general", "threat"],
)
def test_other_records_have_those_of_their_citations(made, kind, field):
    record = made()
    citation = CitationFactory(official=None, field=field, **{kind: record})
    made()
    assert rows(record) == named(record, citation)


def test_deleted_rows_stay():
    paragraph = ParagraphFactory()
    source, key = paragraph.source, paragraph.pk
    paragraph.delete()
    assert ("paragraph", key) in rows(source)


def test_row_that_moved_away_stays_as_far_as_it_belonged():
    source, other = SourceFactory(), SourceFactory()
    paragraph = ParagraphFactory(source=source)
    paragraph.source = other
    paragraph.save()
    paragraph.summary = "Elsewhere"
    paragraph.save()
    assert [change.act for change in changes_about(source).filter(table="roster_paragraph")] == [
        "i",
        "u",
    ]


def test_protection_that_moved_to_another_official_keeps_its_extensions():
    extension = ExtensionFactory()
    protection = extension.protection
    protection.official = OfficialFactory()
    protection.save()
    later = ExtensionFactory(protection=protection)
    found = rows(protection)
    assert extension_table(extension, later) <= found


def test_key_is_not_taken_for_the_beginning_of_a_longer_one():
    source = SourceFactory(pk=1)
    ParagraphFactory(source=SourceFactory(pk=11))
    assert rows(source) == named(source)


def test_text_that_looks_like_a_reference_is_none():
    source = SourceFactory()
    ParagraphFactory(summary=f'"source_id":{source.pk},')
    assert rows(source) == named(source)

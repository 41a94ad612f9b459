"""What a row says of itself: its cells, its label, its factual columns, and refs to try."""

from itertools import islice

import pytest
from django.core.exceptions import ValidationError

from roster.models import DOMAIN, RECORDS, ProtectionExtension
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

CONTRACT = {
    "officials": "ref name honorific aliases country born died summary",
    "roles": "ref official title organization start end summary",
    "threat_sources": "ref name kind country parent summary",
    "threats": "ref threat_source official kind status motive start end summary",
    "protections": "ref official level provider authority reason start end end_reason ended_by "
    "summary",
    "extensions": "ref protection number decided notified start end granted_by signed_by reason "
    "summary",
    "sources": "ref title publisher published url language retrieved reliability supersedes "
    "summary",
    "paragraphs": "source number summary fingerprint text",
    "citations": "record field source paragraph quote stance credibility value note",
}
APART = {
    "officials": "ref summary",
    "roles": "ref official summary",
    "threat_sources": "ref summary",
    "threats": "ref summary",
    "protections": "ref official summary",
    "extensions": "ref protection summary",
}


def test_the_columns_are_those_of_the_public_contract():
    assert {model.file_stem: " ".join(model.columns) for model in DOMAIN} == CONTRACT


@pytest.mark.parametrize("model", RECORDS)
def test_all_columns_but_ref_summary_and_parent_are_facts(model):
    assert set(model.columns) - set(model.factual_columns()) == set(APART[model.file_stem].split())


@pytest.mark.django_db
def test_every_cell_of_every_kind_of_row_is_text():
    official = OfficialFactory(aliases=["a|b", "c"])
    rows = [
        official,
        RoleFactory(official=official),
        ThreatSourceFactory(),
        ThreatFactory(official=None),
        ProtectionFactory(official=official),
        ExtensionFactory(),
        SourceFactory(),
        ParagraphFactory(number=7),
        CitationFactory(official=official),
    ]

    cells = {
        type(row).file_stem: {column: row.cell(column) for column in row.columns} for row in rows
    }

    assert all(isinstance(cell, str) for row in cells.values() for cell in row.values())
    assert cells["officials"]["aliases"] == "a\\|b|c"
    assert cells["roles"]["official"] == official.ref
    assert cells["threats"]["official"] == ""
    assert cells["extensions"]["number"] == ""
    assert cells["paragraphs"]["number"] == "7"
    assert cells["citations"]["record"] == f"official:{official.ref}"


@pytest.mark.django_db
def test_labels_name_a_row_by_kind_and_key():
    paragraph = ParagraphFactory(source__ref="a-source", number=7)
    citation = CitationFactory(official__ref="ann", paragraph=paragraph)

    assert citation.official.label == "official:ann"
    assert paragraph.label == "paragraph:a-source#7"
    assert citation.label == "citation:official:ann/name@paragraph:a-source#7"


def first_refs(row, count=2):
    return list(islice(row.ref_candidates(), count))


def test_refs_to_try_are_made_from_the_name():
    official = OfficialFactory.build(ref="ann-lee", name="Ann Lee")
    iran = ThreatSourceFactory.build(ref="iran", name="Iran")
    protection = ProtectionFactory.build(official=official, ref="ann-lee/protection")

    assert first_refs(official) == ["ann-lee", "ann-lee-2"]
    assert first_refs(iran) == ["iran", "iran-2"]
    assert first_refs(RoleFactory.build(official=official, title="Chief of Staff")) == [
        "ann-lee/chief-of-staff",
        "ann-lee/chief-of-staff-2",
    ]
    assert first_refs(ThreatFactory.build(threat_source=iran, official=official)) == [
        "iran/plot/ann-lee",
        "iran/plot/ann-lee-2",
    ]
    assert first_refs(ThreatFactory.build(threat_source=iran, official=None), 1) == ["iran/plot"]
    assert first_refs(protection) == ["ann-lee/protection", "ann-lee/protection-2"]
    assert first_refs(SourceFactory.build(title="A Notice", published="2024-07-18"), 1) == [
        "2024-07-18-a-notice"
    ]


def test_refs_of_extensions_are_their_ordinals_or_count_up():
    protection = ProtectionFactory.build(ref="ann/protection")

    def refs(number):
        return first_refs(ProtectionExtension(protection=protection, number=number))

    assert refs(8) == ["ann/protection/8", "ann/protection/8-2"]
    assert refs(None) == ["ann/protection/1", "ann/protection/2"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("factory", "column"), [(ThreatSourceFactory, "parent"), (SourceFactory, "supersedes")]
)
def test_no_circle_is_closed_over_other_rows(factory, column):
    top = factory(ref="top")
    middle = factory(ref="middle", **{column: top})
    low = factory(ref="low", **{column: middle})
    setattr(top, column, low)

    with pytest.raises(ValidationError, match="top → low → middle → top"):
        top.full_clean()
    setattr(top, column, factory(**{column: factory()}))
    top.full_clean()

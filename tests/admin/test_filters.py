"""Filters of the lists: what each choice keeps, and that no other value is taken."""

from __future__ import annotations

import pytest
import time_machine

from roster.admin import filters
from roster.admin.display import page_url
from roster.models import (
    Change,
    Citation,
    Official,
    Paragraph,
    Protection,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from roster.models.changes import Act
from roster.models.citations import CITABLE
from tests.admin.pages import FACTORIES
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    ThreatFactory,
    ThreatSourceFactory,
)


@pytest.fixture(autouse=True)
def the_day():
    with time_machine.travel("2024-07-18T12:00:00Z", tick=False):
        yield


@pytest.fixture
def listed(signed_in):
    """The rows of a list with these parameters."""

    def rows(model, **parameters):
        response = signed_in.get(page_url(model, "changelist"), parameters)
        assert response.status_code == 200, response["Location"]
        return {getattr(row, "ref", row.pk) for row in response.context["cl"].result_list}

    return rows


SURENESS = [("definitely", {"surely"}), ("possibly", {"maybe"}), ("no", {"over"})]


@pytest.mark.parametrize(("choice", "expected"), SURENESS)
@pytest.mark.parametrize("made", [ProtectionFactory, RoleFactory, ThreatFactory])
def test_in_force_today(listed, made, choice, expected):
    made(ref="surely", start="2020", end="..")
    made(ref="maybe")
    made(ref="over", end="2023")
    assert listed(made._meta.model, in_force=choice) == expected


@pytest.mark.parametrize(("choice", "expected"), SURENESS)
def test_protected_today_goes_by_the_surest_protection(listed, choice, expected):
    for ref, ends in (("surely", ["..", "2023"]), ("maybe", ["", "2023"]), ("over", ["2023"])):
        official = OfficialFactory(ref=ref)
        for end in ends:
            ProtectionFactory(official=official, start="2020", end=end)
    assert listed(Official, protected=choice) == expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("definitely-30", {"last", "today"}),
        ("definitely-90", {"last", "next", "today"}),
        ("possibly-30", {"unknown", "year"}),
        ("possibly-90", {"unknown", "year"}),
    ],
)
def test_end_ahead(listed, choice, expected):
    ends = {
        "yesterday": "2024-07-17",
        "today": "2024-07-18",
        "last": "2024-08-17",
        "next": "2024-08-18",
        "year": "2024",
        "unknown": "",
        "open": "..",
    }
    for ref, end in ends.items():
        ProtectionFactory(ref=ref, start="2020", end=end)
    assert listed(Protection, ending=choice) == expected


@pytest.mark.parametrize("kind", CITABLE)
def test_every_kind_of_record_can_be_narrowed_to_the_unsourced(listed, kind):
    row = FACTORIES[kind](**({"granted_by": "Somebody"} if kind == "extension" else {}))
    assert listed(type(row), evidence="unsourced") == {row.ref}


def test_unsourced_keeps_records_with_a_value_that_no_citation_is_of(listed):
    CitationFactory(official=OfficialFactory(ref="cited"))
    OfficialFactory(ref="unsourced")
    assert listed(Official, evidence="unsourced") == {"unsourced"}


def test_provider_is_chosen_from_those_of_the_newest_protections(listed, signed_in, monkeypatch):
    monkeypatch.setattr(filters, "LATEST_PROTECTIONS", 2)
    for ref, provider in (("old", "Army"), ("a", "Diplomatic Security"), ("b", "")):
        ProtectionFactory(ref=ref, provider=provider)
    assert listed(Protection, provider="Diplomatic Security") == {"a"}
    assert listed(Protection, provider="Army") == {"old"}
    page = signed_in.get(page_url(Protection, "changelist"))
    spec = next(s for s in page.context["cl"].filter_specs if s.title == "provider")
    assert spec.lookup_choices == [("Diplomatic Security", "Diplomatic Security")]


@pytest.mark.parametrize(
    ("model", "expected"),
    [(Threat, {"claim"}), (Official, {"ann"}), (Protection, {"ann/protection"})],
)
def test_threat_source(listed, model, expected):
    ann = OfficialFactory(ref="ann")
    ThreatFactory(ref="claim", official=ann, threat_source=ThreatSourceFactory(ref="iran"))
    ProtectionFactory(ref="ann/protection", official=ann)
    ProtectionFactory(ref="other", official=ThreatFactory(ref="another").official)
    assert listed(model, threat_source="iran") == expected


def test_paragraphs_on_which_nothing_rests(listed):
    cited, bare = CitationFactory().paragraph, ParagraphFactory()
    assert listed(Paragraph, cited="no") == {bare.pk}
    assert listed(Paragraph, cited="yes") == {cited.pk}


def test_citations_by_kind_of_record_and_by_reliability_of_the_source(listed):
    of_official = CitationFactory()
    of_role = CitationFactory(
        official=None,
        role=RoleFactory(),
        field="title",
        paragraph=ParagraphFactory(source=SourceFactory(reliability="B")),
    )
    assert listed(Citation, kind="role") == {of_role.pk}
    assert listed(Citation, kind="official") == {of_official.pk}
    assert listed(Citation, paragraph__source__reliability__exact="B") == {of_role.pk}


@pytest.mark.parametrize(
    ("model", "parameter"),
    [
        (Protection, "in_force"),
        (Official, "protected"),
        (Protection, "ending"),
        (Role, "evidence"),
        (Paragraph, "cited"),
        (Citation, "kind"),
    ],
)
def test_value_that_is_no_choice_is_refused(signed_in, model, parameter):
    response = signed_in.get(page_url(model, "changelist"), {parameter: "bogus"})
    assert (response.status_code, response["Location"]) == (
        302,
        page_url(model, "changelist") + "?e=1",
    )


def test_columns_answer_the_usual_questions(signed_in):
    ann = OfficialFactory(name="Ann", country="US")
    RoleFactory(official=ann, title="Secretary", organization="State", end="..")
    RoleFactory(official=ann, title="Director", end="2020")
    ProtectionFactory(official=ann, start="../2024-07-18", end="2024-07-18/..")
    row = signed_in.get(page_url(Official, "changelist")).content.decode()
    latest = Change.objects.filter(official=ann).latest("id").clock
    for text in ("Secretary, State (possibly)", "Definitely", f"{latest:%Y-%m-%d %H:%M}"):
        assert text in row
    assert "Director" not in row
    protections = signed_in.get(page_url(Protection, "changelist")).content.decode()
    for text in ("on or before 18 July 2024", "on or after 18 July 2024", "Definitely"):
        assert text in protections


def test_sources_and_threat_sources_are_counted(signed_in):
    source = SourceFactory()
    first = ParagraphFactory(source=source)
    ParagraphFactory(source=source)
    CitationFactory.create_batch(3, paragraph=first)
    response = signed_in.get(page_url(Source, "changelist"))
    (row,) = response.context["cl"].result_list
    assert (row.paragraph_count, row.citation_count) == (2, 3)
    threat_source = ThreatFactory().threat_source
    ThreatSourceFactory(parent=threat_source)
    response = signed_in.get(page_url(ThreatSource, "changelist"))
    counts = {row.ref: row.threat_count for row in response.context["cl"].result_list}
    assert sorted(counts.values()) == [0, 1]


@pytest.mark.parametrize("act", Act)
def test_changes_are_narrowed_to_one_kind_of_act(listed, act):
    official = OfficialFactory()
    Official.objects.update(summary="Edited.")
    official.delete()
    keys = Change.objects.filter(act=act.value, table="roster_official").values_list(
        "pk", flat=True
    )
    assert listed(Change, act__exact=act.value, table="roster_official") == set(keys) != set()

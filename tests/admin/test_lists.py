"""Lists: what they show, find and cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import (
    Change,
    Changeset,
    Citation,
    Official,
    Paragraph,
    Protection,
    ThreatSource,
)
from roster.models.citations import CITABLE
from tests.admin.pages import FACTORIES, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    ThreatSourceFactory,
)


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("kind", FACTORIES)
def test_list_costs_the_same_queries_for_one_row_and_for_a_hundred(signed_in, kind):
    row = FACTORIES[kind]()
    url = page_url(type(row), "changelist")
    signed_in.get(url)
    at_one = queries(signed_in, url)
    FACTORIES[kind].create_batch(99)
    assert queries(signed_in, url) == at_one


@pytest.mark.parametrize("kind", CITABLE)
def test_list_of_records_shows_the_gravest_state_at_no_query_a_row(signed_in, kind):
    def cited():
        record = FACTORIES[kind]()
        CitationFactory(**({"official": None} | {kind: record}), field="summary", value="as it was")
        return record

    url = page_url(type(cited()), "changelist")
    assert "evidence-stale" in text_of(signed_in.get(url))
    at_one = queries(signed_in, url)
    for _ in range(19):
        cited()
    assert queries(signed_in, url) == at_one


def test_list_of_citations_shows_every_state_of_each(signed_in):
    CitationFactory(value="as it was")
    shown = text_of(signed_in.get(page_url(Citation, "changelist")))
    assert "evidence-stale" in shown
    assert "evidence-unverified" in shown
    assert "evidence-current" not in shown


@pytest.mark.parametrize("model", [Changeset, Change])
def test_list_of_the_ledger_costs_the_same_queries_however_long(signed_in, analyst, model):
    def write():
        with changeset(user=analyst, reason="Written.", kind="edit"):
            ParagraphFactory()

    write()
    url = page_url(model, "changelist")
    signed_in.get(url)
    at_one = queries(signed_in, url)
    for _ in range(19):
        write()
    assert queries(signed_in, url) == at_one


def found(client, model, query):
    response = client.get(page_url(model, "changelist"), {"q": query})
    return {row.ref for row in response.context["cl"].result_list}


@pytest.mark.parametrize(
    "query", ["zola", "ZOLA émile", "Emile", "zola-emile", "l'assommoir", "Зола"]
)
def test_officials_are_found_whatever_the_case_accents_order_or_script(signed_in, query):
    OfficialFactory(ref="writer", name="Émile Zola", aliases=["L’Assommoir"])
    OfficialFactory(ref="other", name="Somebody Else")
    assert found(signed_in, Official, query) == {"writer"}


def test_officials_are_found_by_ref_and_not_by_marks_alone(signed_in):
    OfficialFactory(ref="mark-milley", name="Other Name")
    assert found(signed_in, Official, "mark-milley") == {"mark-milley"}
    assert found(signed_in, Official, "???") == set()


def test_threat_sources_and_protections_are_found_by_folded_names(signed_in):
    ThreatSourceFactory(ref="quds", name="Niru-ye Qods")
    ProtectionFactory(ref="p", official=OfficialFactory(name="Müller"))
    assert found(signed_in, ThreatSource, "qods niru") == {"quds"}
    assert found(signed_in, Protection, "muller") == {"p"}


def test_filter_by_level_keeps_the_others_out(signed_in):
    ProtectionFactory(ref="a", level="event")
    ProtectionFactory(ref="b", level="unknown")
    response = signed_in.get(page_url(Protection, "changelist"), {"level__exact": "event"})
    assert [row.ref for row in response.context["cl"].result_list] == ["a"]


def test_outside_writes_can_be_filtered_in_the_list_of_changes(signed_in):
    with changeset(reason="Written.", kind="command"):
        OfficialFactory(ref="inside")
    OfficialFactory(ref="beside")
    response = signed_in.get(
        page_url(Change, "changelist"), {"outside": "yes", "table": "roster_official"}
    )
    assert "official:beside" in text_of(response)
    assert "official:inside" not in text_of(response)
    response = signed_in.get(page_url(Change, "changelist"), {"outside": "no"})
    assert "official:inside" in text_of(response)
    assert "official:beside" not in text_of(response)


def test_autocomplete_names_a_paragraph_with_its_source(signed_in):
    ParagraphFactory(source=SourceFactory(ref="notice"), number=7)
    response = signed_in.get(
        "/autocomplete/",
        {"app_label": "roster", "model_name": "citation", "field_name": "paragraph", "term": "7"},
    )
    assert [result["text"] for result in response.json()["results"]] == ["notice ¶7"]


def test_autocomplete_tells_officials_of_one_name_apart(signed_in):
    OfficialFactory(ref="ann-1", name="Ann")
    OfficialFactory(ref="ann-2", name="Ann")
    response = signed_in.get(
        "/autocomplete/",
        {"app_label": "roster", "model_name": "role", "field_name": "official", "term": "ánn"},
    )
    texts = [result["text"] for result in response.json()["results"]]
    assert texts == ["Ann (ann-1)", "Ann (ann-2)"]


def test_list_shows_markup_as_text(signed_in):
    OfficialFactory(name="<script>alert(1)</script>")
    assert "<script>alert" not in text_of(signed_in.get(page_url(Official, "changelist")))


def test_paragraphs_are_listed_by_source_and_number(signed_in):
    source = SourceFactory()
    for number in (10, 9):
        ParagraphFactory(source=source, number=number)
    response = signed_in.get(page_url(Paragraph, "changelist"))
    assert [row.number for row in response.context["cl"].result_list] == [9, 10]


def test_index_lists_models_in_the_order_of_the_domain_and_no_recent_actions(signed_in):
    response = signed_in.get("/")
    roster, accounts = response.context["app_list"]
    assert [entry["object_name"] for entry in roster["models"]] == [
        "Official",
        "Role",
        "ThreatSource",
        "Threat",
        "Protection",
        "ProtectionExtension",
        "Source",
        "Paragraph",
        "Citation",
        "ImportMapping",
        "Changeset",
        "Change",
        "ImportRun",
    ]
    assert [entry["object_name"] for entry in accounts["models"]] == ["User", "Group"]
    assert "Recent actions" not in text_of(response)

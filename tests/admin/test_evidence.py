"""Provenance in both directions: citations by field, and what rests on a paragraph."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin import evidence
from roster.models.citations import CITABLE, citable_columns
from tests.admin.pages import FACTORIES, change_page, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    UserFactory,
)


def fields(response):
    return {field.heading: field for field in response.context["evidence"].fields}


@pytest.mark.parametrize("kind", CITABLE)
def test_citation_stands_at_its_field_with_all_that_it_says(signed_in, kind):
    record = FACTORIES[kind]()
    paragraph = ParagraphFactory(source=SourceFactory(title="A notice"), number=7)
    citation = CitationFactory(
        **({"official": None} | {kind: record}),
        field="summary",
        paragraph=paragraph,
        quote="words relied on",
        stance="disputes",
        value="as it was",
    )
    response = signed_in.get(change_page(record))
    (passage,) = fields(response)["Summary"].passages
    assert (passage.source_title, passage.paragraph.text, passage.quote, passage.value) == (
        "A notice",
        "¶7",
        "words relied on",
        "as it was",
    )
    assert (passage.citation.text, passage.disputes) == ("Disputes", True)
    for target in (citation, paragraph):
        assert f'href="{change_page(target)}"' in text_of(response)


def test_fields_stand_in_their_order_and_each_can_be_cited(signed_in):
    protection = ProtectionFactory()
    shown = signed_in.get(change_page(protection)).context["evidence"].fields
    assert [field.cite_url.split("/")[-2] for field in shown] == [
        *citable_columns(type(protection))
    ]


@pytest.mark.parametrize(
    ("values", "field", "wanted"),
    [
        ({"provider": "Army"}, "Provider", True),
        ({"provider": ""}, "Provider", False),
        ({"level": "event"}, "Level", True),
        ({"level": "unknown"}, "Level", False),
        ({"summary": "In short"}, "Summary", False),
    ],
)
def test_value_without_a_citation_is_said_to_be_not_cited(signed_in, values, field, wanted):
    response = signed_in.get(change_page(ProtectionFactory(**values)))
    assert fields(response)[field].wanted is wanted


def test_more_citations_than_the_page_shows_are_linked(signed_in, monkeypatch):
    monkeypatch.setattr(evidence, "MOST_ROWS", 2)
    official = OfficialFactory()
    CitationFactory.create_batch(3, official=official)
    CitationFactory()
    shown = signed_in.get(change_page(official)).context["evidence"]
    assert len(shown.fields[0].passages) == 2
    assert len(signed_in.get(shown.all_url).context["cl"].result_list) == 3


@pytest.fixture
def reader(client, db):
    """Signs in somebody with just these permissions."""

    def signed_in_with(*codenames):
        user = UserFactory(is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return signed_in_with


def test_who_may_not_view_citations_sees_no_evidence(reader):
    citation = CitationFactory(quote="the words")
    response = reader("view_official", "view_source", "view_paragraph").get(
        change_page(citation.official)
    )
    assert response.context["evidence"] is None
    assert "the words" not in text_of(response)
    (shown,) = (
        reader("view_source", "view_paragraph")
        .get(change_page(citation.paragraph.source))
        .context["paragraphs"]
    )
    assert shown.resting == ()


def test_who_may_not_add_citations_is_not_offered_to_cite(reader):
    response = reader("view_official", "view_citation").get(change_page(OfficialFactory()))
    assert {field.cite_url for field in response.context["evidence"].fields} == {""}


def test_who_may_not_view_paragraphs_sees_none_on_the_page_of_the_source(reader):
    response = reader("view_source").get(change_page(ParagraphFactory().source))
    assert "Paragraphs and what rests on them" not in text_of(response)


def test_source_lists_its_paragraphs_with_the_records_and_fields_that_rest_on_each(signed_in):
    source = SourceFactory()
    cited = ParagraphFactory(source=source, number=1, summary="Said so")
    bare = ParagraphFactory(source=source, number=2)
    official = OfficialFactory(name="Ann", ref="ann")
    name = CitationFactory(official=official, field="name", paragraph=cited)
    born = CitationFactory(official=official, field="born", paragraph=cited, stance="disputes")
    response = signed_in.get(change_page(source))
    first, second = response.context["paragraphs"]
    assert (first.paragraph.text, first.summary, second.resting) == ("¶1", "Said so", ())
    (record,) = first.resting
    assert (record.record.text, record.record.url) == ("Official: Ann (ann)", change_page(official))
    assert [(field.heading, field.disputed) for field in record.fields] == [
        ("Born", True),
        ("Name", False),
    ]
    for target in (cited, bare, name, born):
        assert f'href="{change_page(target)}"' in text_of(response)
    assert "Nothing rests on it" in text_of(response)


def test_source_without_paragraphs_says_what_to_do(signed_in):
    response = signed_in.get(change_page(SourceFactory()))
    assert "No paragraphs yet." in text_of(response)
    assert "Add a paragraph" in text_of(response)


def test_page_of_a_source_costs_the_same_queries_however_much_rests_on_it(signed_in):
    paragraph = ParagraphFactory()
    url = change_page(paragraph.source)
    counts = []
    for more in (1, 19):
        CitationFactory.create_batch(more, paragraph=paragraph)
        ParagraphFactory.create_batch(more, source=paragraph.source)
        signed_in.get(url)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]

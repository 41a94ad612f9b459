"""What rests on a source's paragraphs, and who may see it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.admin.pages import change_page, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    SourceFactory,
    UserFactory,
)


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

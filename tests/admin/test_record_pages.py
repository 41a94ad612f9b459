"""A record's page: its citations with their passages, and what belongs to it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin import display
from roster.models import Citation
from tests.admin.pages import FACTORIES, change_page, page, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ThreatFactory,
    ThreatSourceFactory,
    UserFactory,
)


def tables(response):
    return {table.title: table for table in response.context["linked_tables"]}


def test_paragraph_links_back_to_the_records_that_cite_it(signed_in):
    official = OfficialFactory(name="Ann", ref="ann")
    citation = CitationFactory(official=official)
    response = signed_in.get(change_page(citation.paragraph))
    (row,) = tables(response)["What rests on it"].rows
    assert row[1] == display.Cell("Ann (ann)", change_page(official))


def test_threat_source_lists_its_threats_and_parts(signed_in):
    threat = ThreatFactory()
    part = ThreatSourceFactory(parent=threat.threat_source)
    response = signed_in.get(change_page(threat.threat_source))
    assert tables(response)["Threats"].rows[0][0].text == threat.ref
    assert tables(response)["Parts"].rows[0][0].text == part.ref


def test_long_table_is_cut_and_links_to_all_of_it(signed_in, monkeypatch):
    monkeypatch.setattr(display, "MOST_ROWS", 2)
    source = ThreatSourceFactory()
    ThreatSourceFactory.create_batch(3, parent=source)
    ThreatSourceFactory()
    table = tables(signed_in.get(change_page(source)))["Parts"]
    assert len(table.rows) == 2
    assert len(signed_in.get(table.all_url).context["cl"].result_list) == 3


def test_table_offers_to_add_with_the_record_filled_in(signed_in):
    source = ThreatSourceFactory()
    table = tables(signed_in.get(change_page(source)))["Threats"]
    form = signed_in.get(table.add_url).context["adminform"].form
    assert form["threat_source"].value() == str(source.pk)


def test_page_costs_the_same_queries_for_one_citation_and_for_twenty(signed_in):
    official = OfficialFactory()
    CitationFactory(official=official)
    url = change_page(official)
    signed_in.get(url)
    counts = []
    for more in (0, 19):
        CitationFactory.create_batch(more, official=official)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_what_a_user_may_not_view_is_not_listed(client, db):
    user = UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_official"))
    client.force_login(user)
    official = CitationFactory().official
    response = client.get(change_page(official))
    assert response.status_code == 200
    assert tables(response) == {}
    assert "Why?" not in text_of(response)


def test_values_are_shown_as_text(signed_in):
    markup = "<img src=x onerror=alert(1)>"
    official = OfficialFactory(name=markup)
    citation = CitationFactory(official=official, quote=markup)
    pages = [change_page(official), change_page(citation.paragraph), change_page(citation)]
    for url in [*pages, page(citation, "history"), page(official, "delete")]:
        assert "<img src=x" not in text_of(signed_in.get(url))


@pytest.mark.parametrize("kind", FACTORIES)
def test_pages_open(signed_in, kind):
    row = FACTORIES[kind]()
    for url in (
        display.page_url(type(row), "changelist"),
        display.page_url(type(row), "add"),
        change_page(row),
        page(row, "history"),
        page(row, "delete"),
    ):
        assert signed_in.get(url).status_code == 200


def test_stale_choice_of_a_citation_is_shown_with_its_record(signed_in):
    citation = CitationFactory(official=OfficialFactory(name="Ann", ref="ann"))
    response = signed_in.get(change_page(citation))
    assert "Ann (ann)" in text_of(response)
    assert Citation.objects.get().record.ref == "ann"

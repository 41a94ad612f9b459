"""The timeline of the whole roster: rows of officials, page by page."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.display import page_url
from roster.admin.timeline import roster_page
from roster.models import Official
from tests.admin.pages import text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ProtectionFactory,
    RoleFactory,
    ThreatFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-23T12:00Z", tick=False):
        yield


@pytest.fixture
def seven(monkeypatch):
    """Officials a to g, of whom b is protected and e threatened; three a page."""
    monkeypatch.setattr(roster_page, "OFFICIALS_A_PAGE", 3)
    officials = {ref: OfficialFactory(ref=ref, name=f"Official {ref.upper()}") for ref in "abcdefg"}
    ProtectionFactory(official=officials["b"], start="2020", end="..")
    ThreatFactory(official=officials["e"], start="2021", end="2022")
    return officials


def names(response):
    return [row.official.text[-1].lower() for row in response.context["rows"]]


def links(response):
    return {link.text: link.url for link in response.context["page"].links}


def get(client, **asked):
    return client.get("/timeline/", asked)


def test_pages_follow_one_another_in_both_directions(signed_in, seven):
    address, walked = "", []
    while address is not None:
        response = signed_in.get(f"/timeline/{address}")
        walked.append("".join(names(response)))
        address = links(response).get("After")
    assert walked == ["abc", "def", "g"]
    back = signed_in.get(f"/timeline/{links(response)['Before']}")
    assert names(back) == ["d", "e", "f"]


def test_first_and_last_page_are_one_step_away(signed_in, seven):
    first = get(signed_in)
    assert list(links(first)) == ["After", "Last"]
    last = signed_in.get(f"/timeline/{links(first)['Last']}")
    assert names(last) == ["e", "f", "g"]
    assert list(links(last)) == ["First", "Before"]
    assert names(signed_in.get(f"/timeline/{links(last)['First']}")) == ["a", "b", "c"]


def test_a_page_that_would_begin_before_the_first_is_the_first(signed_in, seven):
    assert names(get(signed_in, before="c")) == ["a", "b", "c"]


@pytest.mark.parametrize("place", ["after", "before"])
def test_a_place_that_no_database_takes_is_none(signed_in, seven, place):
    assert names(get(signed_in, **{place: "\0"})) == ["a", "b", "c"]


def test_links_keep_what_was_asked(signed_in, seven):
    response = get(signed_in, zoom="quarter", q="official", only="concerned", **{"from": "2021"})
    assert names(response) == ["b", "e"]
    months = response.context["windows"].zooms[-1].url
    assert "q=official" in months
    assert "only=concerned" in months
    page = text_of(response)
    for name, value in (("zoom", "quarter"), ("from", "2021-01")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


def test_a_name_is_found_as_everywhere(signed_in, seven):
    OfficialFactory(ref="z", name="Çelik")
    assert names(get(signed_in, q="celik")) == ["k"]


def test_what_is_too_long_to_look_for_is_refused(signed_in, seven):
    assert "This is too much to look for" in text_of(get(signed_in, q="a b c d e f g h i j k l m"))


def test_rows_have_bars_that_lead_to_their_records(signed_in, seven):
    protection = seven["b"].protections.get()
    response = get(signed_in)
    svg = response.context["svg"]
    assert f'<a class="bar" href="{page_url(type(protection), "change", protection.pk)}"' in svg
    assert f'<a class="name" href="{page_url(Official, "timeline", seven["a"].pk)}"' in svg
    table = [
        " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for row in response.context["rows"][1].entries
    ]
    assert table == ["Protection Part time 2020 open: no end foreseen Definitely No evidence"]


def test_who_has_nothing_in_the_window_is_listed_and_said_to(signed_in, seven):
    assert "Nothing in this window" in text_of(get(signed_in))


def test_what_has_no_lane_is_counted_in_picture_and_table(signed_in):
    ann = OfficialFactory()
    for _ in range(5):
        ThreatFactory(official=ann)
    page = text_of(get(signed_in))
    assert page.count("and 2 more") == 2


@pytest.mark.parametrize("asked", [{}, {"zoom": "year", "from": "2019"}])
def test_window_has_today_where_none_is_asked(signed_in, seven, asked):
    assert get(signed_in, **asked).context["windows"].shown == "January 2019 to December 2028"


@pytest.mark.parametrize("asked", [{"zoom": "fit"}, {"from": "soon"}])
def test_a_window_that_there_is_not_is_refused_with_a_sentence(signed_in, seven, asked):
    response = get(signed_in, **asked)
    assert "errornote" in text_of(response)
    assert response.context["windows"].shown == "January 2019 to December 2028"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Add the first one"),
        ({"q": "nobody"}, "No official is so."),
        ({"only": "concerned"}, "No official is so."),
        ({"after": "zzz"}, "No officials come after this."),
    ],
)
def test_an_empty_page_says_what_to_do(signed_in, asked, sentence):
    assert sentence in text_of(get(signed_in, **asked))


def test_page_costs_the_same_queries_for_one_official_and_for_twenty(signed_in):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            get(signed_in, only="concerned")
        return len(captured)

    def add(count):
        for _ in range(count):
            protection = ProtectionFactory()
            CitationFactory(official=None, protection=protection, field="level")
            RoleFactory(official=protection.official)
            ThreatFactory(official=protection.official)

    add(1)
    get(signed_in)
    one = queries()
    add(19)
    assert queries() == one


@pytest.mark.parametrize("address", ["/", "/protected/"])
def test_it_is_linked_where_one_would_look(signed_in, seven, address):
    assert 'href="/timeline/"' in text_of(signed_in.get(address))

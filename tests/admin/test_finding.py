"""Quick find over all models, and the overview of keys: what they show, to whom, at what cost."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.display import row_url
from roster.admin.finding import page as finding
from roster.admin.finding.page import ROWS_A_KIND
from roster.models import ImportRun
from tests.admin.pages import text_of
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    ThreatFactory,
    UserFactory,
)

BEGUN = datetime(2026, 3, 9, tzinfo=UTC)
MOST_QUERIES = 60
"""That quick find asks of a superuser, session and account included, whatever it finds."""


@pytest.fixture
def fell(db):
    """An official with a row of each kind."""
    official = OfficialFactory(ref="jo-fell", name="José Fell", aliases=["The Elder"])
    RoleFactory(ref="jo-fell/warden", official=official, title="Warden")
    ThreatFactory(ref="x/plot/jo-fell", official=official)
    extension = ExtensionFactory(protection=ProtectionFactory(official=official))
    paragraph = ParagraphFactory(source=SourceFactory(title="On Fell"))
    CitationFactory(official=None, extension=extension, field="reason", paragraph=paragraph)
    return official


def find(client, query):
    return client.get("/find/", {"q": query})


def kinds(response):
    return {kind.name: kind for kind in response.context["kinds"]}


def test_every_kind_that_has_the_words_is_found_in_the_order_of_the_first_page(signed_in, fell):
    assert list(kinds(find(signed_in, "fell"))) == [
        "Officials",
        "Roles",
        "Threats",
        "Protections",
        "Extensions",
        "Sources",
        "Paragraphs",
        "Citations",
    ]


def test_a_row_has_a_link_and_the_reason_for_which_it_was_found(signed_in, fell):
    page = text_of(find(signed_in, "elder jose"))
    assert f'<a href="{row_url(fell)}">José Fell (jo-fell)</a>' in page
    assert "name: <mark>José</mark> Fell; alias: The <mark>Elder</mark>" in page
    assert "official: <mark>José</mark> Fell; alias of the official: The" in page


def test_a_kind_shows_its_first_rows_its_count_and_leads_to_the_list(signed_in):
    for number in range(ROWS_A_KIND + 2):
        OfficialFactory(ref=f"a-fell-{number}", name=f"Fell {number}")
    OfficialFactory(ref="fell", name="Anybody")
    kind = kinds(find(signed_in, "fell"))["Officials"]
    assert len(kind.rows) == ROWS_A_KIND
    assert kind.rows[0].text == "Anybody (fell)"
    assert kind.count == str(ROWS_A_KIND + 3)
    listed = signed_in.get(kind.all_url).context["cl"]
    assert str(listed.result_count) == kind.count


def test_very_many_are_not_counted(signed_in, monkeypatch):
    monkeypatch.setattr("roster.dashboards.finding.MOST_KEYS", 2)
    monkeypatch.setattr(finding, "MOST_KEYS", 2)
    OfficialFactory.create_batch(3)
    assert kinds(find(signed_in, "official"))["Officials"].count == "More than 2"


def test_a_changeset_is_found_by_its_number_and_its_reason(signed_in):
    found = kinds(find(signed_in, "account"))["Changesets"]
    assert found.rows[0].text.endswith("Account.")
    number = found.rows[0].text.split()[0]
    assert kinds(find(signed_in, number))["Changesets"].rows[0].text == found.rows[0].text


@pytest.mark.parametrize("query", ["", "  ", "\0"])
def test_without_words_the_page_says_what_to_do(signed_in, query):
    page = text_of(find(signed_in, query))
    assert "Type words of a name or an alias" in page
    assert "Nothing that you may view" not in page


def test_near_names_are_offered_when_nothing_is_found(signed_in, fell):
    response = find(signed_in, "josse fel")
    assert "Nothing that you may view has all the words of “josse fel”." in text_of(response)
    assert '<a href="?q=Jos%C3%A9%20Fell">José Fell</a>' in text_of(response)


@pytest.mark.parametrize("query", ["x" * 301, " ".join(map(str, range(10_000)))])
def test_what_is_too_much_is_refused_and_asks_nothing_of_the_tables(signed_in, query):
    with CaptureQueriesContext(connection) as asked:
        response = find(signed_in, query)
    assert "This is too much to look for: give at most 12 words" in text_of(response)
    assert not [one for one in asked if "LIKE" in one["sql"]]
    assert len(text_of(response)) < 60_000


@pytest.mark.parametrize(
    "query",
    [
        "<script>alert(1)</script>",
        *(
            "???",
            "%",
            "_",
            "\\",
            "a\0b",
            "'; DROP TABLE",
            "a:b:c",
            "official:",
            "²",
            "#",
            "¶",
            "../",
        ),
    ],
)
def test_hostile_queries_get_a_page(signed_in, fell, query):
    response = find(signed_in, query)
    assert response.status_code == 200
    assert "<script>alert" not in text_of(response)


def test_markup_in_names_is_text(signed_in):
    OfficialFactory(name="<b>Fell</b>", aliases=["<i>Fell</i>"])
    page = text_of(find(signed_in, "fell"))
    assert "<b>" not in page
    assert "<i>" not in page


def test_only_what_one_may_view_is_found_and_named(client, fell):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_role"))
    client.force_login(user)
    assert not kinds(find(client, "elder"))
    assert "Did you mean" not in text_of(find(client, "eldar"))
    found = kinds(find(client, "warden"))
    assert list(found) == ["Roles"]
    assert "José" not in text_of(find(client, "warden"))


@pytest.mark.parametrize("group", ["Viewer", "Analyst", "Reviewer"])
def test_accounts_are_found_by_administrators_alone(client, db, group):
    user = UserFactory(is_staff=True, username="fellow")
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    assert not kinds(find(client, "fellow"))


def test_one_who_may_view_nothing_finds_nothing(client, fell):
    client.force_login(UserFactory(is_staff=True))
    assert not kinds(find(client, "fell"))
    assert [place.key for place in find(client, "fell").context["places"]] == ["h"]


def test_one_who_is_not_signed_in_is_asked_to(client, fell):
    for address in ("/find/?q=fell", "/keys/"):
        assert client.get(address).status_code == 302
    assert 'name="q"' not in text_of(client.get("/login/"))


@pytest.mark.parametrize("query", ["fell", "official", "zzzz"])
def test_finding_costs_the_same_queries_for_one_row_of_each_kind_and_for_twenty(
    signed_in, fell, query
):
    counts = []
    for more in (1, 19):
        for _ in range(more):
            extension = ExtensionFactory(protection=ProtectionFactory(official=fell))
            CitationFactory(official=None, extension=extension, field="reason")
            RoleFactory(official=fell)
            ThreatFactory(official=fell)
        find(signed_in, query)
        with CaptureQueriesContext(connection) as asked:
            find(signed_in, query)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_every_page_has_the_field_and_the_keys(signed_in, fell):
    for address in ("/", row_url(fell), "/roster/official/", "/protected/", "/keys/", "/find/"):
        page = text_of(signed_in.get(address))
        assert page.count('<form class="find" method="get" action="/find/"') == 1
        assert page.count('data-place="o" href="/roster/official/"') == 1
        assert page.count('href="/keys/"') == 1


def test_a_popup_has_neither(signed_in):
    page = text_of(signed_in.get("/roster/official/add/?_popup=1"))
    assert 'class="find"' not in page
    assert "keys-dialog" not in page


def test_every_place_has_a_key_of_its_own_and_is_there(signed_in):
    places = signed_in.get("/keys/").context["places"]
    keys = [place.key for place in places]
    assert len(keys) == len(set(keys)) == 14
    assert not set(keys) & set("ajkq")
    assert {signed_in.get(place.url).status_code for place in places} == {200}


def test_places_that_one_may_not_see_are_not_listed(client, db):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_official"))
    client.force_login(user)
    page = text_of(client.get("/keys/"))
    assert re.findall(r'data-place="(\w)"', page) == ["h", "o", "l"]


@pytest.mark.parametrize("group", ["Viewer", "Analyst", "Reviewer", "Administrator"])
def test_every_place_that_is_listed_is_open_to_who_sees_it(client, db, group):
    user = UserFactory(is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    places = client.get("/keys/").context["places"]
    assert {place.url: client.get(place.url).status_code for place in places} == {
        place.url: 200 for place in places
    }


def test_imports_of_others_are_neither_found_nor_counted(client, db):
    analyst = UserFactory(is_staff=True)
    analyst.groups.set(Group.objects.filter(name="Analyst"))
    mine, theirs = (
        ImportRun.objects.create(
            stem="roles", reason="Zephyr.", user=user, token=user.username, begun_at=BEGUN
        )
        for user in (analyst, UserFactory())
    )
    client.force_login(analyst)
    found = kinds(find(client, "zephyr"))["Import runs"]
    assert found.count == "1"
    assert [row.url for row in found.rows] == [row_url(mine)]
    assert row_url(theirs) not in text_of(find(client, "zephyr"))

"""The page of who is protected on a day, and what the first page says of it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin import protected
from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import Changeset, Official
from tests.admin.pages import change_page, text_of
from tests.factories import OfficialFactory, ProtectionFactory, UserFactory


@pytest.fixture
def roster(db):
    """Ann is protected in 2020, Bob perhaps at any time, Cem never."""
    with changeset(reason="Prepared.", kind="command"):
        ann, bob = OfficialFactory(name="Ann"), OfficialFactory(name="Bob")
        OfficialFactory(name="Cem")
        ProtectionFactory(official=ann, start="2019", end="2021", level="event")
        ProtectionFactory(official=bob)
    return ann


def names(response):
    return {
        group.certainty.value: [official.link.text for official in group.officials]
        for group in response.context["groups"]
    }


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2020-06-01", {"definitely": ["Ann"], "possibly": ["Bob"], "no": ["Cem"]}),
        ("2019-06-01", {"definitely": [], "possibly": ["Ann", "Bob"], "no": ["Cem"]}),
        ("2022-01-01", {"definitely": [], "possibly": ["Bob"], "no": ["Ann", "Cem"]}),
    ],
)
def test_officials_stand_by_how_sure_it_is(signed_in, roster, day, expected):
    assert names(signed_in.get("/protected/", {"on": day})) == expected


@pytest.mark.parametrize("query", [{}, {"on": ""}, {"p": "1"}])
def test_day_is_today_where_none_is_given(signed_in, roster, query):
    with time_machine.travel("2020-06-01T12:00:00Z", tick=False):
        response = signed_in.get("/protected/", query)
    assert names(response)["definitely"] == ["Ann"]
    assert "1 June 2020" in text_of(response)


def test_protections_are_said_in_words_with_links(signed_in, roster):
    page = text_of(signed_in.get("/protected/", {"on": "2020-06-01"}))
    protection = roster.protections.get()
    for row in (roster, protection):
        assert f'href="{change_page(row)}"' in page
    assert "level at events, start 2019, end 2021" in page


@pytest.mark.parametrize("day", ["2020-13-01", "2020", "20200601", "18/07/2024", "<b>", "\0"])
def test_bad_day_is_refused_with_a_sentence(signed_in, roster, day):
    response = signed_in.get("/protected/", {"on": day})
    assert response.status_code == 200
    assert "groups" not in response.context
    page = text_of(response)
    assert "is not a day: give one as YYYY-MM-DD" in page or "Null characters" in page
    assert "<b>" not in page


def test_page_is_cut_and_counts_all(signed_in, roster, monkeypatch):
    monkeypatch.setattr(protected, "OFFICIALS_A_PAGE", 2)
    first = signed_in.get("/protected/", {"on": "2020-06-01"})
    assert names(first) == {"definitely": ["Ann"], "possibly": ["Bob"], "no": []}
    assert "1 definitely, 1 possibly, 1 no" in text_of(first)
    second = signed_in.get("/protected/", {"on": "2020-06-01", "p": 2})
    assert names(second) == {"definitely": [], "possibly": [], "no": ["Cem"]}


def test_page_costs_the_same_queries_for_three_officials_and_for_thirty(signed_in, roster):
    counts = []
    for more in (0, 30):
        ProtectionFactory.create_batch(more)
        signed_in.get("/protected/")
        with CaptureQueriesContext(connection) as captured:
            signed_in.get("/protected/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_page_is_for_those_who_may_view_officials_and_protections(client, db):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_official"))
    client.force_login(user)
    assert client.get("/protected/").status_code == 403
    assert not client.get("/").context["sections"]
    assert "latest_changesets" not in client.get("/").context


def test_empty_roster_says_what_to_do_first(signed_in):
    assert "Add the first one" in text_of(signed_in.get("/protected/"))


def test_first_page_counts_who_is_protected_today_and_shows_the_latest_changesets(
    signed_in, roster
):
    with time_machine.travel("2020-06-01T12:00:00Z", tick=False):
        response = signed_in.get("/")
    (covered,) = [one for one in response.context["sections"] if one.key == "covered"]
    counts = {number.label: number.count for number in covered.numbers}
    assert counts == {"Definitely": 1, "Possibly": 1}
    assert "Prepared." in text_of(response)
    assert 'href="/protected/"' in text_of(response)


class TestAsKnownThen:
    @pytest.fixture
    def known(self, roster):
        """Before Ann was called Anna, and before it was known that her protection had ended."""
        known = f"#{Changeset.objects.latest('position').position}"
        with changeset(reason="News.", kind="command"):
            roster.name = "Anna"
            roster.save()
            roster.protections.update(end="2019-12")
            Official.objects.get(name="Cem").delete()
        return known

    def test_officials_and_protections_are_those_known_then(self, signed_in, known):
        asked = {"on": "2020-06-01", "known": known}
        then = {"definitely": ["Ann"], "possibly": ["Bob"], "no": ["Cem"]}
        assert names(signed_in.get("/protected/", asked)) == then
        today = {"definitely": [], "possibly": ["Bob"], "no": ["Anna"]}
        assert names(signed_in.get("/protected/", {"on": "2020-06-01"})) == today

    def test_banner_says_so_and_leads_back_to_now(self, signed_in, known):
        page = text_of(signed_in.get("/protected/", {"on": "2020-06-01", "known": known}))
        words = " ".join(page.split())
        assert f", changeset {known}. Nothing can be edited here." in words
        assert '<a href="?on=2020-06-01">Back to now</a>' in words
        now = signed_in.get("/protected/", {"on": "2020-06-01", "known": ""})
        assert "Nothing can be edited here." not in text_of(now)

    def test_links_lead_to_the_past_and_none_to_edit(self, signed_in, known, roster):
        response = signed_in.get("/protected/", {"on": "2020-06-01", "known": known})
        main = text_of(response).split('id="content-main"')[1]
        assert "/change/" not in main
        for group in response.context["groups"]:
            for official in group.officials:
                assert signed_in.get(official.link.url).status_code == 200
        protection = roster.protections.get()
        past = f"{page_url(Official, 'past', roster.pk)}?known={quote(known)}&on=2020-06-01"
        (ann,) = response.context["groups"][0].officials
        assert ann.link.url == f"{past}#official:{roster.ref}"
        assert ann.protections[0].link.url == f"{past}#protection:{protection.ref}"

    def test_pages_keep_both_times(self, signed_in, known, monkeypatch):
        monkeypatch.setattr(protected, "OFFICIALS_A_PAGE", 2)
        page = text_of(signed_in.get("/protected/", {"on": "2020-06-01", "known": known}))
        assert f'href="?on=2020-06-01&amp;known={quote(known)}&amp;p=2"' in page

    def test_nothing_was_known_before_the_first_changeset(self, signed_in, known):
        page = text_of(signed_in.get("/protected/", {"known": "1999-12-31"}))
        assert "before the first changeset" in page
        assert "No officials were known." in page
        assert "Add the first one" not in page

    @pytest.mark.parametrize("bad", ["soon", "2024-13-01", "#999", "<b>", "\0"])
    def test_bad_moment_is_refused_beside_its_input(self, signed_in, known, bad):
        response = signed_in.get("/protected/", {"on": "2020-06-01", "known": bad})
        assert response.status_code == 200
        assert "groups" not in response.context
        assert 'id="id_known_error"' in text_of(response)
        assert "<b>" not in text_of(response)

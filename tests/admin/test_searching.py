"""Search in lists: what is found by which words, why, what else may be meant, and what it costs."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.display import page_url
from roster.dashboards import finding
from roster.models import (
    Change,
    Changeset,
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from tests.admin.pages import FACTORIES, text_of
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
    UserFactory,
)


def searched(client, model, query, **more):
    return client.get(page_url(model, "changelist"), {"q": query, **more})


def found(client, model, query):
    return {str(row) for row in searched(client, model, query).context["cl"].result_list}


def whys(response):
    """Why each row was found, as text, what is marked in brackets."""
    lines = re.findall(r'<span class="found-by">(.*?)</span></a>', text_of(response), re.DOTALL)
    marked = (re.sub("<mark>(.*?)</mark>", r"[\1]", line) for line in lines)
    return [unescape(re.sub("<.*?>", "", line)) for line in marked]


CALLED = {
    "threat_source": "threat",
    "source": "source",
    "paragraph": "source",
    "citation": "name",
    "user": "user",
    "group": "group",
    "importmapping": "mapping",
}
"""A word that finds all rows that a factory makes; of the others it is “official”."""


@pytest.fixture
def story(db):
    """One official with a row of each kind, beside another official with the same."""
    for ref, name, alias, state in (
        ("jo-fell", "José Fell", "Đorđe the Elder", "Ruritania"),
        ("other", "Somebody Else", "Nobody", "Elbonia"),
    ):
        official = OfficialFactory(ref=ref, name=name, aliases=[alias])
        RoleFactory(ref=f"{ref}/r", official=official, title="Warden", organization="Mint")
        source = ThreatSourceFactory(ref=state.lower(), name=state)
        ThreatFactory(ref=f"{ref}/t", official=official, threat_source=source, motive="Envy")
        protection = ProtectionFactory(ref=f"{ref}/p", official=official, provider="Guards")
        for number in (1, 8):
            ExtensionFactory(ref=f"{ref}/p/{number}", protection=protection, number=number)
        paragraph = ParagraphFactory(
            source=SourceFactory(ref=f"on-{ref}", title=f"On {name}"), number=7
        )
        CitationFactory(
            official=None,
            protection=protection,
            field="level",
            paragraph=paragraph,
            quote=f"of {ref}",
        )


@pytest.mark.parametrize(
    ("model", "query", "expected"),
    [
        (Official, "fell jose", {"José Fell"}),
        (Official, "dorde ELDER fell", {"José Fell"}),
        (Official, "jo-fell", {"José Fell"}),
        (Official, "official:jo-fell", {"José Fell"}),
        (Official, "official:jo", set()),
        (Official, "role:jo-fell/r", set()),
        (Official, "fell nobody", set()),
        (Role, "José", {"jo-fell/r"}),
        (Role, "đorđe", {"jo-fell/r"}),
        (Role, "warden", {"jo-fell/r", "other/r"}),
        (Role, "mint warden", {"jo-fell/r", "other/r"}),
        (Role, "josé warden", set()),
        (Role, "jo-fell warden", {"jo-fell/r"}),
        (Threat, "fell", {"jo-fell/t"}),
        (Threat, "ruritania", {"jo-fell/t"}),
        (Threat, "envy", {"jo-fell/t", "other/t"}),
        (ThreatSource, "RURI", {"Ruritania"}),
        (Protection, "elder", {"jo-fell/p"}),
        (Protection, "guards", {"jo-fell/p", "other/p"}),
        (ProtectionExtension, "fell", {"jo-fell/p/1", "jo-fell/p/8"}),
        (ProtectionExtension, "fell 8", {"jo-fell/p/8"}),
        (ProtectionExtension, "fell #8", {"jo-fell/p/8"}),
        (ProtectionExtension, "JO-FELL/p/8", {"jo-fell/p/8"}),
        (ProtectionExtension, "fell/p/8", set()),
        (Source, "on jose", set()),
        (Source, "JOSÉ on", {"On José Fell"}),
        (Source, "on-jo-fell", {"On José Fell"}),
        (Paragraph, "7", {"¶7"}),
        (Paragraph, "on-jo-fell ¶7", {"¶7"}),
        (Paragraph, "on-jo-fell 8", set()),
        (Citation, "fell", {"level: of jo-fell"}),
        (Citation, "jo-fell/p", {"level: of jo-fell"}),
        (Citation, "protection:jo-fell/p", {"level: of jo-fell"}),
        (Citation, "level", {"level: of jo-fell", "level: of other"}),
    ],
)
def test_rows_are_found_by_their_own_words_or_by_names_of_whom_they_are_of(
    signed_in, story, model, query, expected
):
    if model is Source and query == "JOSÉ on" and connection.vendor == "sqlite":
        query = "José on"  # SQLite folds no case beyond ASCII in what has no search key
    assert found(signed_in, model, query) == expected


def test_more_rows_than_are_told_by_keys_are_all_found(signed_in, story, monkeypatch):
    monkeypatch.setattr(finding, "MOST_KEYS", 1)
    assert found(signed_in, ProtectionExtension, "o") >= {"jo-fell/p/1", "other/p/8"}
    assert found(signed_in, Official, "e") == {"José Fell", "Somebody Else"}
    assert found(signed_in, Citation, "level") == {"level: of jo-fell", "level: of other"}
    assert found(signed_in, Paragraph, "7") == {"¶7"}


@pytest.mark.parametrize(
    ("model", "query", "why"),
    [
        (Official, "fell jose", "name: [José] [Fell]"),
        (Official, "DORDE", "alias: [Đorđe] the Elder"),
        (Official, "fell dorde", "name: José [Fell]; alias: [Đorđe] the Elder"),
        (Official, "jo-fell", "ref: [jo]-[fell]"),
        (Role, "elder", "alias of the official: Đorđe the [Elder]"),
        (Threat, "rurit", "threat source: [Rurit]ania"),
        (ProtectionExtension, "jose 8", "number: [8]; official: [José] Fell"),
        (ProtectionExtension, "jo-fell/p/8", "ref: [jo]-[fell]/[p]/[8]"),
        (Paragraph, "on-jo-fell", "source ref: [on]-[jo]-[fell]"),
        (Citation, "protection:jo-fell/p", "protection ref: [jo]-[fell]/[p]"),
    ],
)
def test_each_row_says_why_it_was_found(signed_in, story, model, query, why):
    assert whys(searched(signed_in, model, query)) == [why]


def test_a_list_that_is_not_searched_explains_nothing(signed_in, story):
    assert "found-by" not in text_of(signed_in.get(page_url(Official, "changelist")))
    assert "found-by" not in text_of(searched(signed_in, Official, "  "))


def test_a_list_sorts_by_the_same_columns_when_it_is_searched(signed_in, story):
    response = searched(signed_in, Official, "e", o="-1")
    assert [row.ref for row in response.context["cl"].result_list] == ["other", "jo-fell"]
    assert "Name" in text_of(response)


def test_markup_is_text_where_it_is_found(signed_in):
    OfficialFactory(name="<b>Bold</b> Fell", aliases=["<script>x</script>"])
    page = text_of(searched(signed_in, Official, "script bold"))
    assert "<script>x" not in page
    assert "<b>" not in page
    assert "&lt;<mark>script</mark>&gt;" in page


@pytest.mark.parametrize("query", ["milly", "Mark Miley", "MILLEJ mark", "Marc Milley"])
def test_near_names_are_offered_when_nothing_is_found(signed_in, query):
    OfficialFactory(ref="m", name="Mark Milley")
    OfficialFactory(ref="z", name="Zola")
    response = searched(signed_in, Official, query)
    assert not response.context["cl"].result_list
    assert 'Did you mean <a href="?q=Mark%20Milley">Mark Milley</a>?' in text_of(response)


def test_a_near_alias_is_offered_and_found_in_the_list_that_has_it(signed_in):
    ProtectionFactory(ref="p", official=OfficialFactory(name="Ann", aliases=["Khalilzad"]))
    OfficialFactory(name="Kalilzade")
    page = text_of(searched(signed_in, Protection, "kalilsad"))
    assert 'href="?q=Khalilzad"' in page
    assert "Kalilzade" not in page
    assert found(signed_in, Protection, "Khalilzad") == {"p"}


@pytest.mark.parametrize("query", ["mark", "xxxxxx", "???", "m"])
def test_nothing_is_offered_where_something_is_found_or_nothing_is_near(signed_in, query):
    OfficialFactory(name="Mark Milley")
    assert "Did you mean" not in text_of(searched(signed_in, Official, query))


@pytest.mark.parametrize("query", ["a" * 301, " ".join(map(str, range(10_000)))])
def test_what_is_too_much_to_look_for_is_refused_with_a_sentence(signed_in, query):
    OfficialFactory(name="a")
    response = searched(signed_in, Official, query)
    assert not response.context["cl"].result_list
    assert "give at most 12 words, with at most 300 characters together." in text_of(response)


@pytest.mark.parametrize(
    "model", [Official, Role, Threat, ProtectionExtension, Paragraph, Citation]
)
@pytest.mark.parametrize(
    "query",
    [
        "<script>alert(1)</script>",
        *("???", "%", "_", "\\", "'; DROP", "\0", "..", "/", "#", "-", "²"),
        *("a:b:c", "official:", "9" * 40, "\u202eabc"),
    ],
)
def test_hostile_queries_get_a_page(signed_in, story, model, query):
    response = searched(signed_in, model, query)
    assert response.status_code == 200
    assert "<script>alert" not in text_of(response)


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_search_costs_the_same_queries_for_one_row_and_for_twenty(signed_in, kind):
    row = FACTORIES[kind]()
    paths = signed_in.get(page_url(type(row), "changelist")).context["cl"].search_fields
    query = CALLED.get(kind, "official")
    assert paths
    counts = []
    for more in (0, 19):
        FACTORIES[kind].create_batch(more)
        searched(signed_in, type(row), query)
        with CaptureQueriesContext(connection) as asked:
            assert len(searched(signed_in, type(row), query).context["cl"].result_list) > more
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_names_of_those_whom_one_may_not_view_find_nothing_and_are_not_told(client, story):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_role"))
    client.force_login(user)
    assert found(client, Role, "elder") == set()
    assert whys(searched(client, Role, "warden")) == ["title: [Warden]"] * 2


def test_changesets_are_found_by_number_reason_and_user(signed_in, analyst):
    ledger = list(Changeset.objects.order_by("position"))
    last = ledger[-1]
    assert f"#{last.position}" in found(signed_in, Changeset, f"#{last.position}")
    assert found(signed_in, Changeset, "account") == {
        str(one) for one in ledger if "ccount" in one.reason
    }
    assert searched(signed_in, Change, "1").status_code == 200


def test_what_is_searched_is_said_below_the_field(signed_in):
    page = text_of(signed_in.get(page_url(ProtectionExtension, "changelist")))
    assert "Looks for all the words in how the ref begins, number" in page
    assert "names and aliases of the official." in page

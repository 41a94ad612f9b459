"""The feed: every changeset in sentences, narrowed by what the address asks for."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from roster.access.groups import keep_promises
from roster.history.changesets import changeset
from roster.history.feed import search as feed_search
from roster.models import Changeset, Citation, Official, Protection
from tests.admin.pages import change_page, page, send, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    UserFactory,
)

FEED = "/feed/"


@pytest.fixture
def protection(db):
    with changeset(reason="Begin.", kind="import"):
        ada = OfficialFactory(ref="ada-example", name="Ada Example")
        return ProtectionFactory(
            ref="ada-example/protection", official=ada, level="part_time", end="2024-07-18/.."
        )


def said(text):
    """A page's words, white space folded."""
    return " ".join(text.split())


def entries(client, **asked):
    return client.get(FEED, asked).context["entries"]


def reasons(client, **asked):
    return [entry.changeset.reason for entry in entries(client, **asked)]


def edit(protection, reason, **values):
    with changeset(reason=reason, kind="edit"):
        Protection.objects.filter(pk=protection.pk).update(**values)


def test_change_reads_as_a_sentence(signed_in, protection):
    edit(protection, "New notice.", end="2025-01-23")
    text = said(text_of(signed_in.get(FEED)))
    assert f'<a href="{change_page(protection)}">Ada Example, protection</a>' in text
    assert "<b>end</b> <del>2024-07-18/..</del> → <ins>2025-01-23</ins>" in text
    assert "New notice." in text


def test_citation_reads_as_a_sentence_with_its_quote(signed_in, protection):
    with changeset(reason="Cited.", kind="edit"):
        paragraph = ParagraphFactory(source=SourceFactory(ref="a-notice"), number=7)
        cited = CitationFactory(
            official=None,
            protection=protection,
            field="level",
            paragraph=paragraph,
            quote="made-up words",
        )
    text = said(text_of(signed_in.get(FEED)))
    assert "cites ¶7 of a-notice for level: <q>made-up words</q>" in text
    with changeset(reason="Altered.", kind="edit"):
        Citation.objects.filter(pk=cited.pk).update(quote="other words", stance="disputes")
    text = said(text_of(signed_in.get(FEED)))
    assert "alters the citation of ¶7 of a-notice for level: <q>other words</q>" in text
    with changeset(reason="Removed.", kind="edit"):
        cited.delete()
    text = said(text_of(signed_in.get(FEED)))
    assert "is no longer disputed by ¶7 of a-notice for level" in text


def test_new_and_deleted_records_are_told_in_words(signed_in, protection):
    official = OfficialFactory(ref="bo-sample", name="Bo Sample")
    send(signed_in, page(official, "delete"), change_reason="Entered twice")
    (deleted, new) = entries(signed_in)[0].records[0], entries(signed_in, kind="import")[0]
    assert (deleted.name, deleted.became, deleted.url) == ("Bo Sample", "Deleted", "")
    assert [record.became for record in new.records] == ["New", "New"]


def test_long_changeset_leads_to_its_page(signed_in, db):
    with changeset(reason="All at once.", kind="import"):
        OfficialFactory.create_batch(50)
    text = text_of(signed_in.get(FEED))
    assert f'<a href="{change_page(Changeset.objects.newest_first()[0])}">50 changes in all' in text


@pytest.mark.parametrize(
    "asked",
    [
        {"official": "Ada Example"},
        {"official": "official:ada-example"},
        {"official": "ada-example", "model": "protection", "field": "end"},
        {"model": "protection"},
        {"field": "level", "kind": "edit"},
        {"words": "NOTICE new"},
        {"user": "bea"},
        {"review": "awaiting", "user": "bea"},
    ],
)
def test_feed_is_narrowed(signed_in, protection, asked):
    with changeset(reason="A new notice.", kind="edit", user=UserFactory(username="bea")):
        Protection.objects.filter(pk=protection.pk).update(level="event", end="..")
    with changeset(reason="Another person.", kind="command"):
        OfficialFactory()
    found = reasons(signed_in, **asked)
    assert found[0] == "A new notice."
    assert "Another person." not in found


def test_feed_is_narrowed_to_positions(signed_in, protection):
    for reason in ("First.", "Second.", "Third."):
        edit(protection, reason, summary=reason)
    last = Changeset.objects.newest_first()[0].position
    asked = {"from": f"#{last - 2}", "until": f"#{last - 1}"}
    assert reasons(signed_in, **asked) == ["Second.", "First."]


def test_feed_is_narrowed_to_times(signed_in, protection):
    edit(protection, "Now.", level="event")
    when = Changeset.objects.newest_first()[0].closed_at
    day = when.date().isoformat()
    at = when.isoformat()
    assert reasons(signed_in, **{"from": day})[0] == "Now."
    assert reasons(signed_in, **{"from": at, "until": at}) == ["Now."]
    assert reasons(signed_in, until=day)[0] == "Now."
    assert reasons(signed_in, **{"from": "9999-12-31"}) == []
    assert reasons(signed_in, **{"from": "0001-01-01"})[0] == "Now."
    assert reasons(signed_in, until="0001-01-02") == []


def test_deleted_official_is_found_by_the_ref(signed_in):
    with changeset(reason="Added.", kind="edit"):
        OfficialFactory(ref="gone-away", name="Gone Away")
    with changeset(reason="Deleted.", kind="edit"):
        Official.objects.get(ref="gone-away").delete()
    assert reasons(signed_in, official="gone-away") == ["Deleted.", "Added."]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"official": "nobody-known"}, "There is no record “nobody-known”"),
        ({"user": "nobody"}, "There is no user “nobody”: give a username."),
        ({"kind": "guess"}, "“guess” is not among the choices: take one that is listed."),
        ({"model": "change"}, "“change” is not among the choices"),
        ({"model": "nothing"}, "“nothing” is not among the choices: take one that is listed."),
        ({"field": "x'); --"}, "is no column: give one as CSV names it, such as level."),
        ({"model": "role", "field": "level"}, "“level” is no column of role"),
        ({"from": "yesterday"}, "“yesterday” is not a moment"),
        ({"until": "#999999"}, "There is no changeset #999999"),
        ({"user": "<b>\u202e"}, "There is no user"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(signed_in, protection, asked, sentence):
    text = text_of(signed_in.get(FEED, asked))
    assert escape(sentence) in text
    assert "<b>\u202e" not in text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²", ""])
def test_position_that_is_none_leads_to_the_newest(signed_in, protection, before):
    assert signed_in.get(FEED, {"before": before}).context["is_first"]


def test_pages_lead_on_with_what_was_asked(signed_in, protection, monkeypatch):
    monkeypatch.setattr(feed_search, "CHANGESETS_A_PAGE", 1)
    monkeypatch.setattr(feed_search, "_MORE", 2)
    edit(protection, "First.", level="event")
    edit(protection, "Second.", level="unknown")
    asked = {"official": "ada-example"}
    response = signed_in.get(FEED, asked)
    assert [e.changeset.reason for e in response.context["entries"]] == ["Second."]
    response = signed_in.get(FEED + response.context["earlier"])
    assert [e.changeset.reason for e in response.context["entries"]] == ["First."]


@pytest.mark.parametrize(
    "asked", [{}, {"official": "ada-example"}, {"model": "citation"}, {"field": "quote"}]
)
def test_feed_costs_the_same_queries_however_much_it_shows(signed_in, analyst, asked):
    ada = OfficialFactory(ref="ada-example")
    counts = []
    for size in (1, 20):
        for _ in range(size):
            with changeset(reason="Written.", kind="edit", user=analyst):
                CitationFactory.create_batch(3, official=ada)
                CitationFactory(official=ada).delete()
        signed_in.get(FEED, asked)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(FEED, asked)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20


def test_hostile_text_is_shown_as_text(signed_in, protection):
    hostile = "<script>alert(1)</script> \" ' &"
    edit(protection, hostile, summary=hostile, provider="</ins><b>")
    text = text_of(signed_in.get(FEED))
    assert "<script>alert" not in text
    assert text.count(escape(hostile)) == 2
    assert escape("</ins><b>") in text


def test_feed_is_for_those_who_may_view_changesets(client, db):
    user = UserFactory(is_staff=True)
    client.force_login(user)
    assert client.get(FEED).status_code == 403


def test_what_may_not_be_viewed_is_not_told(client, protection):
    user = UserFactory(is_staff=True)
    codes = ["view_changeset", "view_official"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(user)
    (entry,) = entries(client, kind="import")
    assert [record.label for record in entry.records] == ["official:ada-example"]
    assert "Some of it is of a kind that you may not view." in text_of(client.get(FEED))


def test_viewer_reads_the_feed_but_not_of_accounts(client, protection):
    keep_promises()
    with changeset(reason="Account.", kind="command"):
        user = UserFactory(username="vic", is_staff=True)
        user.groups.add(Group.objects.get(name="Viewer"))
    client.force_login(user)
    assert entries(client)[0].records == ()


def test_administrator_reads_of_memberships(signed_in, analyst):
    with changeset(reason="Joined.", kind="edit"):
        group = Group.objects.create(name="Night shift")
        analyst.groups.add(group)
    labels = [record.label for record in entries(signed_in)[0].records]
    assert labels == ["group:Night shift", "user-group relationship:ann, Night shift"]


def test_first_page_and_list_of_changesets_lead_to_the_feed(signed_in):
    link = f'href="{reverse("admin:feed")}"'
    assert link in text_of(signed_in.get("/"))
    assert link in text_of(signed_in.get("/roster/changeset/"))

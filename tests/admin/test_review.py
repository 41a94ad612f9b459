"""Review pages: the queue, one changeset with its quotes, the verdict, and who is refused."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roster.actions.review_changeset import review_changeset
from roster.admin import base
from roster.admin.display import page_url
from roster.admin.review import queue as review_queue
from roster.admin.review import states as review_states
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Changeset, Official, Protection, Review
from tests.admin.pages import change_page, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    SuperuserFactory,
    UserFactory,
)

QUEUE = "/review/"


@pytest.fixture
def people(db):
    """An analyst, two reviewers, and what needs no review of theirs."""
    with changeset(reason="Accounts.", kind="seed"):
        found = {}
        for name, group in (("ann", "Analyst"), ("rex", "Reviewer"), ("ria", "Reviewer")):
            found[name] = UserFactory(username=name, is_staff=True)
            found[name].groups.set(Group.objects.filter(name=group))
    return found


@pytest.fixture
def reviewer(client, people):
    """A client that is signed in as rex."""
    client.force_login(people["rex"])
    return client


def written(user, *, reason="Written.", kind="edit", rows=1):
    """A changeset of this user with so many new officials."""
    with changeset(user=user, reason=reason, kind=kind) as act:
        OfficialFactory.create_batch(rows)
    return act.closed


def address(act, query=""):
    return reverse("admin:review_changeset", args=(act.pk,)) + query


def judge(client, act, verdict, *, comment="", query="", seen=0):
    form = {"verdict": verdict, "comment": comment, "seen": seen}
    return client.post(address(act, query), form)


def queued(client, query=""):
    return [row.position for row, _ in client.get(QUEUE + query).context["rows"]]


def test_queue_has_what_others_wrote_and_must_be_reviewed_oldest_first(reviewer, people):
    first, second = written(people["ann"]), written(people["ria"])
    written(people["rex"])
    written(None)
    assert queued(reviewer) == [first.position, second.position]


def test_queue_is_narrowed_by_why_kind_and_user(reviewer, people):
    edit, file = written(people["ann"]), written(people["ria"], kind="import")
    command = written(None, kind="import")
    assert queued(reviewer, "?why=import") == [file.position, command.position]
    assert queued(reviewer, "?why=new_user") == [edit.position, file.position]
    assert queued(reviewer, "?kind=edit") == [edit.position]
    assert queued(reviewer, "?user=ria") == [file.position]
    assert queued(reviewer, "?user=ria&why=undo") == []


@pytest.mark.parametrize("query", ["?why=nothing", "?kind=x", "?user=nobody", "?state=approved"])
def test_queue_that_cannot_be_meant_is_empty_and_says_so(reviewer, people, query):
    written(people["ann"])
    page = reviewer.get(QUEUE + query)
    assert page.context["rows"] == []
    assert "errorlist" in text_of(page)


def test_queue_is_paged_by_position(reviewer, people, monkeypatch):
    monkeypatch.setattr(review_queue, "ROWS_A_PAGE", 2)
    positions = [written(people["ann"]).position for _ in range(3)]
    assert queued(reviewer) == positions[:2]
    assert f"?after={positions[1]}" in text_of(reviewer.get(QUEUE))
    assert queued(reviewer, f"?after={positions[1]}") == positions[2:]
    assert queued(reviewer, "?after=x") == positions[:2]


def test_queue_counts_no_further_than_it_must(reviewer, people, monkeypatch):
    monkeypatch.setattr(review_states, "MOST_COUNTED", 1)
    written(people["ann"])
    assert "1 changeset of others awaits a review" in text_of(reviewer.get(QUEUE))
    written(people["ann"])
    assert "More than 1 changeset" in text_of(reviewer.get(QUEUE))


def test_approving_leads_to_the_next_and_then_to_the_end(reviewer, people):
    first, second = written(people["ann"]), written(people["ann"])
    answer = judge(reviewer, first, "approved", query="?user=ann")
    assert answer.url == address(second, "?user=ann")
    answer = reviewer.post(
        address(second, "?user=ann"), {"verdict": "approved", "seen": 0}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"{QUEUE}?user=ann"
    assert f"Changeset #{second.position} is approved." in text_of(answer)
    assert Review.objects.count() == 2
    assert verify().problems == []


def test_the_last_of_the_queue_leads_back_to_what_was_left_out(reviewer, people):
    first, second = written(people["ann"]), written(people["ann"])
    assert judge(reviewer, second, "approved").url == address(first)


def test_neighbours_of_a_changeset_are_those_of_the_queue(reviewer, people):
    acts = [written(people["ann"]), written(people["ria"]), written(people["ann"])]
    shown = reviewer.get(address(acts[1])).context
    assert (shown["previous"], shown["next"]) == (acts[0], acts[2])
    shown = reviewer.get(address(acts[0], "?user=ann")).context
    assert (shown["previous"], shown["next"]) == (None, acts[2])


def test_a_query_needs_a_comment(reviewer, people):
    act = written(people["ann"])
    answer = judge(reviewer, act, "queried", comment="  ")
    assert "A query needs a comment: say what should be answered or mended." in text_of(answer)
    assert not Review.objects.exists()
    assert judge(reviewer, act, "queried", comment="Which notice?").status_code == 302
    assert queued(reviewer) == []
    assert queued(reviewer, "?state=queried") == [act.position]


@pytest.mark.parametrize("verdict", ["", "maybe"])
def test_another_verdict_is_none(reviewer, people, verdict):
    answer = judge(reviewer, written(people["ann"]), verdict)
    assert "approve the changeset, or query it." in text_of(answer).lower()
    assert not Review.objects.exists()


def test_a_verdict_given_meanwhile_is_not_superseded_unread(reviewer, people):
    act = written(people["ann"])
    other = review_changeset(act, reviewer=people["ria"], verdict="queried", comment="Why?")
    answer = judge(reviewer, act, "approved")
    assert "ria queried this changeset meanwhile" in text_of(answer)
    assert answer.context["form"].data["seen"] == "0"
    assert judge(reviewer, act, "approved", seen=other.pk).status_code == 302


def test_the_author_is_refused_on_the_page_and_by_a_direct_post(client, people):
    with changeset(reason="Account.", kind="seed"):
        root = SuperuserFactory(username="root")
    act = written(root)
    client.force_login(root)
    page = client.get(address(act))
    assert "Nobody reviews a changeset of their own" in text_of(page)
    assert 'name="verdict"' not in text_of(page)
    answer = judge(client, act, "approved")
    assert answer.status_code == 403
    assert "Nobody reviews a changeset of their own" in text_of(answer)
    assert not Review.objects.exists()


def test_whoever_may_not_review_gets_neither_queue_nor_verdict(client, people):
    act = written(people["ria"])
    client.force_login(people["ann"])
    assert client.get(QUEUE).status_code == 403
    assert client.get(address(act)).status_code == 403
    assert judge(client, act, "approved").status_code == 403
    assert not Review.objects.exists()
    assert "Awaiting your review" not in text_of(client.get("/"))


def test_a_changeset_that_is_not_there_is_not_found(reviewer):
    assert reviewer.get(reverse("admin:review_changeset", args=(4711,))).status_code == 404


def test_a_value_stands_beside_what_is_cited_for_it_today(reviewer, people):
    with changeset(reason="Begin.", kind="seed"):
        protection = ProtectionFactory(ref="p", level="part_time", provider="State police")
        paragraph = ParagraphFactory(source=SourceFactory(title="A notice"), number=3)
        cited = {"official": None, "protection": protection, "paragraph": paragraph}
        CitationFactory(**cited, field="level", quote="at events only", value="event")
        CitationFactory(**cited, field="level", quote="part of the day", value="part_time")
        CitationFactory(**cited, field="start", quote="since then", value="")
    with changeset(user=people["ann"], reason="As the notice says.") as act:
        Protection.objects.update(level="event", provider="Guards")
    (change,) = reviewer.get(address(act.closed)).context["reviewed"]
    level, provider = change.fields
    assert (level.heading, level.old, level.new) == ("Level", "part_time", "event")
    fits, stale = level.passages
    assert (fits.quote, fits.source_title) == ("at events only", "A notice")
    assert (fits.states, fits.cited_for) == (("unverified",), "event")
    assert (stale.states, stale.cited_for) == (("stale", "unverified"), "part_time")
    assert (provider.passages, provider.wanted) == ((), True)
    page = text_of(reviewer.get(address(act.closed)))
    assert "at events only" in page
    assert "stale, unverified, cited for part_time" in page
    assert "cited for event" not in page


def test_words_that_speak_of_a_later_value_say_which(reviewer, people):
    with changeset(reason="Begin.", kind="seed"):
        protection = ProtectionFactory(ref="p", level="part_time")
    with changeset(user=people["ann"], reason="A call.") as act:
        Protection.objects.update(level="event")
    with changeset(user=people["ann"], reason="The notice of today."):
        Protection.objects.update(level="round_the_clock")
        CitationFactory(
            official=None, protection=protection, field="level", value="round_the_clock"
        )
    assert "unverified, cited for round_the_clock" in text_of(reviewer.get(address(act.closed)))


def test_columns_that_roster_makes_are_not_put_to_judgement(reviewer, people):
    (change,) = reviewer.get(address(written(people["ann"]))).context["reviewed"]
    assert [field.heading for field in change.fields] == ["Ref", "Name"]


def test_quotes_are_for_those_who_may_view_citations(client, people):
    with changeset(reason="Begin.", kind="seed"):
        official = OfficialFactory()
        CitationFactory(official=official, field="country", quote="of that country")
        from django.contrib.auth.models import Permission

        wanted = ("add_review", "view_changeset")
        user = UserFactory(is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    with changeset(user=people["ann"], reason="Moved.") as act:
        Official.objects.update(country="CA")
    client.force_login(user)
    assert "of that country" not in text_of(client.get(address(act.closed)))


def test_a_changeset_of_many_changes_is_paged(reviewer, people, monkeypatch):
    monkeypatch.setattr(base, "CHANGES_A_PAGE", 2)
    act = written(people["ann"], rows=3)
    assert len(reviewer.get(address(act)).context["reviewed"]) == 2
    assert len(reviewer.get(address(act, "?user=ann&p=2")).context["reviewed"]) == 1
    assert "?user=ann&amp;p=2" in text_of(reviewer.get(address(act, "?user=ann")))


def test_hostile_text_is_shown_as_text(reviewer, people):
    act = written(people["ann"], reason="<script>alert(1)</script>")
    for page in (QUEUE, address(act)):
        assert "<script>alert" not in text_of(reviewer.get(page))
    review_changeset(act, reviewer=people["ria"], verdict="queried", comment="<b>Why?</b>")
    for page in (f"{QUEUE}?state=queried", address(act), change_page(act), "/"):
        assert "<b>Why" not in text_of(reviewer.get(page))


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_pages_cost_the_same_queries_for_one_changeset_and_for_twenty(reviewer, people):
    acts = [written(people["ann"])]
    review_changeset(acts[0], reviewer=people["ria"], verdict="queried", comment="Why?")
    acts.append(written(people["ann"]))
    acts.append(written(people["ann"]))
    pages = (QUEUE, f"{QUEUE}?state=queried", address(acts[1]), page_url(Changeset, "changelist"))
    at_one = [queries(reviewer, page) for page in pages]
    for _ in range(20):
        act = written(people["ria"])
        review_changeset(act, reviewer=people["rex"], verdict="queried", comment="Why?")
        written(people["ann"], rows=20)
    assert [queries(reviewer, page) for page in pages] == at_one
    assert max(at_one) <= 20


def test_a_changeset_costs_the_same_queries_with_one_change_and_with_twenty(reviewer, people):
    few, many = written(people["ann"]), written(people["ann"], rows=20)
    written(people["ann"])
    counts = {queries(reviewer, address(act)) for act in (few, many)}
    assert len(counts) == 1
    assert max(counts) <= 20

"""How a changeset stands with its reviewers: on its page, in the list and on the first page."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from roster.actions.review_changeset import review_changeset
from roster.admin.display import page_url
from roster.admin.review import states as review_states
from roster.history.changesets import changeset
from roster.models import Changeset
from tests.admin.pages import change_page, text_of
from tests.factories import OfficialFactory, UserFactory

LIST = page_url(Changeset, "changelist")


@pytest.fixture
def people(db):
    with changeset(reason="Accounts.", kind="seed"):
        found = {}
        for name, group in (("ann", "Analyst"), ("rex", "Reviewer"), ("vic", "Viewer")):
            found[name] = UserFactory(username=name, is_staff=True)
            found[name].groups.set(Group.objects.filter(name=group))
    return found


def written(user, *, kind="edit"):
    with changeset(user=user, reason="Written.", kind=kind) as act:
        OfficialFactory()
    return act.closed


def shown_to(client, user, address):
    client.force_login(user)
    return text_of(client.get(address))


def test_page_says_why_it_awaits_review_and_leads_the_reviewer_there(client, people):
    act = written(people["ann"], kind="import")
    page = shown_to(client, people["rex"], change_page(act))
    assert "Awaits review" in page
    assert "It is an import: one file writes many rows that nobody typed one by one." in page
    assert f"/review/{act.pk}/" in page


def test_the_author_is_told_that_another_must_review(client, people):
    act = written(people["ann"])
    page = shown_to(client, people["ann"], change_page(act))
    assert "It is yours: another person must review it." in page
    assert f"/review/{act.pk}/" not in page


def test_a_reviewer_is_not_led_to_judge_their_own(client, people):
    act = written(people["rex"])
    page = shown_to(client, people["rex"], change_page(act))
    assert "It is yours" in page
    assert f"/review/{act.pk}/" not in page


def test_a_viewer_sees_the_state_and_no_way_to_change_it(client, people):
    act = written(people["ann"])
    page = shown_to(client, people["vic"], change_page(act))
    assert "Awaits review" in page
    assert f"/review/{act.pk}/" not in page


def test_page_says_who_approved_or_queried_and_what_was_asked(client, people):
    act = written(people["ann"])
    review_changeset(act, reviewer=people["rex"], verdict="queried", comment="Which notice?")
    page = shown_to(client, people["ann"], change_page(act))
    assert "Queried</span> by rex on 20" in page
    assert "Which notice?" in page
    review_changeset(act, reviewer=people["rex"], verdict="approved")
    assert "Approved</span> by rex on 20" in shown_to(client, people["ann"], change_page(act))


def test_what_needs_no_review_says_so(client, people):
    page = shown_to(client, people["ann"], change_page(written(None)))
    assert "Needs no review" in page
    assert "It must be reviewed because" not in page


def test_list_shows_the_state_and_is_narrowed_by_it(client, people):
    awaiting, queried = written(people["ann"]), written(people["ann"])
    review_changeset(queried, reviewer=people["rex"], verdict="queried", comment="Why?")
    client.force_login(people["vic"])
    for state, act in (("awaiting", awaiting), ("queried", queried)):
        page = client.get(LIST, {"review": state})
        assert list(page.context["cl"].result_list) == [act]
    assert "New user" in text_of(client.get(LIST))
    assert not client.get(LIST, {"review": "approved"}).context["cl"].result_list
    assert client.get(LIST, {"review": "perhaps"}).status_code == 302


def test_first_page_counts_what_awaits_ones_own_review(client, people):
    assert "No changeset of anybody else’s" in shown_to(client, people["rex"], "/")
    written(people["ann"])
    written(people["rex"])
    page = shown_to(client, people["rex"], "/")
    assert "Awaiting your review" in page
    (awaiting,) = [one for one in client.get("/").context["own_sections"] if one.key == "review"]
    assert [number.count for number in awaiting.numbers] == [1]
    assert "Awaiting your review" not in shown_to(client, people["ann"], "/")


def test_first_page_shows_the_author_what_was_queried_until_it_is_approved(
    client, people, monkeypatch
):
    monkeypatch.setattr(review_states, "MOST_QUERIED", 1)
    acts = [written(people["ann"]) for _ in range(2)]
    review_changeset(acts[0], reviewer=people["rex"], verdict="queried", comment="Which one?")
    page = shown_to(client, people["ann"], "/")
    assert "rex asks:" in page
    assert "Which one?" in page
    assert "All of them" not in page
    assert "Queried changesets of yours" not in shown_to(client, people["rex"], "/")
    review_changeset(acts[1], reviewer=people["rex"], verdict="queried", comment="And this?")
    assert "All of them" in shown_to(client, people["ann"], "/")
    for act in acts:
        review_changeset(act, reviewer=people["rex"], verdict="approved")
    assert "Queried changesets of yours" not in shown_to(client, people["ann"], "/")


def test_whoever_may_not_view_changesets_is_told_of_none(client, db):
    page = shown_to(client, UserFactory(is_staff=True), "/")
    assert "review" not in page.lower()

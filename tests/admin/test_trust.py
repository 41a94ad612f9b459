"""The page of trust: who gets it, what verification shows, and acknowledging with a reason."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.trust import page as trust
from roster.admin.trust import shown as trust_shown
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Acknowledgement, Change, Changeset, Official
from tests.admin.pages import edits, form_on, text_of
from tests.factories import OfficialFactory, ParagraphFactory, UserFactory
from tests.history.force import by_force, run

PAGE, ACKNOWLEDGE = "/trust/", "/trust/acknowledge/"


@pytest.fixture
def admin(client, db):
    """A client that is signed in as an administrator of a roster with three officials."""
    with changeset(reason="Begin.", kind="seed"):
        user = UserFactory(username="ada", is_staff=True)
        user.groups.set(Group.objects.filter(name="Administrator"))
        OfficialFactory.create_batch(3)
    client.force_login(user)
    return client


def write_outside(country="CA"):
    """The ids of the changes that one statement from outside makes."""
    run("UPDATE roster_official SET country = %s", country)
    return sorted(Change.objects.outside().values_list("pk", flat=True))[-3:]


def acknowledge(client, *ids, reason="Looked into.", query="", **values):
    form = {"changes": ids, "change_reason": reason, "through": max(ids, default=1)}
    return client.post(ACKNOWLEDGE + query, form | values)


def anchor_file(text, name="anchors.txt"):
    return {"file": SimpleUploadedFile(name, text.encode())}


@pytest.mark.parametrize("group", ["Viewer", "Analyst", "Reviewer"])
def test_it_is_for_administrators_only(client, admin, group):
    ids = write_outside()
    with changeset(reason="Account.", kind="seed"):
        user = UserFactory(is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code == 403
    assert acknowledge(client, *ids).status_code == 403
    assert PAGE not in text_of(client.get("/"))
    assert not Acknowledgement.objects.exists()


def test_it_opens_with_the_head_and_without_verifying(admin, monkeypatch):
    monkeypatch.setattr(trust, "verify", None)
    page = admin.get(PAGE)
    head = Changeset.objects.first()
    assert "outcome" not in page.context
    assert head.digest in text_of(page)
    assert f"#{head.position}" in text_of(page)
    assert "--write-anchor FILE" in text_of(page)


def test_the_first_page_leads_there_and_says_what_awaits(admin, monkeypatch):
    assert f'href="{PAGE}"' in text_of(admin.get("/"))
    assert "outside Roster" not in text_of(admin.get("/"))
    write_outside()
    assert "3 changes made outside Roster await being acknowledged." in text_of(admin.get("/"))
    monkeypatch.setattr(trust, "MOST_COUNTED", 2)
    assert "More than 2 changes made outside" in text_of(admin.get("/"))


def test_a_sound_ledger_is_told_with_its_head_as_an_anchor(admin):
    page = admin.post(PAGE)
    outcome = page.context["outcome"]
    assert outcome.verdict.ok
    assert "Every entry is as it was written" in text_of(page)
    assert outcome.anchor == verify().head
    assert verify().head.digest in text_of(page)


def test_the_first_bad_entry_is_named_first_and_leads_to_its_page(admin):
    write_outside()
    entry = Changeset.objects.get(position=2)
    with by_force():
        run("UPDATE roster_changeset SET reason = 'Other.' WHERE position = 2")
    page = admin.post(PAGE)
    outcome = page.context["outcome"]
    assert outcome.first.message.startswith("Changeset 2 or one of its changes")
    assert outcome.first.changeset.url == f"/roster/changeset/{entry.pk}/change/"
    assert (outcome.count, outcome.outside_count, outcome.anchor) == (1, 3, None)
    assert text_of(page).index("The first: Changeset 2") < text_of(page).index("Written outside")
    assert "no anchor is given" in text_of(page)


def test_a_problem_leads_to_the_change_that_it_names(admin):
    (change,) = Change.objects.filter(table="roster_official", key=Official.objects.first().pk)
    with by_force():
        run("UPDATE roster_change SET changeset_id = 4711 WHERE id = %s", change.pk)
    problems = admin.post(PAGE).context["outcome"].problems
    (found,) = [problem for problem in problems if problem.change]
    assert found.change.url == f"/roster/change/{change.pk}/change/"
    assert found.changeset is None


def test_of_many_problems_the_first_are_shown_with_the_count(admin, monkeypatch):
    monkeypatch.setattr(trust_shown, "MOST_PROBLEMS", 2)
    with by_force():
        run("UPDATE roster_official SET country = 'CA'")
    page = admin.post(PAGE)
    assert (len(page.context["outcome"].problems), page.context["outcome"].count) == (2, 3)
    assert "3 problems, of which these are the first 2" in text_of(page)


def test_writes_from_outside_alone_leave_the_ledger_as_it_was_written(admin):
    write_outside()
    outcome = admin.post(PAGE).context["outcome"]
    assert (outcome.first, outcome.outside_count) == (None, 3)
    assert outcome.anchor is not None


def test_every_line_of_an_anchor_file_is_compared(admin):
    head = verify().head
    kept = f"{head.text}\n{head.text}\n"
    page = admin.post(PAGE, anchor_file(kept))
    assert page.context["outcome"].verdict.ok
    assert "compared with 2 anchors" in text_of(page)
    forged = head.text.replace(head.digest, "0" * 64)
    page = admin.post(PAGE, anchor_file(f"{kept}{forged}\ntorn\n"))
    messages = [problem.message for problem in page.context["outcome"].problems]
    assert "anchors.txt, line 4 is not an anchor" in messages[0]
    assert "the anchor in line 3 names" in messages[1]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b"\xff", "is not text in UTF-8"), (b"x" * 2**21, "most that is read")],
)
def test_another_file_is_refused_and_nothing_is_verified(admin, monkeypatch, content, sentence):
    monkeypatch.setattr(trust, "verify", None)
    page = admin.post(PAGE, {"file": SimpleUploadedFile("<b>.txt", content)})
    assert sentence in text_of(page)
    assert "<b>" not in text_of(page)


def test_what_is_ticked_is_acknowledged_in_ones_own_name(admin):
    ids = write_outside()
    assert [row.key for row in admin.get(PAGE).context["outside"]] == ids
    answer = acknowledge(admin, *ids[:2])
    assert (answer.status_code, answer.url) == (302, PAGE)
    (entry,) = edits()
    assert (entry.user.username, entry.reason) == ("ada", "Looked into.")
    page = admin.get(PAGE)
    assert [row.key for row in page.context["outside"]] == ids[2:]
    assert f"2 changes are acknowledged, by changeset {entry.position}." in text_of(page)
    assert [problem.change for problem in verify().problems] == ids[2:]


def test_what_was_acknowledged_stays_on_the_page(admin, monkeypatch):
    for reason in ("First.", "Second."):
        acknowledge(admin, *write_outside(reason[:1] + "A"), reason=reason)
    shown = admin.get(PAGE).context["acknowledged"]
    assert [act.reason for act, _ in shown.acts] == ["Second.", "First."]
    assert (shown.count, shown.is_cut) == (6, False)
    monkeypatch.setattr(trust_shown, "MOST_ACKNOWLEDGED", 1)
    shown = admin.get(PAGE).context["acknowledged"]
    assert [act.reason for act, _ in shown.acts] == ["Second."]
    assert (shown.count, shown.is_cut) == (6, True)
    assert verify().ok


def test_a_second_person_reviews_what_was_acknowledged(client, admin):
    ids = write_outside()
    acknowledge(admin, *ids)
    (entry,) = edits()
    with changeset(reason="Account.", kind="seed"):
        user = UserFactory(is_staff=True)
        user.groups.set(Group.objects.filter(name="Reviewer"))
    client.force_login(user)
    for url in (f"/review/{entry.pk}/", f"/roster/changeset/{entry.pk}/change/"):
        assert text_of(client.get(url)).count("Update roster_official") == len(ids)
    assert "It acknowledges what was written outside" in text_of(client.get(f"/review/{entry.pk}/"))


def test_all_of_them_are_those_that_there_were(admin, monkeypatch):
    monkeypatch.setattr(trust, "OUTSIDE_A_PAGE", 2)
    ids = write_outside()
    form = form_on(admin.get(PAGE))
    later = write_outside("US")
    admin.post(ACKNOWLEDGE, form | {"all_of_them": "on", "change_reason": "All looked into."})
    assert Acknowledgement.objects.count() == len(ids)
    assert [problem.change for problem in verify().problems] == later


def test_many_changes_from_outside_are_paged(admin, monkeypatch):
    monkeypatch.setattr(trust, "OUTSIDE_A_PAGE", 2)
    ids = write_outside()
    assert [row.key for row in admin.get(f"{PAGE}?p=2").context["outside"]] == ids[2:]
    assert "All 3, those on other pages included" in text_of(admin.get(PAGE))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"change_reason": " "}, "Say in a few words why this is changed; nothing was written."),
        ({"changes": []}, "Tick the changes that you acknowledge; nothing was written."),
        ({"changes": ["x"]}, "names no change: tick those that are listed."),
        ({"changes": ["9" * 30]}, "names no change: tick those that are listed."),
        ({"changes": ["4711000"]}, "There is no change 4711000: tick those that are listed."),
        ({"through": "x", "all_of_them": "on"}, "Enter a whole number."),
        ({"through": "9" * 30, "all_of_them": "on"}, "Ensure this value is less than"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_what_was_ticked_stays(admin, values, sentence):
    ids = write_outside()
    page = acknowledge(admin, *ids[:1], **values)
    assert page.status_code == 200
    assert sentence in text_of(page)
    assert "Nothing was acknowledged: see below." in text_of(page)
    ticked = [row.key for row in page.context["outside"] if row.is_ticked]
    assert ticked == (ids[:1] if "changes" not in values else [])
    assert not Acknowledgement.objects.exists()


def test_what_a_changeset_wrote_cannot_be_acknowledged_by_a_direct_post(admin):
    inside = Change.objects.latest("pk").pk
    assert f"Change {inside} belongs to a changeset" in text_of(acknowledge(admin, inside))
    assert not Acknowledgement.objects.exists()


def test_acknowledging_by_a_link_only_leads_to_the_page(admin):
    answer = admin.get(ACKNOWLEDGE)
    assert (answer.status_code, answer.url) == (302, PAGE)


def test_hostile_text_of_a_row_from_outside_is_shown_as_text(admin):
    run("UPDATE roster_official SET summary = %s", "<script>alert(1)</script>\u202eover")
    for page in (admin.get(PAGE), admin.post(PAGE)):
        text = text_of(page)
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "\u202e" not in text
        assert "U+202E RIGHT-TO-LEFT OVERRIDE" in text


def test_what_the_ledger_should_never_hold_does_not_bring_the_page_down(admin):
    ids = write_outside()
    with by_force():
        run("UPDATE roster_change SET before = '{', after = '[]' WHERE id = %s", ids[0])
    for page in (admin.get(PAGE), admin.post(PAGE)):
        assert "what is recorded of it cannot be read" in text_of(page)


def queries(client):
    client.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PAGE).status_code == 200
    return len(captured)


def test_it_costs_the_same_queries_for_one_change_and_for_twenty(admin):
    paragraph = ParagraphFactory()
    acknowledge(admin, Change.objects.outside().earliest("pk").pk)
    at_one = queries(admin)
    ParagraphFactory.create_batch(20, source=paragraph.source)
    acknowledge(admin, Change.objects.outside().latest("pk").pk)
    assert queries(admin) == at_one
    assert at_one <= 20

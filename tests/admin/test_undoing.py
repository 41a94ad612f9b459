"""The page that undoes a changeset: its preview, ticks, refusals, what follows, who may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roster.admin.display import page_url, row_url
from roster.admin.undo import page as undoing
from roster.admin.undo import steps as plan_steps
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.history.plans.plan import CHANGED_SINCE
from roster.models import Changeset, Official
from tests.admin.pages import form_on, text_of
from tests.factories import GroupFactory, OfficialFactory, SuperuserFactory, UserFactory

WHY = "It was right before."


@pytest.fixture
def people(db):
    """One user of each group."""
    with changeset(reason="Accounts.", kind="seed"):
        found = {}
        for group in Group.objects.all():
            found[group.name] = UserFactory(username=group.name.lower(), is_staff=True)
            found[group.name].groups.add(group)
    return found


@pytest.fixture
def edited(signed_in):
    """The changeset that moved two officials to Canada."""
    with changeset(reason="Add."):
        OfficialFactory(ref="ann-lee", country="GB")
        OfficialFactory(ref="bo-roe", country="FR")
    with changeset(reason="Edit.") as act:
        Official.objects.update(country="CA")
    return act.closed


def address(act):
    return reverse("admin:roster_changeset_undo", args=(act.pk,))


def confirm(client, act, **values):
    """Open the preview and confirm it with a reason, as a browser would."""
    held = form_on(client.get(address(act)))
    return client.post(address(act), held | {"change_reason": WHY, "confirm": "Undo"} | values)


def countries():
    return dict(Official.objects.values_list("ref", "country"))


def change_of(act, ref):
    """The id of the changeset's change of this official."""
    return act.changes.get(key=Official.objects.get(ref=ref).pk).pk


def edit(ref, **values):
    with changeset(reason="Later.", user=User.objects.get(username="ann")) as act:
        Official.objects.filter(ref=ref).update(**values)
    return act.closed


def test_the_preview_shows_old_and_new_and_writes_nothing(signed_in, edited):
    response = signed_in.get(address(edited))
    assert [
        (one.label, [(c.column, c.old, c.new) for c in one.undone.changes])
        for one in response.context["ticked_rows"]
    ] == [
        ("official:ann-lee", [("country", "CA", "GB")]),
        ("official:bo-roe", [("country", "CA", "FR")]),
    ]
    assert text_of(response).count(" checked>") == 2
    assert countries() == {"ann-lee": "CA", "bo-roe": "CA"}


def test_confirming_writes_one_changeset_and_leads_to_it(signed_in, analyst, edited):
    response = confirm(signed_in, edited)
    written = Changeset.objects.latest("position")
    assert response.url == row_url(written)
    assert (written.kind, written.user) == ("undo", analyst)
    assert written.reason == f"Undo of changeset {edited.position}: {WHY}"
    assert countries() == {"ann-lee": "GB", "bo-roe": "FR"}
    said = text_of(signed_in.get(response.url))
    assert f"Of what changeset {edited} wrote, 2 rows are as before in what it changed." in said
    assert verify().problems == []


def test_without_a_reason_it_asks_again(signed_in, edited):
    response = confirm(signed_in, edited, change_reason=" ")
    assert "Say in a few words why" in text_of(response)
    assert countries() == {"ann-lee": "CA", "bo-roe": "CA"}


def test_what_is_not_ticked_stays(signed_in, edited):
    ticked = {"change": [str(change_of(edited, "bo-roe"))]}
    preview = signed_in.post(address(edited), ticked | {"preview": "Preview"})
    ann, bo = preview.context["ticked_rows"]
    assert (ann.undone, [c.new for c in bo.undone.changes]) == (None, ["FR"])
    assert countries() == {"ann-lee": "CA", "bo-roe": "CA"}
    sent = form_on(preview) | {"change_reason": WHY, "confirm": "Undo"}
    assert signed_in.post(address(edited), sent).status_code == 302
    assert countries() == {"ann-lee": "CA", "bo-roe": "FR"}


def test_a_preview_keeps_the_reason_that_was_begun(signed_in, edited):
    sent = form_on(signed_in.get(address(edited))) | {"change_reason": WHY, "preview": "Preview"}
    assert form_on(signed_in.post(address(edited), sent))["change_reason"] == [WHY]


def test_other_ticks_than_those_previewed_are_shown_before_they_are_undone(signed_in, edited):
    response = confirm(signed_in, edited, change=[str(change_of(edited, "bo-roe"))])
    assert undoing.OTHERS_TICKED in text_of(response)
    assert len(response.context["plan"].rows) == 1
    assert countries() == {"ann-lee": "CA", "bo-roe": "CA"}


@pytest.mark.parametrize("ticked", [[], ["x", "-1", "²", "9" * 30]])
def test_nothing_that_is_ticked_is_refused(signed_in, edited, ticked):
    response = signed_in.post(address(edited), {"change": ticked, "preview": "Preview"})
    assert f"No change of changeset {edited.position} is ticked" in text_of(response)


def test_a_change_of_another_changeset_is_refused(signed_in, edited):
    response = signed_in.post(address(edited), {"change": ["1"], "preview": "Preview"})
    assert f"Changeset {edited.position} has no change 1" in text_of(response)


def test_a_refusal_names_and_links_the_row_and_the_later_changeset(signed_in, edited):
    later = edit("ann-lee", country="US")
    response = signed_in.get(address(edited))
    (refusal,) = response.context["refusals"]
    assert "official:ann-lee: country was changed later by changeset" in refusal.sentence
    assert [(link.text, link.url) for link in refusal.links] == [
        ("official:ann-lee", row_url(Official.objects.get(ref="ann-lee"))),
        (f"Changeset {later}", row_url(later)),
    ]
    assert [one.refused for one in response.context["ticked_rows"]] == [(refusal.sentence,), ()]
    assert 'name="confirm"' not in text_of(response)


def test_what_is_refused_is_not_done_by_a_forged_confirmation(signed_in, edited):
    edit("ann-lee", country="US")
    response = confirm(signed_in, edited)
    assert response.status_code == 409
    assert countries() == {"ann-lee": "US", "bo-roe": "CA"}


def test_a_plan_that_is_no_longer_as_previewed_is_refused_and_shown_again(signed_in, edited):
    held = form_on(signed_in.get(address(edited)))
    edit("ann-lee", country="GB")  # as the undo would: that is left alone now
    sent = held | {"change_reason": WHY, "confirm": "Undo"}
    response = signed_in.post(address(edited), sent)
    assert response.status_code == 409
    assert CHANGED_SINCE in text_of(response)
    assert countries() == {"ann-lee": "GB", "bo-roe": "CA"}
    sent = form_on(response) | {"change_reason": WHY, "confirm": "Undo"}
    assert signed_in.post(address(edited), sent).status_code == 302
    assert countries() == {"ann-lee": "GB", "bo-roe": "FR"}


def test_a_confirmation_that_saw_no_preview_is_refused(signed_in, edited):
    response = confirm(signed_in, edited, previewed="")
    assert response.status_code == 409
    assert countries() == {"ann-lee": "CA", "bo-roe": "CA"}


def test_what_was_undone_and_what_undid_it_lead_to_each_other(signed_in, edited):
    confirm(signed_in, edited)
    undo = Changeset.objects.latest("position")
    ours, theirs = (signed_in.get(row_url(act)).context for act in (edited, undo))
    assert ([c.url for c in ours["undone_by"]], ours["undid"]) == ([row_url(undo)], [])
    assert ([c.url for c in theirs["undid"]], theirs["undone_by"]) == ([row_url(edited)], [])
    assert f"was undone by changeset {undo.position} already" in text_of(
        signed_in.get(address(edited))
    )


def test_an_undo_can_be_undone(signed_in, edited):
    confirm(signed_in, edited)
    confirm(signed_in, Changeset.objects.latest("position"))
    assert countries() == {"ann-lee": "CA", "bo-roe": "CA"}


def test_of_a_large_changeset_pages_of_rows_are_shown_and_nothing_is_ticked(
    signed_in, edited, monkeypatch
):
    monkeypatch.setattr(undoing, "MOST_TICKED", 1)
    monkeypatch.setattr(plan_steps, "ROWS_A_PAGE", 1)
    response = signed_in.get(address(edited), {"p": 2})
    assert [row.label for row in response.context["rows"]] == ["official:bo-roe"]
    assert 'type="checkbox"' not in text_of(response)
    assert confirm(signed_in, edited, change=["1"]).status_code == 302
    assert countries() == {"ann-lee": "GB", "bo-roe": "FR"}


def test_the_preview_costs_the_same_queries_however_many_rows(signed_in, analyst):
    counts = []
    for size in (1, 20):
        with changeset(user=analyst, reason="Add."):
            OfficialFactory.create_batch(size)
        url = address(Changeset.objects.latest("position"))
        signed_in.get(url)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize("group", ["Viewer", "Reviewer"])
def test_who_may_not_write_sees_no_button_and_is_refused(client, people, edited, group):
    client.force_login(people[group])
    assert address(edited) not in text_of(client.get(row_url(edited)))
    for response in (client.get(address(edited)), client.post(address(edited), {"confirm": "x"})):
        assert response.status_code == 403
    assert countries() == {"ann-lee": "CA", "bo-roe": "CA"}


def test_an_analyst_has_the_button_and_may_undo(client, people, edited):
    client.force_login(people["Analyst"])
    assert address(edited) in text_of(client.get(row_url(edited)))
    assert confirm(client, edited).status_code == 302


@pytest.mark.parametrize(("group", "status"), [("Analyst", 403), ("Administrator", 302)])
def test_accounts_are_undone_only_by_who_may_change_them(client, people, group, status):
    with changeset(reason="Less rights.") as act:
        people["Viewer"].groups.clear()
        people["Viewer"].groups.add(GroupFactory())
    client.force_login(people[group])
    assert (address(act.closed) in text_of(client.get(row_url(act.closed)))) == (status == 302)
    sent = form_on(client.get(address(act.closed))) if status == 302 else {}
    sent |= {"change_reason": WHY, "confirm": "Undo"}
    assert client.post(address(act.closed), sent).status_code == status


def test_ones_own_account_is_not_undone(client, db):
    with changeset(reason="Account.") as act:
        own = SuperuserFactory()
    client.force_login(own)
    assert client.get(address(act.closed)).status_code == 403


def test_what_a_migration_wrote_has_no_button(signed_in):
    migration = Changeset.objects.filter(kind="migration").first()
    assert address(migration) not in text_of(signed_in.get(row_url(migration)))
    assert signed_in.get(address(migration)).status_code == 403


def test_an_unknown_changeset_is_not_found(signed_in):
    url = reverse("admin:roster_changeset_undo", args=(987654,))
    assert signed_in.get(url).status_code == 404


def test_hostile_values_are_text(signed_in):
    with changeset(reason="<script>alert(1)</script>") as act:
        OfficialFactory(name="<img src=x onerror=alert(1)>")
    said = text_of(signed_in.get(address(act.closed)))
    assert "<img src=x" not in said
    assert "<script>alert" not in said
    assert page_url(Changeset, "change", act.closed.pk) in said

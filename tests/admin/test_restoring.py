"""Pages that restore: a record as it was, a deleted one with what hung on it, and who may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roster.admin.display import page_url, row_url
from roster.admin.undo import deleted
from roster.admin.undo.restoring import AS_IT_WAS, BRING_BACK
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Change, Changeset, Citation, Official
from tests.admin.pages import form_on, page, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    UserFactory,
)

WHY = "It was right before."
DELETED = "/deleted/"


@pytest.fixture
def viewer(client, db):
    with changeset(reason="Account.", kind="seed"):
        user = UserFactory(is_staff=True)
        user.groups.add(Group.objects.get(name="Viewer"))
    client.force_login(user)
    return client


@pytest.fixture
def history(db):
    """An official and the places in the ledger at which it had each of three countries."""
    places = {}
    with changeset(reason="Add.") as act:
        official = OfficialFactory(ref="ann-lee", country="GB")
    places["GB"] = act.position
    for country in ("FR", "CA"):
        with changeset(reason="Edit.") as act:
            Official.objects.filter(pk=official.pk).update(country=country)
        places[country] = act.position
    return official, places


@pytest.fixture
def gone(db):
    """The key of an official that was deleted with its citation."""
    with changeset(reason="Add."):
        official = OfficialFactory(ref="ann-lee-again", name="Ann Lee")
        CitationFactory(official=official, quote="quoted")
    return delete(official)


def delete(official):
    key = official.pk
    with changeset(reason="Entered twice."):
        Citation.objects.filter(official=official).delete()
        official.delete()
    return key


def as_it_was(official, position):
    return reverse("admin:restore_record", args=("official", official.pk, position))


def bring_back(key, kind="official"):
    return reverse("admin:restore_deleted", args=(kind, key))


def confirm(client, url, **values):
    held = form_on(client.get(url))
    return client.post(url, held | {"change_reason": WHY, "confirm": "Restore"} | values)


def offers(response):
    return [one.offer and one.offer.text for one in response.context["changes"]]


def labels(response):
    return [one.label for one in response.context["deleted"]]


def test_each_entry_of_the_history_but_the_latest_offers_what_was_then(signed_in, history):
    official, places = history
    response = signed_in.get(page(official, "history"))
    assert offers(response) == [None, AS_IT_WAS, AS_IT_WAS]
    assert response.context["changes"][1].offer.url == as_it_was(official, places["FR"])


def test_the_preview_of_a_restore_shows_old_and_new(signed_in, history):
    official, places = history
    (row,) = signed_in.get(as_it_was(official, places["GB"])).context["rows"]
    assert [(c.column, c.old, c.new) for c in row.changes] == [("country", "CA", "GB")]
    assert Official.objects.get().country == "CA"


def test_a_restore_gives_the_record_back_and_leads_to_it(signed_in, analyst, history):
    official, places = history
    response = confirm(signed_in, as_it_was(official, places["GB"]))
    written = Changeset.objects.latest("position")
    assert response.url == row_url(official)
    assert (Official.objects.get().country, written.user) == ("GB", analyst)
    said = text_of(signed_in.get(response.url))
    assert f"Official:ann-lee is as it was after changeset #{places['GB']}." in said
    assert row_url(written) in said
    assert verify().problems == []


def test_a_restore_to_how_it_is_is_refused(signed_in, history):
    official, places = history
    response = signed_in.get(as_it_was(official, places["CA"]))
    assert f"is as it was at changeset {places['CA']} already" in text_of(response)
    assert 'name="confirm"' not in text_of(response)


def test_a_restore_that_is_no_longer_as_previewed_is_refused(signed_in, history):
    official, places = history
    held = form_on(signed_in.get(as_it_was(official, places["GB"])))
    with changeset(reason="Later."):
        Official.objects.update(honorific="Dr")
    sent = held | {"change_reason": WHY, "confirm": "Restore"}
    assert signed_in.post(as_it_was(official, places["GB"]), sent).status_code == 409
    assert Official.objects.get().country == "CA"


def test_at_a_deletion_the_history_of_the_official_offers_to_bring_it_back(signed_in):
    with changeset(reason="Add."):
        protection = ProtectionFactory()
    official, key = protection.official, protection.pk
    with changeset(reason="Entered twice.") as act:
        protection.delete()
    newest = signed_in.get(page(official, "history")).context["changes"][0]
    assert (newest.offer.text, newest.offer.url) == (BRING_BACK, bring_back(key, "protection"))
    assert bring_back(key, "protection") in text_of(signed_in.get(row_url(act.closed)))
    assert bring_back(key, "protection") in text_of(signed_in.get(page_url(Change, "changelist")))
    confirm(signed_in, bring_back(key, "protection"))
    assert BRING_BACK not in text_of(signed_in.get(page(official, "history")))
    assert BRING_BACK not in text_of(signed_in.get(page_url(Change, "changelist")))


def test_what_hung_on_a_deleted_record_is_shown_after_it(signed_in, gone):
    response = signed_in.get(bring_back(gone))
    assert [row.label.partition(":")[0] for row in response.context["rows"]] == [
        "official",
        "citation",
    ]
    assert not Official.objects.exists()


def test_a_deleted_record_comes_back_with_what_hung_on_it(signed_in, gone):
    response = confirm(signed_in, bring_back(gone))
    assert response.url == page_url(Official, "change", gone)
    assert (Official.objects.get().pk, Citation.objects.get().quote) == (gone, "quoted")
    said = text_of(signed_in.get(response.url))
    assert "Official:ann-lee-again is there again, and so is 1 row deleted with it." in said
    assert verify().problems == []


def test_a_ref_that_was_taken_meanwhile_is_refused_with_a_link(signed_in, gone):
    with changeset(reason="Add."):
        other = OfficialFactory(ref="ann-lee-again")
    response = signed_in.get(bring_back(gone))
    (refusal,) = response.context["refusals"]
    assert "cannot have ref" in refusal.sentence
    assert row_url(other) in [link.url for link in refusal.links]


def test_what_is_not_deleted_is_not_brought_back(signed_in, history):
    assert "is not deleted" in text_of(signed_in.get(bring_back(history[0].pk)))


@pytest.mark.parametrize("kind", ["nothing", "change", "changeset", "review"])
def test_only_what_has_pages_and_a_history_can_be_restored(signed_in, kind):
    assert signed_in.get(bring_back(1, kind)).status_code == 404
    assert signed_in.get(bring_back(1, kind) + "1/").status_code == 404


def test_a_viewer_sees_no_offer_and_is_refused(viewer, history, gone):
    official, places = history[0], history[1]
    addresses = (as_it_was(official, places["GB"]), bring_back(gone))
    for url in addresses:
        assert viewer.get(url).status_code == 403
        assert viewer.post(url, {"confirm": "x", "change_reason": WHY}).status_code == 403
    assert set(offers(viewer.get(page(official, "history")))) == {None}
    for url in (DELETED, page_url(Change, "changelist")):
        assert BRING_BACK not in text_of(viewer.get(url))
    assert Official.objects.get(pk=official.pk).country == "CA"


def test_who_may_not_add_what_hung_on_it_brings_nothing_back(client, gone):
    with changeset(reason="Account."):
        user = UserFactory(is_staff=True)
        names = ("add_official", "view_official")
        user.user_permissions.set(
            Group.objects.get(name="Administrator").permissions.filter(codename__in=names)
        )
    client.force_login(user)
    assert client.get(bring_back(gone)).status_code == 403


def test_deleted_records_stand_newest_first_and_lead_back(signed_in, gone):
    with changeset(reason="Add."):
        other = OfficialFactory(ref="bo-roe")
    delete(other)
    with changeset(reason="Add."):
        OfficialFactory(ref="still-here")
    response = signed_in.get(DELETED)
    *officials, citation = labels(response)
    assert officials == ["official:bo-roe", "official:ann-lee-again"]
    assert citation.startswith("citation:official:ann-lee-again/name@paragraph:source-")
    assert bring_back(gone) in text_of(response)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"ref": "ann"}, ["official:ann-lee-again"]),
        ({"ref": "Ann L"}, ["official:ann-lee-again"]),
        ({"ref": "lee"}, []),
        ({"ref": "%"}, []),
        ({"ref": 'a","x":"'}, []),
        ({"kind": "official"}, ["official:bo-roe", "official:ann-lee-again"]),
        ({"kind": "role"}, []),
    ],
)
def test_a_deleted_record_is_found_by_its_kind_and_ref(signed_in, gone, query, found):
    with changeset(reason="Add."):
        other = OfficialFactory(ref="bo-roe", name="Bo Roe")
    delete(other)
    assert labels(signed_in.get(DELETED, query)) == found


def test_what_came_back_is_not_listed_as_deleted(signed_in, gone):
    confirm(signed_in, bring_back(gone))
    assert labels(signed_in.get(DELETED)) == []


def test_deleted_records_come_in_pages(signed_in, monkeypatch):
    monkeypatch.setattr(deleted, "DELETED_A_PAGE", 2)
    for number in range(3):
        with changeset(reason="Add."):
            official = OfficialFactory(ref=f"one-{number}")
        delete(official)
    first = signed_in.get(DELETED)
    assert labels(first) == ["official:one-2", "official:one-1"]
    second = signed_in.get(DELETED, {"before": first.context["next_before"]})
    assert (labels(second), second.context["next_before"]) == (["official:one-0"], None)


@pytest.mark.parametrize("query", [{"kind": "ghost"}, {"before": "x"}, {"ref": "a\0b"}])
def test_a_malformed_question_is_answered_with_a_page(signed_in, query):
    assert signed_in.get(DELETED, query).status_code == 200


def test_deleted_records_cost_the_same_queries_however_many(signed_in):
    counts = []
    for size in (1, 20):
        with changeset(reason="Add."):
            rows = ParagraphFactory.create_batch(size)
        with changeset(reason="Entered twice."):
            for row in rows:
                row.delete()
        signed_in.get(DELETED)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(DELETED)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20


def test_deleted_records_are_for_those_who_may_view_such(client, db):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(DELETED).status_code == 403


def test_a_password_is_not_brought_back_with_its_account(signed_in):
    with changeset(reason="Add."):
        user = UserFactory(username="zed")
    key = user.pk
    with changeset(reason="Left."):
        user.delete()
    assert "comes back without a password" in text_of(signed_in.get(bring_back(key, "user")))

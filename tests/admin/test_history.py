"""History pages and the pages of the ledger: who, when, why, old and new; nothing to write."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin import base
from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import Change, Changeset, Official
from tests.admin.pages import change_page, edits, page, send, text_of
from tests.factories import (
    CitationFactory,
    GroupFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    UserFactory,
)


def differences(shown):
    return [(d.column, d.old, d.new) for d in shown.differences]


def test_history_shows_old_and_new_with_who_and_why(signed_in):
    protection = ProtectionFactory(level="part_time")
    send(signed_in, change_page(protection), change_reason="New evidence", level="event")
    response = signed_in.get(page(protection, "history"))
    newest = response.context["changes"][0]
    assert differences(newest) == [("level", "part_time", "event")]
    for text in ("ann", "New evidence", "Edit #", "part_time", "event"):
        assert text in text_of(response)


def test_history_stands_newest_first(signed_in):
    official = OfficialFactory(name="One")
    for name in ("Two", "Three"):
        send(signed_in, change_page(official), change_reason="Renamed", name=name)
    response = signed_in.get(page(official, "history"))
    newest, before, first = response.context["changes"]
    assert ("name", "Two", "Three") in differences(newest)
    assert ("name", "One", "Two") in differences(before)
    assert first.change.act == "i"


def test_write_outside_any_changeset_is_shown_as_such(signed_in):
    official = OfficialFactory()
    assert "Outside any changeset" in text_of(signed_in.get(page(official, "history")))


def test_moved_foreign_key_reads_as_refs(signed_in):
    protection = ProtectionFactory(official=OfficialFactory(ref="one"))
    other = OfficialFactory(ref="other")
    send(signed_in, change_page(protection), change_reason="Wrong person", official=other.pk)
    response = signed_in.get(page(protection, "history"))
    assert differences(response.context["changes"][0]) == [("official", "one", "other")]


def test_row_that_is_gone_reads_as_its_number(signed_in):
    first, second = OfficialFactory(), OfficialFactory(ref="second")
    protection = ProtectionFactory(official=first)
    number = first.pk
    send(signed_in, change_page(protection), change_reason="Wrong person", official=second.pk)
    send(signed_in, page(first, "delete"), change_reason="Entered twice")
    response = signed_in.get(page(protection, "history"))
    moved = response.context["changes"][0]
    assert differences(moved) == [("official", f"#{number}", "second")]


def test_password_shows_as_changed_and_never_its_value(signed_in):
    user = UserFactory()
    values = {"password1": "a-Long-enough-1", "password2": "a-Long-enough-1"}
    url = f"/auth/user/{user.pk}/password/"
    send(signed_in, url, button="set-password", change_reason="Forgotten", **values)
    response = signed_in.get(page(user, "history"))
    assert differences(response.context["changes"][0]) == [("password", "", "changed")]
    assert "md5$" not in text_of(response)


def test_history_is_paged(signed_in, monkeypatch):
    monkeypatch.setattr(base, "CHANGES_A_PAGE", 2)
    official = OfficialFactory()
    for number in range(4):
        Official.objects.filter(pk=official.pk).update(summary=str(number))
    url = page(official, "history")
    assert len(signed_in.get(url).context["changes"]) == 2
    (first,) = signed_in.get(url, {"p": 3}).context["changes"]
    assert first.change.act == "i"


def test_history_of_a_row_that_is_not_there_leads_to_the_index(signed_in):
    response = signed_in.get(page_url(Official, "history", 4711), follow=True)
    assert "Perhaps it was deleted?" in text_of(response)


def test_history_is_for_those_who_may_view_the_record(client, db):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(page(OfficialFactory(), "history")).status_code == 403


def test_page_of_a_changeset_lists_its_changes_field_by_field(signed_in, analyst):
    source = SourceFactory(ref="notice")
    with changeset(user=analyst, reason="All at once.", kind="edit"):
        official = OfficialFactory(ref="ann", name="Ann")
        citation = CitationFactory(
            official=official, paragraph=ParagraphFactory(source=source, number=7)
        )
        group = GroupFactory(name="Analysts")
        analyst.groups.add(group)
    response = signed_in.get(change_page(edits().get()))
    shown = {one.label: one for one in response.context["changes"]}
    assert list(shown) == [
        "official:ann",
        "paragraph:notice#7",
        "citation:official:ann/name",
        "group:Analysts",
        "user-group relationship: ann, Analysts",
    ]
    assert ("name", "", "Ann") in differences(shown["official:ann"])
    assert shown["citation:official:ann/name"].url == change_page(citation)
    assert "All at once." in text_of(response)


def test_deleted_row_is_shown_without_a_link(signed_in):
    official = OfficialFactory(ref="gone", name="Ann")
    send(signed_in, page(official, "delete"), change_reason="Entered twice")
    (shown,) = signed_in.get(change_page(edits().get())).context["changes"]
    assert (shown.label, shown.url) == ("official:gone", "")
    assert ("name", "Ann", "") in differences(shown)


def test_page_of_a_changeset_costs_the_same_queries_however_many_changes(signed_in, analyst):
    counts = []
    for size in (1, 20):
        with changeset(user=analyst, reason="All at once.", kind="edit"):
            ParagraphFactory.create_batch(size)
        url = change_page(edits().first())
        signed_in.get(url)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model", [Changeset, Change])
def test_ledger_cannot_be_written_through_its_pages(signed_in, model):
    with changeset(reason="Written.", kind="edit"):
        OfficialFactory()
    row = model.objects.order_by("-id").first()
    before = model.objects.values().get(pk=row.pk)
    asked = {"reason": "Rewritten", "change_reason": "To hide it", "post": "yes"}
    assert signed_in.post(change_page(row), asked).status_code == 403
    assert signed_in.post(page(row, "delete"), asked).status_code == 403
    assert signed_in.post(page_url(model, "add"), asked).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk]}
    signed_in.post(page_url(model, "changelist"), asked | chosen)
    assert model.objects.values().get(pk=row.pk) == before


def test_page_of_a_change_shows_what_was_recorded(signed_in):
    OfficialFactory(ref="ann")
    change = Change.objects.order_by("-id").first()
    response = signed_in.get(change_page(change))
    assert response.status_code == 200
    assert "Why?" not in text_of(response)

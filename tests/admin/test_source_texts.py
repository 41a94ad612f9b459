"""Attaching a text on screen: given, previewed side by side, decided on, confirmed once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from roster.admin.display import page_url, row_url
from roster.history.changesets import changeset
from roster.models import Paragraph, Source
from roster.provenance.documents import MAX_BYTES
from roster.provenance.fingerprints import fingerprint
from tests.admin.exchanging import user_who_may
from tests.admin.pages import edits, form_on, send, text_of
from tests.admin.texting import confirm, give, give_file, text_url
from tests.factories import CitationFactory, OfficialFactory, SuperuserFactory
from tests.provenance.texts import NOTICE, as_text, fingerprinted

WITH_CHANGE = as_text().replace("spring fair", "spring fare")
HOSTILE = "<script>alert(1)</script> <a href=javascript:alert(1)>7. x</a>"


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def source(db):
    with changeset(reason="Prepared.", kind="command"):
        source = fingerprinted()
        third = Paragraph.objects.get(number=3)
        official = OfficialFactory(ref="odile-farrow")
        CitationFactory(paragraph=third, official=official, quote="the spring faire, the council")
        return source


def texts():
    return [row.text for row in Paragraph.objects.order_by("number")]


def test_a_pasted_text_is_previewed_confirmed_and_stored(signed_in, source):
    preview = give(signed_in, source, as_text())
    assert "is the text of this source, paragraph for paragraph" in text_of(preview)
    assert set(texts()) == {""}
    done = confirm(signed_in, source, preview)
    assert done.redirect_chain[-1][0] == row_url(source)
    assert "5 paragraphs stored and the quotes placed" in text_of(done)
    assert tuple(texts()) == NOTICE
    assert edits().get().reason == "Own copy"


def test_a_file_does_as_well(signed_in, source):
    confirm(signed_in, source, give_file(signed_in, source, as_text().encode("utf-8-sig")))
    assert tuple(texts()) == NOTICE


def test_what_differs_is_shown_with_its_facts_and_left_unless_taken(signed_in, source):
    preview = give(signed_in, source, WITH_CHANGE)
    page = text_of(preview)
    assert "Paragraph 3 differs" in page
    assert "Summary 3" in page
    assert "official:odile-farrow</a>: Name" in page
    confirm(signed_in, source, preview)
    assert texts()[2] == ""
    assert texts()[3] == NOTICE[3]


def test_what_differs_is_taken_when_ticked(signed_in, source):
    confirm(signed_in, source, give(signed_in, source, WITH_CHANGE), accept="3")
    assert "spring fare" in texts()[2]
    assert Paragraph.objects.get(number=3).fingerprint == fingerprint(texts()[2])


def test_a_quote_that_is_placed_approximately_shows_its_words_and_score(signed_in, source):
    page = text_of(give(signed_in, source, as_text()))
    assert "<q>the spring fair, the council</q> (98 % alike)" in page


def test_words_that_differ_from_a_text_that_is_here_are_marked(signed_in, source):
    Paragraph.objects.filter(number=3).update(text=NOTICE[2])
    page = text_of(give(signed_in, source, WITH_CHANGE))
    assert "spring <del>fair, </del>the" in page
    assert "spring <ins>fare, </ins>the" in page


def test_a_missing_reason_keeps_the_decisions(signed_in, source):
    preview = give(signed_in, source, WITH_CHANGE)
    again = confirm(signed_in, source, preview, accept="3", change_reason="")
    assert "Say in a few words why" in text_of(again)
    assert form_on(again)["accept"] == ["3"]
    confirm(signed_in, source, again)
    assert "spring fare" in texts()[2]


def test_a_source_that_changed_meanwhile_refuses_and_shows_anew(signed_in, source):
    preview = give(signed_in, source, as_text())
    Paragraph.objects.filter(number=1).update(fingerprint=fingerprint("Other."))
    again = confirm(signed_in, source, preview)
    assert "after the preview: nothing was written" in text_of(again)
    assert "Paragraph 1 differs" in text_of(again)
    assert set(texts()) == {""}


def test_a_text_is_attached_once(signed_in, source):
    preview = give(signed_in, source, as_text())
    confirm(signed_in, source, preview)
    again = confirm(signed_in, source, preview)
    assert "nothing was written a second time" in text_of(again)
    assert edits().count() == 1


def test_the_waiting_text_is_its_owners_alone_and_goes_when_attached(signed_in, source):
    preview = give(signed_in, source, as_text())
    (waiting,) = (Path(settings.ROSTER_HOME) / "uploads").glob("*.csv")
    assert waiting.stat().st_mode & 0o777 == 0o600
    confirm(signed_in, source, preview)
    assert not waiting.exists()


def test_a_text_waits_for_nobody_else(signed_in, client, source):
    preview = give(signed_in, source, as_text())
    client.force_login(SuperuserFactory())
    refused = confirm(client, source, preview)
    assert refused.status_code == 403
    assert set(texts()) == {""}


def test_a_text_waits_for_no_other_source(signed_in, source):
    preview = give(signed_in, source, as_text())
    other = fingerprinted(ref="other")
    assert confirm(signed_in, other, preview).status_code == 404


def test_a_cancelled_text_is_removed(signed_in, source):
    preview = give(signed_in, source, as_text())
    done = confirm(signed_in, source, preview, button="cancel")
    assert "nothing was written" in text_of(done)
    assert not list((Path(settings.ROSTER_HOME) / "uploads").glob("*.csv"))
    assert set(texts()) == {""}


def test_hidden_characters_are_refused_with_the_offer_to_remove_them(signed_in, source):
    refused = give(signed_in, source, as_text().replace("Quimby", "Quim\u202eby"))
    assert refused.status_code == 422
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in text_of(refused)
    held = form_on(refused)
    preview = signed_in.get(text_url(source), held | {"remove_hidden": "on"})
    assert "2 hidden characters removed" in text_of(preview)
    confirm(signed_in, source, preview)
    assert tuple(texts()) == NOTICE


def test_what_removing_does_not_mend_is_refused_without_the_offer(signed_in, source):
    refused = give_file(signed_in, source, b"bad \xff")
    assert "byte 0xFF on line 1" in text_of(refused)
    assert "remove_hidden" not in text_of(refused)


def test_hostile_text_is_text(signed_in, source):
    page = text_of(give(signed_in, source, f"{as_text()}\n\n{HOSTILE}"))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<a href=javascript" not in page


@pytest.mark.parametrize(
    ("text", "says"), [("", "Choose a file or paste the text"), (" \n", "Choose a file")]
)
def test_no_text_is_asked_for_again(signed_in, source, text, says):
    assert says in text_of(give(signed_in, source, text))


def test_a_file_that_is_too_long_is_refused(signed_in, source, monkeypatch):
    monkeypatch.setattr("roster.admin.texts.forms.MAX_BYTES", 10)
    assert f"more than {MAX_BYTES:,} bytes" in text_of(give_file(signed_in, source, b"x" * 11))


def test_many_mismatches_are_cut_and_left(signed_in, source, monkeypatch):
    monkeypatch.setattr("roster.admin.texts.previews.MOST_SHOWN", 2)
    preview = give(signed_in, source, "\n\n".join(f"Other {n}." for n in range(5)))
    assert "3 more do not match and will be left" in text_of(preview)


def test_the_preview_of_many_paragraphs_takes_few_queries(
    signed_in, source, django_assert_max_num_queries
):
    for number in range(6, 60):
        row = Paragraph.objects.create(source=source, number=number, fingerprint="")
        CitationFactory(paragraph=row)
    with django_assert_max_num_queries(12):
        give(signed_in, source, as_text())


@pytest.mark.parametrize(
    "acts", [("view",), ("view", "change")], ids=["views", "changes sources alone"]
)
def test_who_may_not_write_paragraphs_may_not_attach(client, source, acts):
    client.force_login(user_who_may(*acts, model=Source))
    assert client.get(text_url(source)).status_code == 403
    assert client.get(reverse("admin:roster_source_from_text")).status_code == 403
    assert "Attach text" not in text_of(client.get(row_url(source)))
    assert "Add from text" not in text_of(client.get(page_url(Source, "changelist")))


def test_who_may_not_view_citations_sees_no_facts(client, source):
    user = user_who_may("view", "change", model=Source)
    for permission in user_who_may("add", "change", model=Paragraph).user_permissions.all():
        user.user_permissions.add(permission)
    client.force_login(user)
    page = text_of(give(client, source, WITH_CHANGE))
    assert "Paragraph 3 differs" in page
    assert "odile-farrow" not in page


def test_the_pages_are_linked_from_source_and_list(signed_in, source):
    assert text_url(source) in text_of(signed_in.get(row_url(source)))
    address = reverse("admin:roster_source_from_text")
    assert address in text_of(signed_in.get(page_url(Source, "changelist")))


def test_there_is_no_page_for_a_source_that_is_not_there(signed_in):
    assert signed_in.get(reverse("admin:roster_source_text", args=(9,))).status_code == 404


def test_a_source_is_made_of_its_text_in_one_changeset(signed_in):
    text = f"date 2024-07-18\n\n{as_text()}"
    response = send(
        signed_in,
        reverse("admin:roster_source_from_text"),
        title="Notice of Quimby",
        text=text,
        change_reason="New notice",
    )
    source = Source.objects.get()
    assert response["Location"] == row_url(source)
    assert (source.ref, source.published) == ("2024-07-18-notice-of-quimby", "2024-07-18")
    assert tuple(texts()) == NOTICE
    assert Paragraph.objects.get(number=2).fingerprint == fingerprint(NOTICE[1])
    assert edits().get().change_count == 6


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"title": "Notice", "text": ""}, "Choose a file or paste the text"),
        ({"title": "", "text": "Words."}, "This field is required"),
        ({"title": "Notice", "text": "a\u202eb"}, "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ({"title": "Notice", "text": "Words.", "change_reason": ""}, "Say in a few words why"),
        ({"title": "Notice", "text": "Words.", "published": "2024-13"}, "2024-13"),
    ],
)
def test_a_source_is_not_made_of_what_cannot_be_taken(signed_in, values, says):
    url = reverse("admin:roster_source_from_text")
    response = send(signed_in, url, **{"change_reason": "New"} | values)
    assert says in text_of(response)
    assert not Source.objects.exists()


def test_hidden_characters_are_removed_from_a_new_source_when_ticked(signed_in):
    send(
        signed_in,
        reverse("admin:roster_source_from_text"),
        title="Notice",
        text="a\u202eb",
        remove_hidden="on",
        change_reason="New",
    )
    assert texts() == ["ab"]

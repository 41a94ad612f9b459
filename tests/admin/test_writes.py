"""Every write through a page is one changeset with its user and its reason, or nothing."""

from __future__ import annotations

import pytest

from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Official, Protection, Source
from tests.admin.pages import FACTORIES, change_page, edits, page, send, text_of
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ProtectionFactory,
    SourceFactory,
    UserFactory,
)

ASKED_WHY = "Say in a few words why this is changed; nothing was written."
EDITED = {
    "user": {"first_name": "Edited"},
    "group": {"name": "Edited"},
    "paragraph": {"summary": "Edited"},
    "citation": {"note": "Edited"},
    "importmapping": {"name": "Edited"},
}


@pytest.fixture
def seeded(db):
    """Makes a row of a kind inside a changeset, so that only a page's writes are to be seen."""

    def made(kind, **values):
        with changeset(reason="Prepared.", kind="command"):
            return FACTORIES[kind](**values)

    return made


def edited(kind):
    return EDITED.get(kind, {"summary": "Edited"})


@pytest.mark.parametrize("kind", FACTORIES)
def test_change_is_one_changeset_of_the_user_with_the_reason(signed_in, analyst, seeded, kind):
    row = seeded(kind)
    response = send(signed_in, change_page(row), change_reason="New evidence", **edited(kind))
    assert response.status_code == 302
    entry = edits().get()
    assert (entry.user, entry.reason, entry.change_count) == (analyst, "New evidence", 1)
    ((column, value),) = edited(kind).items()
    row.refresh_from_db()
    assert getattr(row, column) == value


@pytest.mark.parametrize("kind", FACTORIES)
def test_unchanged_save_leaves_no_changeset(signed_in, seeded, kind):
    row = seeded(kind)
    response = send(signed_in, change_page(row), change_reason="Nothing new")
    assert response.status_code == 302
    assert not edits().exists()


@pytest.mark.parametrize("kind", FACTORIES)
def test_blank_reason_is_asked_for_and_nothing_is_written(signed_in, seeded, kind):
    row = seeded(kind)
    before = type(row).objects.values().get(pk=row.pk)
    response = send(signed_in, change_page(row), change_reason="  ", **edited(kind))
    assert response.status_code == 200
    assert ASKED_WHY in text_of(response)
    assert type(row).objects.values().get(pk=row.pk) == before
    assert not edits().exists()


@pytest.mark.parametrize("kind", FACTORIES)
def test_deletion_is_one_changeset_with_the_reason(signed_in, analyst, seeded, kind):
    row = seeded(kind)
    response = send(signed_in, page(row, "delete"), change_reason="Entered twice")
    assert response.status_code == 302
    assert not type(row).objects.filter(pk=row.pk).exists()
    entry = edits().get()
    assert (entry.user, entry.reason) == (analyst, "Entered twice")


@pytest.mark.parametrize("kind", FACTORIES)
def test_deletion_without_a_reason_is_asked_again(signed_in, seeded, kind):
    row = seeded(kind)
    response = send(signed_in, page(row, "delete"), change_reason="")
    assert response.status_code == 200
    assert ASKED_WHY in text_of(response)
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("kind", FACTORIES)
def test_selected_rows_are_deleted_in_one_changeset(signed_in, analyst, seeded, kind):
    rows = [seeded(kind), seeded(kind)]
    listed = page_url(type(rows[0]), "changelist")
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}
    asked = signed_in.post(listed, chosen | {"index": "0"})
    assert "Why?" in text_of(asked)
    signed_in.post(listed, chosen | {"post": "yes", "change_reason": "Entered twice"})
    assert not type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).exists()
    entry = edits().get()
    assert (entry.user, entry.change_count) == (analyst, 2)


def test_selected_rows_stay_without_a_reason(signed_in, seeded):
    row = seeded("official")
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    response = signed_in.post(page_url(Official, "changelist"), chosen | {"change_reason": " "})
    assert ASKED_WHY in text_of(response)
    assert Official.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "reason",
    ["x" * 501, "hidden\u202etext"],
    ids=["too long", "bidirectional control"],
)
def test_reason_that_the_ledger_should_not_show_is_refused(signed_in, seeded, reason):
    row = seeded("official")
    response = send(signed_in, change_page(row), change_reason=reason, summary="Edited")
    assert response.context["errors"]
    assert not edits().exists()


def test_what_citations_rest_on_is_not_deleted(signed_in):
    citation = CitationFactory(quote="the words relied on")
    response = send(signed_in, page(citation.official, "delete"), change_reason="Away with it")
    assert response.status_code == 200
    assert "cannot be deleted, because these rest on it" in text_of(response)
    assert f'href="{change_page(citation)}"' in text_of(response)
    assert Official.objects.filter(pk=citation.official.pk).exists()


def test_refused_deletion_names_a_hundred_rows_and_counts_the_others(signed_in):
    official = OfficialFactory()
    CitationFactory.create_batch(103, official=official)
    response = signed_in.get(page(official, "delete"))
    assert "and 3 more" in text_of(response)
    assert text_of(response).count("Citation: ") == 100


def test_protected_rows_stay_when_selected(signed_in):
    citation = CitationFactory()
    chosen = {"action": "delete_selected", "_selected_action": [citation.official.pk]}
    response = signed_in.post(
        page_url(Official, "changelist"), chosen | {"post": "yes", "change_reason": "Away"}
    )
    assert "cannot be deleted, because others rest on them" in text_of(response)
    assert f'href="{change_page(citation)}"' in text_of(response)
    assert Official.objects.filter(pk=citation.official.pk).exists()


@pytest.mark.parametrize("date", ["03/01/2020", "2020-13"])
def test_bad_date_is_refused_with_the_sentence_of_the_field(signed_in, date):
    protection = ProtectionFactory(start="2020")
    response = send(signed_in, change_page(protection), change_reason="Dated", start=date)
    (sentence,) = response.context["adminform"].form.errors["start"]
    assert date in sentence
    assert sentence.endswith(".")
    assert Protection.objects.get().start == "2020"
    assert not edits().exists()


def test_rule_between_columns_is_said_in_the_form(signed_in):
    protection = ProtectionFactory(start="2020")
    response = send(signed_in, change_page(protection), change_reason="Dated", end="2019")
    assert "The end lies before the start" in text_of(response)
    assert Protection.objects.get().end == ""


def test_unknown_choice_is_refused_with_the_codes_that_are_taken(signed_in):
    protection = ProtectionFactory()
    response = send(signed_in, change_page(protection), change_reason="Level", level="always")
    assert "round_the_clock, part_time, event, unknown" in text_of(response)


def test_own_reason_of_a_protection_is_another_field(signed_in):
    protection = ProtectionFactory()
    send(signed_in, change_page(protection), change_reason="Read again", reason="A hit list")
    assert Protection.objects.get().reason == "A hit list"
    assert edits().get().reason == "Read again"


def test_stored_white_space_and_line_breaks_survive_a_save(signed_in):
    official = OfficialFactory(name="Ann ", summary="first\n\nsecond \n")
    send(signed_in, change_page(official), change_reason="Country", country="US")
    saved = Official.objects.get()
    assert (saved.name, saved.summary, saved.country) == ("Ann ", "first\n\nsecond \n", "US")


def test_aliases_survive_a_save_and_follow_an_edit(signed_in):
    official = OfficialFactory(aliases=["a|b", "c\\d"])
    send(signed_in, change_page(official), change_reason="Country", country="US")
    assert Official.objects.get().aliases == ("a|b", "c\\d")
    send(signed_in, change_page(official), change_reason="Alias", aliases="x|y")
    assert Official.objects.get().aliases == ("x", "y")


def test_changed_name_is_found_by_its_search_key(signed_in):
    official = OfficialFactory(name="Old")
    send(signed_in, change_page(official), change_reason="Renamed", name="Émile Zola")
    assert Official.objects.get().search_key == "emile zola"


def test_session_leaves_a_ledger_without_problems(signed_in, seeded):
    official = seeded("official")
    send(signed_in, change_page(official), change_reason="Edit", name="Renamed")
    send(
        signed_in,
        page_url(Protection, "add"),
        change_reason="Add",
        official=official.pk,
        level="event",
    )
    send(signed_in, page(Protection.objects.get(), "delete"), change_reason="Delete")
    assert edits().count() == 3
    assert verify().problems == []


def test_user_who_wrote_cannot_be_deleted(signed_in, seeded):
    other = UserFactory(is_staff=True)
    with changeset(user=other, reason="Written.", kind="edit"):
        SourceFactory()
    response = send(signed_in, page(other, "delete"), change_reason="Left")
    assert "cannot be deleted" in text_of(response)


def test_own_account_cannot_be_deleted(signed_in, analyst):
    assert signed_in.get(page(analyst, "delete")).status_code == 403


def test_no_entry_is_made_in_djangos_log(signed_in, seeded):
    from django.contrib.admin.models import LogEntry

    official = seeded("official")
    send(signed_in, change_page(official), change_reason="Edit", name="Renamed")
    send(signed_in, page(official, "delete"), change_reason="Delete")
    send(signed_in, page_url(Source, "add"), change_reason="Add", title="A title")
    assert Source.objects.exists()
    assert not LogEntry.objects.exists()

"""Changing a cited value: the form asks about each citation, and writes both in one changeset."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from zeal import zeal_ignore

from roster.admin.evidence.recite import questions_url
from roster.admin.forms.record_forms import NOT_ANSWERED
from roster.models import Citation, Official, Protection
from roster.models.citations import Stance
from roster.provenance.states import EvidenceState
from roster.provenance.tallies import counts
from tests.admin.pages import change_page, edits, form_on, text_of
from tests.admin.reciting import TEXT, answer, cite, paragraph, send_change
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    ThreatFactory,
    UserFactory,
)

STALE = "/roster/protection/?evidence=stale"
QUEUE = "/evidence/stale/"


@pytest.fixture
def protection(db):
    official = OfficialFactory(ref="ann", name="Ann")
    return ProtectionFactory(ref="ann/protection", official=official, level="part_time")


@pytest.fixture
def citation(protection):
    return cite(protection, "level", paragraph=paragraph(), quote="guarded her")


def shown_in(client, address):
    return list(client.get(address).context["cl"].result_list)


def test_first_send_asks_and_writes_nothing_but_keeps_what_was_typed(
    signed_in, protection, citation
):
    response = send_change(signed_in, protection, level="event", provider="Army")
    page = text_of(response)
    assert response.status_code == 200
    assert NOT_ANSWERED in page
    assert "Still supports the new value" in page
    assert "guarded her" in page
    held = form_on(response)
    assert (held["level"], held["provider"]) == (["event"], ["Army"])
    assert response.context["adminform"].form.errors["level"] == [NOT_ANSWERED]
    protection.refresh_from_db()
    assert (protection.level, edits().count()) == ("part_time", 0)


def test_citation_left_stale_shows_as_stale_at_once_everywhere(signed_in, protection, citation):
    response = send_change(signed_in, protection, level="event", **answer(citation, "leave"))
    assert response.status_code == 302
    assert shown_in(signed_in, STALE) == [protection]
    assert shown_in(signed_in, "/roster/citation/?state=stale") == [citation]
    assert counts()[EvidenceState.STALE] == 1
    page = text_of(signed_in.get(change_page(protection)))
    assert EvidenceState.STALE.meaning in page
    assert "<dt>Cited for</dt><dd>Part time</dd>" in page
    assert protection.ref in text_of(signed_in.get(QUEUE))
    with pytest.raises(SystemExit):
        call_command("check_citations")


def test_recited_value_is_current_everywhere_and_one_changeset_has_both(
    signed_in, analyst, protection, citation
):
    send_change(signed_in, protection, level="event", **answer(citation, "leave"))
    send_change(signed_in, protection, level="round_the_clock", **answer(citation, "still"))
    citation.refresh_from_db()
    assert citation.value == "round_the_clock"
    assert shown_in(signed_in, STALE) == []
    assert protection.ref not in text_of(signed_in.get(QUEUE))
    call_command("check_citations")
    assert (counts()[EvidenceState.STALE], counts()[EvidenceState.CURRENT]) == (0, 1)
    entry = edits().newest_first().first()
    assert (entry.user, entry.change_count) == (analyst, 2)
    tables = {change.table for change in entry.changes_in_order}
    assert tables == {Protection._meta.db_table, Citation._meta.db_table}
    shown = text_of(signed_in.get(change_page(entry)))
    assert shown.count("round_the_clock") >= 2


def test_replaced_passage_takes_the_place_of_the_old_one(signed_in, protection, citation):
    place = paragraph()
    values = {"paragraph": place.pk, "quote": '"and nowhere else"', "credibility": "2"}
    response = send_change(
        signed_in, protection, level="event", **answer(citation, "replace", **values)
    )
    assert response.status_code == 302
    replaced = Citation.objects.get()
    assert (replaced.paragraph, replaced.quote) == (place, '"and nowhere else"')
    assert (replaced.value, replaced.credibility, replaced.stance) == ("event", "2", "supports")
    assert replaced.anchor_words == "“and nowhere else”"
    assert counts()[EvidenceState.CURRENT] == 1


def test_same_passage_may_be_cited_again(signed_in, protection, citation):
    same = {"paragraph": citation.paragraph_id, "quote": citation.quote}
    send_change(signed_in, protection, level="event", **answer(citation, "replace", **same))
    citation.refresh_from_db()
    assert (citation.value, citation.quote) == ("event", "guarded her")


@pytest.mark.parametrize(
    ("passage", "sentence"),
    [
        ({}, "Choose the paragraph in which the words stand."),
        ({"quote": "guarded him at events"}, "The nearest words there are “guarded her at events”"),
        ({"quote": "x" * 501}, "at most 500"),
    ],
)
def test_passage_that_cannot_replace_is_refused_with_a_sentence(
    signed_in, protection, citation, passage, sentence
):
    if passage:
        passage |= {"paragraph": paragraph().pk}
    response = send_change(
        signed_in, protection, level="event", **answer(citation, "replace", **passage)
    )
    assert sentence in text_of(response)
    assert not edits().exists()


def test_words_that_another_citation_has_already_are_refused_at_the_field(
    signed_in, protection, citation
):
    other = cite(protection, "level", paragraph=citation.paragraph, quote="at events")
    same = {"paragraph": citation.paragraph_id, "quote": citation.quote}
    response = send_change(
        signed_in,
        protection,
        level="event",
        **answer(citation, "leave"),
        **answer(other, "replace", **same),
    )
    sentence = "The same words of this paragraph are cited for this field already."
    assert response.context["adminform"].form.errors["level"] == [sentence]
    protection.refresh_from_db()
    assert (protection.level, edits().count()) == ("part_time", 0)


def test_each_citation_is_asked_about_and_a_denial_in_its_own_words(
    signed_in, protection, citation
):
    denial = cite(protection, "level", stance=Stance.DISPUTES)
    response = send_change(signed_in, protection, level="event", **answer(citation, "still"))
    (asked,) = response.context["adminform"].form.asked
    assert [form.question.citation for form in asked.forms] == [citation, denial]
    assert [bool(form.errors) for form in asked.forms] == [False, True]
    assert "Still disputes it" in text_of(response)
    send_change(
        signed_in, protection, level="event", **answer(citation, "still"), **answer(denial, "still")
    )
    assert set(Citation.objects.values_list("value", "stance")) == {
        ("event", "supports"),
        ("event", "disputes"),
    }


def test_citation_of_the_very_value_that_comes_back_is_not_asked_about(signed_in, protection):
    citation = cite(protection, "level", value="event")
    assert send_change(signed_in, protection, level="event").status_code == 302
    assert counts()[EvidenceState.STALE] == 0
    assert edits().get().change_count == 1
    citation.refresh_from_db()
    assert citation.value == "event"


def test_nothing_is_asked_where_no_cited_value_changed(signed_in, protection, citation):
    assert send_change(signed_in, protection, provider="Army").status_code == 302
    assert send_change(signed_in, protection, ref="ann/renamed").status_code == 302


def test_another_row_chosen_for_a_field_asks_too(signed_in):
    threat, other = ThreatFactory(), OfficialFactory(ref="bob")
    citation = cite(threat, "official")
    response = send_change(signed_in, threat, official=other.pk)
    assert NOT_ANSWERED in text_of(response)
    send_change(signed_in, threat, official=other.pk, **answer(citation, "still"))
    citation.refresh_from_db()
    assert citation.value == "bob"


def test_row_edited_in_place_asks_at_its_field(signed_in, protection, citation):
    ann = protection.official
    role = RoleFactory(official=ann, title="Head")
    cite(role, "title")
    change = {"protections-0-level": "event"}
    response = send_change(signed_in, ann, **change)
    formsets = [shown.formset for shown in response.context["inline_admin_formsets"]]
    errors = [form.errors for formset in formsets for form in formset.initial_forms]
    assert [dict(error) for error in errors] == [{}, {"level": [NOT_ANSWERED]}]
    send_change(signed_in, ann, **change, **answer(citation, "still"))
    citation.refresh_from_db()
    assert (citation.value, edits().get().change_count) == ("event", 2)


def test_question_is_shown_as_text_whatever_its_passage_holds(signed_in, protection):
    cite(protection, "level", quote="<script>alert(1)</script>")
    page = text_of(send_change(signed_in, protection, level="event"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_answers_about_what_did_not_change_are_not_heeded(signed_in, protection, citation):
    stranger = CitationFactory(value="other")
    send_change(
        signed_in,
        protection,
        provider="Army",
        **answer(citation, "still"),
        **answer(stranger, "still"),
    )
    stranger.refresh_from_db()
    assert (stranger.value, edits().get().change_count) == ("other", 1)


@pytest.fixture
def user_who_may(client, db):
    def signed_in_with(*codenames):
        user = UserFactory(is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return signed_in_with


def test_who_may_not_change_citations_is_not_asked_and_leaves_them_stale(
    user_who_may, protection, citation
):
    client = user_who_may("view_protection", "change_protection")
    response = client.get(change_page(protection))
    assert 'class="recite"' not in text_of(response)
    assert "evidence-quote" not in text_of(response)
    assert send_change(client, protection, level="event").status_code == 302
    assert counts()[EvidenceState.STALE] == 1


def test_script_is_given_the_questions_on_one_field(signed_in, protection, citation):
    page = signed_in.get(questions_url(protection), {"column": "level"})
    assert f'name="citation-{citation.pk}-outcome"' in text_of(page)
    assert "Level is cited. What becomes of its citation?" in text_of(page)
    assert text_of(signed_in.get(questions_url(protection), {"column": "provider"})).strip() == ""


@pytest.mark.parametrize("column", ["ref", "nonsense", ""])
def test_what_cannot_be_cited_has_no_questions(signed_in, protection, column):
    assert signed_in.get(questions_url(protection), {"column": column}).status_code == 404


@pytest.mark.parametrize("codenames", [["change_citation"], ["view_protection", "view_citation"]])
def test_questions_take_the_permission_to_see_the_record_and_to_change_citations(
    user_who_may, protection, codenames
):
    client = user_who_may(*codenames)
    assert client.get(questions_url(protection), {"column": "level"}).status_code == 403


def test_questions_of_many_rows_are_asked_in_as_many_queries_as_those_of_one(signed_in):
    counted = []
    for rows in (1, 8):
        official = OfficialFactory()
        for protection in ProtectionFactory.create_batch(rows, official=official):
            cite(protection, "level", paragraph=ParagraphFactory(text=TEXT))
        held = form_on(signed_in.get(change_page(official)))
        held |= {f"protections-{number}-level": "event" for number in range(rows)}
        # Django's own formset fetches each row that was sent by its key.
        with CaptureQueriesContext(connection) as captured, zeal_ignore():
            signed_in.post(change_page(official), held | {"change_reason": "Asked"})
        asked = [one for one in captured if 'FROM "roster_citation"' in one["sql"]]
        counted.append(len(asked))
    assert counted[0] == counted[1]
    assert not Official.objects.filter(protections__level="event").exists()

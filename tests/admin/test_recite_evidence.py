"""The passage that new values rest on, and the refusal of values that rest on nothing."""

from __future__ import annotations

import pytest

from roster.admin.evidence.provenance import cite_url
from roster.admin.evidence.recite import NOTHING_TO_CITE
from roster.admin.forms.record_forms import BOX_REFUSED
from roster.models import Citation, Official, Protection
from roster.provenance.states import EvidenceState
from roster.provenance.tallies import counts
from tests.admin.pages import change_page, edits, form_on, page, send, text_of
from tests.admin.reciting import LACKING, answer, box, cite, paragraph, send_change
from tests.factories import OfficialFactory, ProtectionFactory


@pytest.fixture
def required(settings):
    settings.ROSTER_EVIDENCE = "require"


@pytest.fixture
def protection(db):
    official = OfficialFactory(ref="ann", name="Ann")
    return ProtectionFactory(ref="ann/protection", official=official, level="part_time")


def cited():
    return set(Citation.objects.values_list("field", "value", "quote", "stance", "credibility"))


def test_passage_is_cited_for_every_factual_field_that_changes(signed_in, protection):
    send_change(
        signed_in,
        protection,
        level="event",
        start="2020",
        summary="In short",
        **box(paragraph(), "guarded her", "2"),
    )
    assert cited() == {
        ("level", "event", "guarded her", "supports", "2"),
        ("start", "2020", "guarded her", "supports", "2"),
    }
    assert edits().get().change_count == 3


def test_passage_is_not_cited_again_for_what_an_answer_cites(signed_in, protection):
    citation = cite(protection, "level", paragraph=paragraph(), quote="at events")
    values = {"level": "event", "provider": "Army"} | box(paragraph(), "guarded her")
    send_change(signed_in, protection, **values, **answer(citation, "still"))
    assert {(field, quote) for field, _, quote, _, _ in cited()} == {
        ("level", "at events"),
        ("provider", "guarded her"),
    }


def test_passage_supports_a_value_whose_older_citation_is_left_stale(signed_in, protection):
    citation = cite(protection, "level", paragraph=paragraph(), quote="at events")
    values = {"level": "event"} | box(paragraph(), "guarded her")
    send_change(signed_in, protection, **values, **answer(citation, "leave"))
    assert (counts()[EvidenceState.STALE], counts()[EvidenceState.CURRENT]) == (1, 1)


def test_words_cited_for_the_field_before_are_cited_for_its_new_value(signed_in, protection):
    citation = cite(protection, "level", paragraph=paragraph(), quote="guarded her")
    values = {"level": "event"} | box(citation.paragraph, "guarded her")
    send_change(signed_in, protection, **values, **answer(citation, "leave"))
    assert Citation.objects.get().value == "event"


def test_rows_in_place_new_and_changed_rest_on_the_passage_too(signed_in, protection):
    ann = protection.official
    held = form_on(signed_in.get(change_page(ann)))
    sent = held | {
        "country": "US",
        "protections-0-level": "event",
        "roles-TOTAL_FORMS": "1",
        "roles-0-title": "Head",
        "change_reason": "A new notice",
        "_save": "Save",
    }
    response = signed_in.post(change_page(ann), sent | box(paragraph(), "guarded her"))
    assert response.status_code == 302
    records = {(c.record.label, c.field) for c in Citation.objects.with_records()}
    assert records == {
        ("official:ann", "country"),
        ("protection:ann/protection", "level"),
        ("role:ann/head", "title"),
    }
    assert edits().get().change_count == 6


def test_new_record_rests_on_the_passage_with_all_its_factual_fields(signed_in):
    send(
        signed_in,
        "/roster/official/add/",
        name="Ann",
        country="US",
        change_reason="Named",
        **{key: str(value) for key, value in box(paragraph(), "guarded her").items()},
    )
    assert {(field, value) for field, value, *_ in cited()} == {("name", "Ann"), ("country", "US")}


def test_other_quotation_marks_are_placed(signed_in, protection):
    send_change(signed_in, protection, level="event", **box(paragraph(), '"and nowhere else"'))
    citation = Citation.objects.get()
    assert citation.anchor_words == "“and nowhere else”"
    assert counts()[EvidenceState.UNANCHORED] == 0


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("guarded him at events", "The nearest words there are “guarded her at events”"),
        ("x" * 501, "at most 500"),
        ("a\u202eb", "U+202E"),
    ],
)
def test_quote_that_cannot_be_cited_is_refused_and_kept_for_correction(
    signed_in, protection, quote, sentence
):
    response = send_change(signed_in, protection, level="event", **box(paragraph(), quote))
    assert sentence in text_of(response)
    assert BOX_REFUSED in text_of(response)
    assert form_on(response)["level"] == ["event"]
    assert not edits().exists()


def test_quote_without_its_paragraph_is_refused(signed_in, protection):
    response = send_change(signed_in, protection, level="event", **{"evidence-quote": "words"})
    assert "Choose the paragraph in which the words stand." in text_of(response)
    assert not edits().exists()


@pytest.mark.parametrize("change", [{"summary": "In short"}, {"level": "unknown"}])
def test_passage_that_would_support_nothing_is_refused_and_all_is_undone(
    signed_in, protection, change
):
    response = send_change(signed_in, protection, **change, **box(paragraph(), "guarded her"))
    assert response.status_code == 200
    assert NOTHING_TO_CITE in text_of(response)
    assert not edits().exists()


def test_value_without_evidence_is_refused_at_its_field_where_it_is_required(
    signed_in, required, protection
):
    response = send_change(signed_in, protection, level="event", provider="")
    assert response.context["adminform"].form.errors["level"] == [LACKING]
    assert form_on(response)["level"] == ["event"]
    assert "was changed successfully" not in text_of(response)
    protection.refresh_from_db()
    assert (protection.level, edits().count()) == ("part_time", 0)
    assert "was changed successfully" not in text_of(signed_in.get("/roster/protection/"))


def test_the_same_form_passes_with_a_passage(signed_in, required, protection):
    values = {"level": "event"} | box(paragraph(), "guarded her")
    assert send_change(signed_in, protection, **values).status_code == 302


def test_citation_may_be_left_stale_only_where_another_is_current(signed_in, required, protection):
    citation = cite(protection, "level", paragraph=paragraph(), quote="at events")
    change = {"level": "event"} | answer(citation, "leave")
    refused = send_change(signed_in, protection, **change)
    assert refused.context["adminform"].form.errors["level"] == [LACKING]
    passed = send_change(signed_in, protection, **change, **box(paragraph(), "guarded her"))
    assert passed.status_code == 302


def test_row_in_place_without_evidence_is_refused_at_its_field_and_named_on_the_page(
    signed_in, required, protection
):
    response = send_change(signed_in, protection.official, **{"protections-0-level": "event"})
    assert response.context["adminform"].form.non_field_errors() == [LACKING]
    (row,) = (
        form
        for shown in response.context["inline_admin_formsets"]
        for form in shown.formset.initial_forms
    )
    assert row.errors["level"] == [LACKING]
    assert Protection.objects.get().level == "part_time"


def test_new_record_without_evidence_is_refused_with_what_was_typed(signed_in, required):
    values = {"name": "Ann", "country": "US", "change_reason": "Named"}
    response = send(signed_in, "/roster/official/add/", **values)
    errors = response.context["adminform"].form.errors
    assert list(errors) == ["name", "country"]
    assert errors["name"][0].startswith("official:ann, name: Ann has no current citation")
    assert form_on(response)["name"] == ["Ann"]
    assert not Official.objects.exists()


def test_refusal_without_citations_to_change_names_the_permission_of_nobody(
    signed_in, required, protection
):
    """Old values that rest on nothing are no reason to refuse another change."""
    assert send_change(signed_in, protection, summary="In short").status_code == 302


def test_record_without_evidence_can_be_deleted(signed_in, required, protection):
    send(signed_in, page(protection, "delete"), change_reason="Twice", post="yes")
    assert not Protection.objects.exists()


def test_cite_form_refuses_words_that_do_not_stand_there_and_places_others(signed_in, protection):
    place = paragraph()
    url = cite_url(protection, "level")
    values = {"paragraph": place.pk, "change_reason": "Read"}
    refused = send(signed_in, url, quote="guarded him at events", **values)
    assert "The nearest words there are “guarded her at events”" in text_of(refused)
    send(signed_in, url, quote='"and nowhere else"', **values)
    assert Citation.objects.get().anchor_words == "“and nowhere else”"


def test_form_of_a_citation_refuses_new_words_and_leaves_old_ones_alone(signed_in, protection):
    citation = cite(protection, "level", paragraph=paragraph(), quote="no such words")
    url = change_page(citation)
    refused = send(signed_in, url, quote="none of it", change_reason="Read")
    assert "does not stand in paragraph:" in text_of(refused)
    assert send(signed_in, url, note="To check", change_reason="Read").status_code == 302
    send(signed_in, url, quote='"and nowhere else"', change_reason="Read")
    citation.refresh_from_db()
    assert (citation.note, citation.anchor_words) == ("To check", "“and nowhere else”")

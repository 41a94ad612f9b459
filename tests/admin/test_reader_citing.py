"""Citing in the reader: the form below a paragraph, what it refuses, and what it suggests."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.utils.html import escape

from roster.admin.display import reader_url
from roster.models import Citation, Protection
from tests.admin.pages import edits, form_on, text_of
from tests.factories import (
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    ThreatSourceFactory,
    UserFactory,
)

TEXT = "Two constables go with her. “Nobody else is guarded,” the office says. It was in spring."


@pytest.fixture
def paragraph(db):
    return ParagraphFactory(number=7, text=TEXT)


@pytest.fixture
def protection(db):
    return ProtectionFactory(ref="ada/protection", level="part_time")


def form_url(paragraph):
    return f"{reader_url(paragraph.source)}?cite={paragraph.number}"


def cite(client, paragraph, **values):
    """Send the form as the script fills it in: with the value that the field has."""
    held = form_on(client.get(form_url(paragraph)))
    record, column = values.get("record", ""), values.get("field", "")
    known = Protection.objects.filter(ref=record.partition(":")[2]).first()
    if known and column in known.columns:
        held |= {"seen": known.cell(column), "seen_of": f"{record}/{column}"}
    return client.post(form_url(paragraph), held | {"change_reason": "Read it"} | values)


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


LEVEL = {"record": "protection:ada/protection", "field": "level"}


def test_words_are_cited_for_the_field_with_the_value_that_it_has(
    signed_in, analyst, paragraph, protection
):
    response = cite(
        signed_in,
        paragraph,
        **LEVEL,
        quote="Two constables go with her",
        stance="disputes",
        credibility="2",
        note="Seen twice",
    )
    citation = Citation.objects.get()
    assert response["Location"] == f"{reader_url(paragraph.source)}#c{citation.pk}"
    assert (citation.record, citation.field, citation.value) == (protection, "level", "part_time")
    assert (citation.paragraph, citation.quote) == (paragraph, "Two constables go with her")
    assert (citation.stance, citation.credibility, citation.note) == ("disputes", "2", "Seen twice")
    assert (edits().get().user, edits().get().reason) == (analyst, "Read it")


def test_after_citing_the_words_are_highlighted(signed_in, paragraph, protection):
    response = cite(signed_in, paragraph, **LEVEL, quote="Two constables")
    shown = text_of(signed_in.get(response["Location"]))
    assert ">Two constables</mark>" in shown
    assert "Cited ¶7 for the level of ada/protection." in shown


def test_quote_in_other_typography_is_placed_on_the_words(signed_in, paragraph, protection):
    cite(signed_in, paragraph, **LEVEL, quote='"Nobody else  is guarded,"')
    citation = Citation.objects.get()
    assert citation.anchor_quote == citation.quote
    assert citation.anchor_words == "“Nobody else is guarded,”"


def test_quote_that_is_not_there_is_refused_with_the_nearest_words(
    signed_in, paragraph, protection
):
    response = cite(signed_in, paragraph, **LEVEL, quote="Three constables go with her")
    (refusal,) = errors(response)["quote"]
    assert "“Three constables go with her” does not stand in" in refusal
    assert "constables go with her” (" in refusal
    assert 'data-words="' in text_of(response)
    assert not Citation.objects.exists()


def test_no_words_cite_the_whole_paragraph(signed_in, paragraph, protection):
    cite(signed_in, paragraph, **LEVEL, quote="")
    assert Citation.objects.get().quote == ""


@pytest.mark.parametrize(
    ("typed", "expected"), [("", "It was in spring."), ("Two constables", "Two constables")]
)
def test_sentence_can_be_picked_unless_words_are_typed(
    signed_in, paragraph, protection, typed, expected
):
    cite(signed_in, paragraph, **LEVEL, quote=typed, sentence="3")
    assert Citation.objects.get().quote == expected


def test_sentences_too_long_to_be_quoted_are_not_offered(signed_in):
    paragraph = ParagraphFactory(text=f"Short one. {'long ' * 120}end.")
    form = signed_in.get(form_url(paragraph)).context["form"]
    assert form.sentences == [(1, "Short one.")]


def test_paragraph_without_text_takes_any_quote(signed_in, protection):
    paragraph = ParagraphFactory(number=1, text="")
    cite(signed_in, paragraph, **LEVEL, quote="words of a copy on paper")
    assert Citation.objects.get().quote == "words of a copy on paper"


def test_value_that_was_not_shown_is_shown_before_it_is_cited(signed_in, paragraph, protection):
    held = form_on(signed_in.get(form_url(paragraph))) | LEVEL
    held |= {"quote": "Two constables", "change_reason": "Read it"}
    asked = signed_in.post(form_url(paragraph), held)
    assert errors(asked)["field"] == [
        "The field says part_time now. Send the form again if the passage speaks of that value."
    ]
    assert "It says: <bdi>Part time</bdi>" in text_of(asked)
    assert not Citation.objects.exists()
    again = signed_in.post(form_url(paragraph), form_on(asked) | LEVEL)
    assert again.status_code == 302
    assert Citation.objects.get().quote == "Two constables"


def test_value_changed_meanwhile_is_shown_and_asked_about(signed_in, paragraph, protection):
    seen = {"seen": "event", "seen_of": "protection:ada/protection/level"}
    response = cite(signed_in, paragraph, **LEVEL, **seen)
    (refusal,) = errors(response)["field"]
    assert refusal == (
        "The field says part_time now; it said event when this form was opened. Send the form "
        "again if the passage speaks of that value."
    )
    assert not Citation.objects.exists()


def test_value_seen_of_another_field_does_not_count(signed_in, paragraph, protection):
    seen = {"seen": "part_time", "seen_of": "protection:other/level"}
    assert "field" in errors(cite(signed_in, paragraph, **LEVEL, **seen))


@pytest.mark.parametrize("missing", ["record", "field", "change_reason", "stance"])
def test_nothing_is_written_without_record_field_stance_and_reason(
    signed_in, paragraph, protection, missing
):
    response = cite(signed_in, paragraph, **(LEVEL | {missing: ""}))
    assert list(errors(response)) == [missing]
    assert not Citation.objects.exists()


def test_field_of_another_kind_is_refused_with_those_of_the_record(
    signed_in, paragraph, protection
):
    response = cite(signed_in, paragraph, **(LEVEL | {"field": "born"}))
    (refusal,) = errors(response)["field"]
    assert refusal.startswith("This protection has no field born: choose one of official, level,")


def test_same_words_for_the_same_field_are_refused(signed_in, paragraph, protection):
    for _ in range(2):
        response = cite(signed_in, paragraph, **LEVEL, quote="Two constables")
    assert "The same words of this paragraph are cited for this field already." in text_of(response)
    assert Citation.objects.count() == 1


@pytest.mark.parametrize("quote", ["x" * 501, "con\u202estables"], ids=["too long", "reordering"])
def test_quote_that_may_not_be_kept_is_refused_once(signed_in, protection, quote):
    paragraph = ParagraphFactory(number=1, text="")
    response = cite(signed_in, paragraph, **LEVEL, quote=quote)
    assert list(errors(response)) == ["quote"]
    assert not Citation.objects.exists()


@pytest.mark.parametrize(
    "typed",
    ["official:ada", "ada", "Ada Fernwright", "fernwright ADA", "Áda Fernwright", "Captain F."],
)
def test_record_is_known_by_label_ref_and_any_of_its_names(signed_in, paragraph, typed):
    official = OfficialFactory(ref="ada", name="Ada Fernwright", aliases=("Captain F.",))
    OfficialFactory(ref="ada-fernwright-of-lindmark", name="Ada Fernwright of Lindmark")
    seen = {"seen": official.name, "seen_of": "official:ada/name"}
    cite(signed_in, paragraph, record=typed, field="name", **seen)
    assert Citation.objects.get().record == official


def test_name_of_several_is_refused_with_all_of_them(signed_in, paragraph):
    for ref in ("grey-lanterns", "grey-lanterns-2"):
        ThreatSourceFactory(ref=ref, name="Grey Lanterns")
    response = cite(signed_in, paragraph, record="Grey Lanterns", field="name")
    (refusal,) = errors(response)["record"]
    assert refusal == (
        "Several records are called “Grey Lanterns”: give one of threat_source:grey-lanterns, "
        "threat_source:grey-lanterns-2."
    )


def test_name_of_none_is_refused_with_those_that_may_be_meant(signed_in, paragraph):
    OfficialFactory(ref="ada", name="Ada Fernwright")
    response = cite(signed_in, paragraph, record="Fernw", field="name")
    (refusal,) = errors(response)["record"]
    assert refusal == (
        "There is no record “Fernw”: give kind:ref, such as official:ada-example, or a whole name. "
        "Perhaps one of these is meant: official:ada."
    )


@pytest.mark.parametrize("typed", ["official:nobody", "<script>alert(1)</script>", "%", "::"])
def test_unknown_record_is_refused_and_shown_as_text(signed_in, paragraph, typed):
    OfficialFactory()
    response = cite(signed_in, paragraph, record=typed, field="name")
    assert errors(response)["record"][0].startswith(f"There is no record “{typed}”: give kind:ref")
    assert escape(typed) in text_of(response)
    assert "<script>alert" not in text_of(response)


@pytest.fixture
def citer(client, db):
    """Signs in somebody who may read and cite, and view these kinds of record only."""

    def signed_in_with(*kinds):
        user = UserFactory(is_staff=True)
        codenames = ["view_source", "view_paragraph", "add_citation"]
        codenames += [f"view_{kind}" for kind in kinds]
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return signed_in_with


def test_record_that_one_may_not_view_is_as_if_it_were_not_there(citer, paragraph, protection):
    response = cite(citer("official"), paragraph, **LEVEL)
    assert errors(response)["record"][0].startswith("There is no record")
    assert not Citation.objects.exists()


def test_form_offers_only_fields_of_what_one_may_view(citer, paragraph):
    form = citer("official").get(form_url(paragraph)).context["form"]
    columns = [column for column, _ in form.fields["field"].choices]
    assert columns[1:] == list(OfficialFactory._meta.model.columns[1:])


def test_form_alone_is_sent_without_the_page_around_it(signed_in, paragraph):
    text = text_of(signed_in.get(form_url(paragraph) + "&alone=1"))
    assert text.startswith('<form class="citing" id="cite"')
    assert TEXT not in text.partition("<details")[0]


def test_address_may_fill_in_the_form(signed_in, paragraph):
    url = form_url(paragraph) + "&record=official:ada&field=name&quote=Two"
    held = form_on(signed_in.get(url))
    assert (held["record"], held["field"], held["quote"]) == (["official:ada"], ["name"], ["Two"])


def test_nothing_can_be_sent_to_the_page_without_a_form(signed_in, paragraph):
    assert signed_in.post(reader_url(paragraph.source)).status_code == 405

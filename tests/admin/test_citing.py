"""The short form that cites one field of a record, reached from the record's page."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from roster.admin.evidence.provenance import cite_url
from roster.models import Citation, Protection
from tests.admin.pages import change_page, edits, form_on, send, text_of
from tests.factories import OfficialFactory, ParagraphFactory, ProtectionFactory, UserFactory


def test_citation_takes_record_field_and_value_from_the_record(signed_in, analyst):
    protection, paragraph = ProtectionFactory(level="event"), ParagraphFactory()
    response = send(
        signed_in,
        cite_url(protection, "level"),
        paragraph=paragraph.pk,
        quote="at events",
        stance="disputes",
        change_reason="Read again",
    )
    assert (response.status_code, response["Location"]) == (
        302,
        change_page(protection) + "#evidence",
    )
    citation = Citation.objects.get()
    assert (citation.record, citation.field, citation.value) == (protection, "level", "event")
    assert (citation.paragraph, citation.quote, citation.stance) == (
        paragraph,
        "at events",
        "disputes",
    )
    assert (edits().get().user, edits().get().reason) == (analyst, "Read again")


def test_form_asks_for_the_passage_only(signed_in):
    protection = ProtectionFactory(level="event")
    page = signed_in.get(cite_url(protection, "level"))
    assert set(form_on(page)) - {"csrfmiddlewaretoken"} == {
        "seen",
        "quote",
        "stance",
        "credibility",
        "note",
        "change_reason",
    }
    assert "At events" in text_of(page)


def test_record_and_field_are_not_taken_from_what_is_sent(signed_in):
    protection, other = ProtectionFactory(), ProtectionFactory()
    send(
        signed_in,
        cite_url(protection, "level"),
        paragraph=ParagraphFactory().pk,
        change_reason="Read",
        protection=other.pk,
        field="provider",
        official=OfficialFactory().pk,
        value="forged",
    )
    citation = Citation.objects.get()
    assert (citation.record, citation.field, citation.value) == (protection, "level", "part_time")


def test_value_changed_meanwhile_is_shown_and_asked_about(signed_in):
    protection = ProtectionFactory(level="event")
    url = cite_url(protection, "level")
    held = form_on(signed_in.get(url)) | {
        "paragraph": ParagraphFactory().pk,
        "change_reason": "Read",
    }
    Protection.objects.update(level="part_time")
    refused = signed_in.post(url, held)
    assert "The field says part_time now; it said event when this form was opened." in text_of(
        refused
    )
    assert not Citation.objects.exists()
    again = signed_in.post(url, held | form_on(refused) | {"paragraph": held["paragraph"]})
    assert again.status_code == 302
    assert Citation.objects.get().value == "part_time"


@pytest.mark.parametrize("missing", ["paragraph", "change_reason"])
def test_nothing_is_written_without_a_paragraph_or_a_reason(signed_in, missing):
    values = {"paragraph": ParagraphFactory().pk, "change_reason": "Read"}
    response = send(signed_in, cite_url(ProtectionFactory(), "level"), **(values | {missing: ""}))
    assert response.status_code == 200
    assert not Citation.objects.exists()


def test_same_words_for_the_same_field_are_refused_with_a_sentence(signed_in):
    url, values = cite_url(ProtectionFactory(), "level"), {"paragraph": ParagraphFactory().pk}
    for _ in range(2):
        response = send(signed_in, url, change_reason="Read", **values)
    assert "The same words of this paragraph are cited for this field already." in text_of(response)
    assert Citation.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["protection/1/ref", "protection/1/nonsense", "source/1/title", "official/4711/name"]
)
def test_what_cannot_be_cited_is_not_found(signed_in, path):
    ProtectionFactory(pk=1)
    assert signed_in.get(f"/roster/citation/cite/{path}/").status_code == 404


@pytest.mark.parametrize("codenames", [["add_citation"], ["view_protection", "view_citation"]])
def test_citing_takes_the_permission_to_see_the_record_and_to_add_citations(client, db, codenames):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    assert client.get(cite_url(ProtectionFactory(), "level")).status_code == 403

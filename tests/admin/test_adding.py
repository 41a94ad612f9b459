"""New rows: made refs, the record of a citation, the value cited."""

from __future__ import annotations

import pytest

from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import (
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from tests.admin.pages import edits, send, text_of
from tests.factories import (
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    ThreatSourceFactory,
)

ADDED = [
    (Official, lambda: {"name": "Ann Alpha"}, "ann-alpha"),
    (
        Role,
        lambda: {"official": OfficialFactory(ref="ann").pk, "title": "Head of It"},
        "ann/head-of-it",
    ),
    (ThreatSource, lambda: {"name": "Iran", "kind": "state"}, "iran"),
    (
        Threat,
        lambda: {
            "threat_source": ThreatSourceFactory(ref="iran").pk,
            "kind": "plot",
            "status": "foiled",
        },
        "iran/plot",
    ),
    (
        Protection,
        lambda: {"official": OfficialFactory(ref="ann").pk, "level": "event"},
        "ann/protection",
    ),
    (
        ProtectionExtension,
        lambda: {"protection": ProtectionFactory(ref="ann/protection").pk, "number": "8"},
        "ann/protection/8",
    ),
    (Source, lambda: {"title": "A Notice", "published": "2024"}, "2024-a-notice"),
]


@pytest.mark.parametrize(
    ("model", "values", "ref"), ADDED, ids=[model.__name__ for model, *_ in ADDED]
)
def test_blank_ref_of_a_new_row_is_made_from_its_names(signed_in, analyst, model, values, ref):
    response = send(signed_in, page_url(model, "add"), change_reason="New", **values())
    assert response.status_code == 302
    assert model.objects.get().ref == ref
    assert (edits().get().user, edits().get().reason) == (analyst, "New")


@pytest.mark.parametrize(
    ("model", "values", "_ref"), ADDED, ids=[model.__name__ for model, *_ in ADDED]
)
def test_new_row_without_a_reason_is_not_made(signed_in, model, values, _ref):
    response = send(signed_in, page_url(model, "add"), **values())
    assert "Say in a few words why this is changed; nothing was written." in text_of(response)
    assert not model.objects.exists()
    assert not edits().exists()


def test_given_ref_is_kept(signed_in):
    send(signed_in, page_url(Official, "add"), change_reason="New", name="Ann", ref="the-ann")
    assert Official.objects.get().ref == "the-ann"


def test_made_ref_avoids_those_of_deleted_rows(signed_in):
    with changeset(reason="Prepared.", kind="command"):
        official = OfficialFactory(ref="ann")
    with changeset(reason="Prepared.", kind="command"):
        official.delete()
    send(signed_in, page_url(Official, "add"), change_reason="New", name="Ann")
    assert Official.objects.get().ref == "ann-2"


def test_name_without_letters_asks_for_a_ref(signed_in):
    response = send(signed_in, page_url(Official, "add"), change_reason="New", name="???")
    (sentence,) = response.context["adminform"].form.errors["ref"]
    assert sentence.startswith("No ref can be made from these names: give lower-case letters")
    assert not Official.objects.exists()


def test_ref_of_an_existing_row_cannot_be_blanked(signed_in):
    official = OfficialFactory(ref="ann")
    url = page_url(Official, "change", official.pk)
    response = send(signed_in, url, change_reason="Blank", ref="")
    assert response.context["adminform"].form.errors["ref"]
    assert Official.objects.get().ref == "ann"


def test_new_paragraph_and_its_number_in_use(signed_in):
    source = SourceFactory()
    url = page_url(Paragraph, "add")
    send(signed_in, url, change_reason="New", source=source.pk, number="7")
    assert Paragraph.objects.get().number == 7
    response = send(signed_in, url, change_reason="New", source=source.pk, number="7")
    assert "The source has a paragraph of this number already." in text_of(response)


@pytest.fixture
def cite(signed_in):
    """Sends the form of a new citation."""

    def send_citation(**values):
        values.setdefault("paragraph", ParagraphFactory().pk)
        return send(signed_in, page_url(Citation, "add"), change_reason="Cited", **values)

    return send_citation


def test_value_cited_is_the_present_cell_of_the_record(cite):
    official = OfficialFactory(aliases=["A", "B|C"])
    cite(official=official.pk, field="aliases", quote="also known as")
    assert Citation.objects.get().value == "A|B\\|C"


def test_value_cited_of_a_foreign_key_is_its_ref(cite):
    role = RoleFactory(official=OfficialFactory(ref="ann"))
    cite(role=role.pk, field="official")
    assert Citation.objects.get().value == "ann"


def test_given_value_is_kept(cite):
    cite(official=OfficialFactory(name="Ann").pk, field="name", value="Anne")
    assert Citation.objects.get().value == "Anne"


def test_citation_of_no_record_is_refused(cite):
    response = cite(field="name")
    assert "A citation is of exactly one record: choose one." in text_of(response)
    assert not Citation.objects.exists()


def test_citation_of_two_records_is_refused(cite):
    response = cite(field="summary", official=OfficialFactory().pk, role=RoleFactory().pk)
    assert "A citation is of exactly one record: choose one." in text_of(response)
    assert not Citation.objects.exists()


@pytest.mark.parametrize("field", ["level", "ref", "nonsense"])
def test_citation_of_a_field_that_the_record_has_not_is_refused(cite, field):
    response = cite(official=OfficialFactory().pk, field=field)
    assert "The record has no such field" in text_of(response)
    assert not Citation.objects.exists()


def test_same_words_for_the_same_field_are_cited_once(cite):
    values = {"official": OfficialFactory().pk, "field": "name", "paragraph": ParagraphFactory().pk}
    cite(**values)
    response = cite(**values)
    assert "The same words of this paragraph are cited for this field already." in text_of(response)
    assert Citation.objects.count() == 1


def test_record_named_in_the_address_is_chosen_already(signed_in):
    official = OfficialFactory(name="Ann Alpha", ref="ann-alpha")
    page = signed_in.get(page_url(Citation, "add") + f"?official={official.pk}")
    assert "Ann Alpha (ann-alpha)" in text_of(page)

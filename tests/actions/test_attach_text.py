"""Attaching a text: what is stored, with which fingerprint, in one changeset or not at all."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from roster.actions.attach_text import CHANGED_SINCE, attach_text
from roster.models import Change, Changeset, Citation, Paragraph, Source
from roster.provenance.attaching import compare
from roster.provenance.documents import Document
from roster.provenance.fingerprints import fingerprint
from roster.provenance.states import EvidenceState
from roster.provenance.tallies import counts
from tests.factories import CitationFactory, SourceFactory
from tests.provenance.texts import NOTICE, fingerprinted

CHANGED = NOTICE[2].replace("spring", "autumn")
WITH_CHANGE = (*NOTICE[:2], CHANGED, *NOTICE[3:])

pytestmark = pytest.mark.django_db


def attach(source, paragraphs=NOTICE, *, published="", **options):
    return attach_text(source, Document(tuple(paragraphs), published), reason="Text.", **options)


def texts(source):
    return dict(source.paragraphs.order_by("number").values_list("number", "text"))


def as_numbered(paragraphs):
    return dict(enumerate(paragraphs, 1))


def test_what_matches_is_stored_and_its_quotes_are_placed_in_one_changeset():
    source = fingerprinted()
    second = Paragraph.objects.get(number=2)
    CitationFactory(paragraph=second, quote='that "nobody saw the letter"')
    attached = attach(source)
    assert texts(source) == as_numbered(NOTICE)
    assert (attached.stored, attached.left) == (5, 0)
    assert Citation.objects.get().anchor_words == "that “nobody saw the letter”"
    found = counts()
    assert (found[EvidenceState.UNANCHORED], found[EvidenceState.UNVERIFIED]) == (0, 0)
    act = Changeset.objects.get(position=attached.changeset)
    assert act.change_count == 6
    assert Change.objects.filter(changeset=act.pk, table="roster_paragraph").count() == 5


def test_one_paragraph_that_differs_refuses_the_whole():
    source = fingerprinted()
    with pytest.raises(ValidationError) as refusal:
        attach(source, WITH_CHANGE)
    assert refusal.value.messages == ["Paragraph 3 differs: its words are not what they were."]
    assert set(texts(source).values()) == {""}


def test_a_paragraph_that_differs_can_be_left():
    source = fingerprinted()
    assert attach(source, WITH_CHANGE, leave_others=True).left == 1
    assert texts(source) == as_numbered((*NOTICE[:2], "", *NOTICE[3:]))
    assert Paragraph.objects.get(number=3).fingerprint == fingerprint(NOTICE[2])


def test_an_accepted_paragraph_takes_the_fingerprint_of_its_new_text():
    source = fingerprinted()
    attach(source, WITH_CHANGE, accept=[3])
    assert texts(source) == as_numbered(WITH_CHANGE)
    assert Paragraph.objects.get(number=3).fingerprint == fingerprint(CHANGED)


def test_an_accepted_surplus_paragraph_is_added_at_the_end():
    source = fingerprinted()
    attach(source, (*NOTICE, "The end."), accept=[6])
    assert texts(source) == as_numbered((*NOTICE, "The end."))


def test_a_shifted_text_is_stored_where_its_fingerprints_are():
    source = fingerprinted()
    assert attach(source, ("Quimby Courier", *NOTICE), leave_others=True).left == 1
    assert texts(source) == as_numbered(NOTICE)


@pytest.mark.parametrize("number", [1, 3, 7])
def test_a_number_that_the_text_has_nothing_for_cannot_be_accepted(number):
    source = fingerprinted()
    with pytest.raises(ValidationError) as refusal:
        attach(source, NOTICE[3:], accept=[number], leave_others=True)
    assert f"Paragraph {number} cannot be taken" in refusal.value.messages[0]


def test_a_source_without_paragraphs_takes_all_numbered_and_fingerprinted():
    source = SourceFactory()
    attach(source)
    assert texts(source) == as_numbered(NOTICE)
    assert Paragraph.objects.get(number=5).fingerprint == fingerprint(NOTICE[4])


def test_a_text_that_is_here_already_leaves_no_changeset():
    source = fingerprinted(with_text=True)
    before = Changeset.objects.count()
    attached = attach(source)
    assert (attached.changeset, attached.stored, attached.left) == (None, 0, 0)
    assert Changeset.objects.count() == before


@pytest.mark.parametrize(("known", "after"), [("", "2024-07-18"), ("../2023", "../2023")])
def test_the_date_of_the_text_is_taken_only_where_there_is_none(known, after):
    source = fingerprinted(published=known)
    attach(source, published="2024-07-18")
    assert Source.objects.get().published == after


def test_a_source_that_changed_since_the_preview_refuses():
    source = fingerprinted()
    previewed = compare(source, Document(NOTICE)).digest()
    Paragraph.objects.filter(number=1).update(fingerprint="")
    with pytest.raises(ValidationError, match="after the preview") as refusal:
        attach(source, as_previewed=previewed)
    assert refusal.value.messages == [CHANGED_SINCE]
    assert set(texts(source).values()) == {""}


def test_many_paragraphs_take_no_query_each(django_assert_max_num_queries):
    source = SourceFactory()
    many = tuple(f"Paragraph {number} of many." for number in range(1_000))
    with django_assert_max_num_queries(40):
        attach(source, many)
    assert source.paragraphs.count() == 1_000

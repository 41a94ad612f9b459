"""A paragraph's text by its own form: normalised, fingerprinted, and its quotes placed again."""

from __future__ import annotations

import pytest

from roster.history.changesets import changeset
from roster.models import Paragraph
from roster.provenance.fingerprints import fingerprint
from tests.admin.pages import change_page, edits, send, text_of
from tests.factories import CitationFactory, ParagraphFactory

TEXT = "The mayor of Quimby said that “the bridge is guarded” by night."
OTHER = "The mayor of Quimby said nothing."


@pytest.fixture
def paragraph(db):
    with changeset(reason="Prepared.", kind="command"):
        paragraph = ParagraphFactory(number=1)
        CitationFactory(paragraph=paragraph, quote='said that "the bridge is guarded"')
        return paragraph


def write(client, paragraph, **values):
    return send(client, change_page(paragraph), change_reason="Text", **values)


def test_a_text_is_normalised_fingerprinted_and_its_quotes_placed(signed_in, paragraph):
    write(signed_in, paragraph, text=TEXT.replace(" by", "\r\n  by"))
    paragraph.refresh_from_db()
    assert (paragraph.text, paragraph.fingerprint) == (TEXT, fingerprint(TEXT))
    assert paragraph.citations.get().anchor_words == "said that “the bridge is guarded”"
    assert edits().get().change_count == 2


def test_a_text_of_another_fingerprint_is_refused(signed_in, paragraph):
    Paragraph.objects.update(fingerprint=fingerprint(OTHER))
    response = write(signed_in, paragraph, text=TEXT)
    assert "The fingerprint is that of another text" in text_of(response)
    paragraph.refresh_from_db()
    assert paragraph.text == ""


def test_a_fingerprint_of_another_text_is_refused(signed_in, paragraph):
    Paragraph.objects.update(text=TEXT)
    response = write(signed_in, paragraph, fingerprint=fingerprint(OTHER))
    assert "The fingerprint is that of another text" in text_of(response)


def test_a_fingerprint_alone_is_taken(signed_in, paragraph):
    write(signed_in, paragraph, fingerprint=fingerprint(OTHER))
    paragraph.refresh_from_db()
    assert paragraph.fingerprint == fingerprint(OTHER)


def test_a_text_that_was_not_touched_stays_as_it_came(signed_in, paragraph):
    Paragraph.objects.update(text=f" {TEXT}\n\n{OTHER} ", fingerprint=fingerprint("Odd."))
    write(signed_in, paragraph, summary="Said.")
    paragraph.refresh_from_db()
    assert (paragraph.text, paragraph.summary) == (f" {TEXT}\n\n{OTHER} ", "Said.")

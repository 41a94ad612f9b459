"""Texts of paragraphs by CSV and bundle: they agree with their fingerprints, quotes are placed."""

from __future__ import annotations

import pytest

from roster.exchange.bundle import export_bundle, import_bundle
from roster.exchange.runs import import_csv
from roster.models import Change, Citation, Paragraph
from roster.provenance.fingerprints import fingerprint
from tests.exchange.conftest import wipe
from tests.factories import CitationFactory, OfficialFactory, ParagraphFactory, SourceFactory

TEXT = "The mayor of Quimby said that “the bridge is guarded” by night."
OTHER = "The mayor of Quimby said nothing."

pytestmark = pytest.mark.django_db


@pytest.fixture
def paragraph():
    return ParagraphFactory(source=SourceFactory(ref="notice"), number=1)


def paragraphs(**cells):
    given = {"source": "notice", "number": "1"} | cells
    content = f"{','.join(given)}\n{','.join(given.values())}\n"
    return import_csv("paragraphs", content.encode(), reason="Text.")


@pytest.mark.parametrize(
    "cells",
    [
        {"text": TEXT, "fingerprint": fingerprint(TEXT)},
        {"fingerprint": fingerprint(TEXT), "text": TEXT},
        {"text": TEXT, "fingerprint": ""},
        {"text": TEXT},
        {"text": "", "fingerprint": fingerprint(TEXT)},
    ],
)
def test_a_text_with_its_own_fingerprint_or_none_is_taken_as_it_stands(paragraph, cells):
    assert paragraphs(**cells).ok
    paragraph.refresh_from_db()
    assert {name: paragraph.cell(name) for name in cells} == cells


@pytest.mark.parametrize(
    ("stored", "cells", "column"),
    [
        ({}, {"text": TEXT, "fingerprint": fingerprint(OTHER)}, "text"),
        ({}, {"fingerprint": fingerprint(OTHER), "text": TEXT}, "text"),
        ({"fingerprint": fingerprint(OTHER)}, {"text": TEXT}, "text"),
        ({"text": TEXT}, {"fingerprint": fingerprint(OTHER)}, "fingerprint"),
    ],
)
def test_a_text_with_another_fingerprint_is_an_error_of_its_line(paragraph, stored, cells, column):
    Paragraph.objects.update(**stored)
    report = paragraphs(**cells)
    (error,) = report.errors
    assert (error.line, error.column) == (2, column)
    assert error.message.startswith("The fingerprint is that of another text")
    assert report.changeset is None


def test_the_same_rule_holds_for_new_paragraphs():
    SourceFactory(ref="notice")
    report = paragraphs(text=TEXT, fingerprint=fingerprint(OTHER))
    assert not report.ok
    assert not Paragraph.objects.exists()


def test_a_text_that_comes_in_places_the_quotes_that_rest_on_it(paragraph):
    citation = CitationFactory(paragraph=paragraph, quote='said that "the bridge is guarded"')
    assert paragraphs(text=TEXT).ok
    citation.refresh_from_db()
    assert citation.anchor_words == "said that “the bridge is guarded”"
    changes = Change.objects.filter(table="roster_citation", act="u")
    assert {change.changeset_id for change in changes} == {
        Change.objects.filter(table="roster_paragraph", act="u").get().changeset_id
    }


def test_a_citation_that_comes_in_is_placed(paragraph):
    Paragraph.objects.update(text=TEXT)
    OfficialFactory(ref="ann")
    cells = 'official:ann,name,notice,1,"said that ""the bridge is guarded""",supports'
    header = "record,field,source,paragraph,quote,stance"
    report = import_csv("citations", f"{header}\n{cells}\n".encode(), reason="Cited.")
    assert report.ok, report.errors
    assert Citation.objects.get().anchor_words == "said that “the bridge is guarded”"


def test_a_bundle_with_texts_comes_back_the_same_with_its_quotes_placed(paragraph, tmp_path):
    Paragraph.objects.update(text=f"  {TEXT}\n\n", fingerprint=fingerprint(TEXT))
    CitationFactory(paragraph=paragraph, quote='"the bridge is guarded"', value="x")
    export_bundle(tmp_path / "first")
    wipe()
    outcome = import_bundle(tmp_path / "first", reason="Back again.")
    assert outcome.ok, [report.errors for report in outcome.files]
    export_bundle(tmp_path / "second")
    for file in (tmp_path / "first").iterdir():
        assert file.read_bytes() == (tmp_path / "second" / file.name).read_bytes()
    assert Citation.objects.get().anchor_words == "“the bridge is guarded”"

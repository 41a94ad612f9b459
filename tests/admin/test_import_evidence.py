"""The preview of an import says what its rows cite, and which citations they leave stale."""

from __future__ import annotations

import pytest

from roster.models import Citation, Official
from tests.admin.exchanging import confirm, upload
from tests.admin.pages import text_of
from tests.factories import CitationFactory, OfficialFactory, ParagraphFactory, SourceFactory


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def paragraph(db):
    return ParagraphFactory(source=SourceFactory(ref="notice"), number=7, text="Dr. Ann Lee said.")


def test_the_preview_counts_what_is_cited_and_the_confirmation_writes_it(signed_in, paragraph):
    preview = upload(
        signed_in,
        "ref,name,cite_source,cite_paragraph,cite_quote\nann,Ann Lee,notice,7,Ann Lee\n",
    )
    page = text_of(preview)
    assert "Cites its passage for name." in page
    assert "Citations it brings" in page
    confirm(signed_in, preview, change_reason="The notice of July")
    assert Citation.objects.get().official == Official.objects.get(ref="ann")


def test_the_preview_says_which_citations_become_stale(signed_in, paragraph):
    ann = OfficialFactory(ref="ann", honorific="Mrs")
    CitationFactory(official=ann, field="honorific", value="Mrs", paragraph=paragraph, quote="Ann")
    page = text_of(upload(signed_in, "ref,honorific\nann,Dr\n"))
    assert "Leaves 1 citation stale: honorific." in page
    assert "Citations that become stale" in page


def test_a_quote_that_is_not_there_is_an_error_with_the_nearest_words(signed_in, paragraph):
    page = text_of(
        upload(
            signed_in,
            "ref,name,cite_source,cite_paragraph,cite_quote\nann,Ann,notice,7,Ann Leigh said\n",
        )
    )
    assert "cite_quote" in page
    assert "The nearest words there are" in page

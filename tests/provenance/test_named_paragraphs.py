"""Paragraphs by their name: what names one, and what is said of what does not."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from roster.provenance.named_paragraphs import paragraph_named
from tests.factories import ParagraphFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["a-notice#7", "paragraph:a-notice#7", " a-notice#07 "])
def test_a_paragraph_is_found_by_source_and_number(name, django_assert_num_queries):
    row = ParagraphFactory(source=SourceFactory(ref="a-notice"), number=7)
    with django_assert_num_queries(1):
        found = paragraph_named(name)
        assert (found, found.source.ref) == (row, "a-notice")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "“” names no paragraph: give SOURCE#PARAGRAPH"),
        ("a-notice", "names no paragraph"),
        ("#7", "names no paragraph"),
        ("a-notice#", "names no paragraph"),
        ("a-notice#٣", "names no paragraph"),
        ("a-notice#0", "names no paragraph"),
        ("a-notice#8", "There is no paragraph “a-notice#8” here"),
        ("a#b#7", "There is no paragraph “a#b#7” here"),
        ("a\u202e#7", "There is no paragraph “a\ufffd#7” here"),
    ],
)
def test_what_names_none_is_refused_with_the_form(name, sentence):
    ParagraphFactory(source=SourceFactory(ref="a-notice"), number=7)
    with pytest.raises(ValidationError) as refused:
        paragraph_named(name)
    assert sentence in refused.value.messages[0]

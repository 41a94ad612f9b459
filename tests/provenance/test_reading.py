"""A paragraph as it is read: segments that lose nothing, and what rests on each of them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from roster.models import Citation
from roster.provenance.passages import Placement, sentences
from roster.provenance.placing import place_quotes
from roster.provenance.reading import Resting, read_paragraphs, segments_of
from roster.provenance.states import EvidenceState
from tests.factories import CitationFactory, OfficialFactory, ParagraphFactory

TEXT = "Captain Fernwright has kept the harbour since spring."


def resting_on(*stretches):
    return [
        Resting(number, SimpleNamespace(pk=number, quote="x"), (), Placement(start, end, 100))
        for number, (start, end) in enumerate(stretches, 1)
    ]


def numbered(segments):
    return [(one.text, [on.number for on in one.resting]) for one in segments]


CUT = {
    "none": ((), [("abcdef", [])]),
    "middle": (((2, 4),), [("ab", []), ("cd", [1]), ("ef", [])]),
    "whole": (((0, 6),), [("abcdef", [1])]),
    "overlapping": (((0, 4), (2, 6)), [("ab", [1]), ("cd", [1, 2]), ("ef", [2])]),
    "nested": (((0, 6), (2, 4)), [("ab", [1]), ("cd", [1, 2]), ("ef", [1])]),
    "touching": (((0, 3), (3, 6)), [("abc", [1]), ("def", [2])]),
    "the same": (((1, 3), (1, 3)), [("a", []), ("bc", [1, 2]), ("def", [])]),
}


@pytest.mark.parametrize(("stretches", "expected"), CUT.values(), ids=CUT)
def test_text_is_cut_where_quotes_begin_and_end(stretches, expected):
    assert numbered(segments_of("abcdef", resting_on(*stretches))) == expected


def test_a_quote_ends_with_its_last_segment():
    segments = segments_of("abcdef", resting_on((0, 4), (2, 6)))
    assert [[one.number for one in segment.ending] for segment in segments] == [[], [1], [2]]


@given(st.text(min_size=1), st.data())
def test_segments_lose_no_character_and_each_quote_has_its_own_words(text, data):
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    drawn = data.draw(st.lists(places.map(sorted).filter(lambda p: p[0] < p[1]), max_size=6))
    resting = resting_on(*drawn)
    segments = segments_of(text, resting)
    assert "".join(segment.text for segment in segments) == text
    for one in resting:
        words = "".join(segment.text for segment in segments if one in segment.resting)
        assert words == text[one.placement.start : one.placement.end]


def test_empty_text_has_no_segments():
    assert segments_of("", []) == ()


@pytest.fixture
def paragraph(db):
    return ParagraphFactory(text=TEXT)


def cite(paragraph, quote, **values):
    return CitationFactory(paragraph=paragraph, quote=quote, **values)


def test_citations_are_numbered_in_the_order_of_their_words(paragraph):
    lost, whole = cite(paragraph, "a pilot"), cite(paragraph, "")
    last, first = cite(paragraph, "since spring"), cite(paragraph, "Captain")
    (read,) = read_paragraphs([paragraph])
    assert [one.citation for one in read.resting] == [first, last, whole, lost]
    assert [one.number for one in read.resting] == [1, 2, 3, 4]
    assert [one.placement is None for one in read.resting] == [False, False, True, True]
    assert [one.is_of_whole_paragraph for one in read.resting] == [False, False, True, False]


def test_citation_comes_with_its_states_and_its_record(paragraph):
    official = OfficialFactory(name="Ada Fernwright")
    cite(paragraph, "a pilot", official=official, value="Ada")
    (read,) = read_paragraphs([paragraph])
    (one,) = read.resting
    assert one.states == (EvidenceState.STALE, EvidenceState.UNANCHORED)
    assert (one.citation.record, one.citation.value_now) == (official, "Ada Fernwright")


def test_quote_in_other_typography_is_highlighted_with_its_score(paragraph):
    cite(paragraph, "Captain Fernwright has kept the harbor")
    place_quotes([paragraph])
    (read,) = read_paragraphs([paragraph])
    (one,) = read.resting
    assert 0 < one.placement.score < 100
    assert read.segments[0].text == "Captain Fernwright has kept the harbour"


def test_paragraph_without_its_text_is_unverified_and_keeps_what_rests_on_it(db):
    paragraph = ParagraphFactory(text="", summary="She keeps the harbour.")
    cite(paragraph, "has kept the harbour")
    (read,) = read_paragraphs([paragraph])
    assert read.is_unverified
    assert read.segments == ()
    assert [one.citation.quote for one in read.resting] == ["has kept the harbour"]


def test_without_citations_nothing_of_them_is_asked(paragraph):
    cite(paragraph, "Captain")
    with CaptureQueriesContext(connection) as asked:
        (read,) = read_paragraphs([paragraph], with_citations=False)
    assert (read.resting, [one.text for one in read.segments]) == ((), [TEXT])
    assert len(asked) == 0


@pytest.mark.parametrize("count", [1, 20])
def test_reading_is_one_query_however_much_rests_on_it(paragraph, count):
    for _ in range(count):
        cite(paragraph, "Captain")
    paragraphs = [paragraph, ParagraphFactory(source=paragraph.source)]
    with CaptureQueriesContext(connection) as asked:
        read = read_paragraphs(paragraphs)
    assert [len(one.resting) for one in read] == [count, 0]
    assert Citation.objects.count() == count
    assert len(asked) == 1


SENTENCES = {
    "several": ("She left. Did she? She did!", ("She left.", "Did she?", "She did!")),
    "no end": ("no full stop", ("no full stop",)),
    "titles": ("Gen. Holt spoke. He left.", ("Gen. Holt spoke.", "He left.")),
    "quotation": ("“We did not.” They left.", ("“We did not.”", "They left.")),
    "empty": ("", ()),
}


@pytest.mark.parametrize(("text", "expected"), SENTENCES.values(), ids=SENTENCES)
def test_sentences_of_a_text(text, expected):
    assert sentences(text) == expected

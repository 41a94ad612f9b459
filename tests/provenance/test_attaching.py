"""A text beside its source: which paragraph is which, and what rests on those that are not so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.models import Paragraph
from roster.provenance.attaching import Standing, _positions, compare
from roster.provenance.documents import Document
from roster.provenance.fingerprints import fingerprint
from roster.provenance.placing import QuoteOutcome
from tests.factories import CitationFactory, OfficialFactory, ParagraphFactory, SourceFactory
from tests.provenance.texts import NOTICE, fingerprinted

CHANGED = NOTICE[2].replace("spring", "autumn")
HEADING = "Quimby Courier"


def standings(source, paragraphs):
    compared = compare(source, Document(tuple(paragraphs))).paragraphs
    return [(one.number, str(one.standing), one.position) for one in compared]


ALL = [(number, "matches", number) for number in range(1, 6)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NOTICE, ALL),
        (
            (*NOTICE[:2], CHANGED, *NOTICE[3:]),
            [*ALL[:2], (3, "differs", 3), *ALL[3:]],
        ),
        (
            (HEADING, *NOTICE),
            [(1, "matches", 2), (1, "surplus", 1), (2, "matches", 3)]
            + [(n, "matches", n + 1) for n in (3, 4, 5)],
        ),
        (
            (HEADING, *NOTICE[:2], CHANGED, *NOTICE[3:]),
            [(1, "matches", 2), (1, "surplus", 1), (2, "matches", 3), (3, "differs", 4)]
            + [(n, "matches", n + 1) for n in (4, 5)],
        ),
        (
            (*NOTICE[:2], *NOTICE[3:]),
            [*ALL[:2], (3, "missing", None), (4, "matches", 3), (5, "matches", 4)],
        ),
        ((*NOTICE, HEADING), [*ALL, (6, "surplus", 6)]),
        (NOTICE[:3], [*ALL[:3], (4, "missing", None), (5, "missing", None)]),
        (
            (NOTICE[1], NOTICE[0], *NOTICE[2:]),
            [(1, "matches", 2), (2, "matches", 1), *ALL[2:]],
        ),
    ],
    ids=["same", "letter", "heading", "heading and letter", "gone", "more", "short", "swapped"],
)
def test_paragraphs_are_known_by_their_fingerprints_wherever_they_stand(text, found):
    assert standings(fingerprinted(), text) == found


@pytest.mark.django_db
def test_a_shifted_paragraph_says_where_it_stands():
    compared = compare(fingerprinted(), Document((HEADING, *NOTICE)))
    shifted = compared.of(Standing.MATCHES)[3]
    assert shifted.sentence == "Paragraph 4 stands as number 5 in this text."


@pytest.mark.django_db
def test_a_surplus_paragraph_cannot_take_the_number_of_another():
    compared = compare(fingerprinted(), Document((HEADING, *NOTICE, "The end.")))
    assert [one.can_be_taken for one in compared.of(Standing.SURPLUS)] == [False, True]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "standing"),
    [
        ({"text": NOTICE[0], "fingerprint": fingerprint(NOTICE[0])}, "attached"),
        ({"text": NOTICE[0]}, "attached"),
        ({"text": NOTICE[1]}, "differs"),
        ({"text": NOTICE[1], "fingerprint": fingerprint(NOTICE[0])}, "matches"),
        ({}, "unfingerprinted"),
        ({"fingerprint": fingerprint(NOTICE[1])}, "differs"),
    ],
)
def test_a_text_that_is_here_stands_for_a_missing_fingerprint(row, standing):
    paragraph = ParagraphFactory(number=1, **row)
    assert standings(paragraph.source, NOTICE[:1]) == [(1, standing, 1)]


@pytest.mark.django_db
def test_a_source_without_paragraphs_has_nothing_to_decide():
    compared = compare(SourceFactory(), Document(NOTICE))
    assert (compared.is_new_text, compared.mismatches) == (True, [])
    assert len(compared.taken_unasked) == 5


@pytest.mark.django_db
def test_paragraphs_without_fingerprint_are_taken_unasked_only_where_all_else_is_in_place():
    source = fingerprinted()
    Paragraph.objects.filter(number=2).update(fingerprint="")
    assert len(compare(source, Document(NOTICE)).taken_unasked) == 5
    with_change = compare(source, Document((*NOTICE[:2], CHANGED, *NOTICE[3:])))
    assert [one.number for one in with_change.to_decide] == [3, 2]


@pytest.mark.django_db
def test_facts_and_quotes_of_a_paragraph_come_in_two_queries(django_assert_num_queries):
    source = fingerprinted()
    row = Paragraph.objects.get(source=source, number=3)
    official = OfficialFactory(ref="odile-farrow")
    for field, quote in (
        ("name", "until the spring fair"),
        ("summary", "the spring fair, the counsil decided"),
        ("born", "Bram Teasel"),
        ("died", ""),
    ):
        CitationFactory(paragraph=row, official=official, field=field, quote=quote)
    for number in (1, 2, 4, 5):
        CitationFactory(paragraph=Paragraph.objects.get(source=source, number=number))
    with django_assert_num_queries(2):
        compared = compare(source, Document(NOTICE))
        third = compared.paragraphs[2]
        facts, quotes = third.facts, third.quotes
    assert facts == [
        ("official:odile-farrow", field) for field in ("born", "died", "name", "summary")
    ]
    assert {one.citation.field: (one.outcome, one.words) for one in quotes} == {
        "name": (QuoteOutcome.EXACT, "until the spring fair"),
        "summary": (QuoteOutcome.APPROXIMATE, "the spring fair, the council decided"),
        "born": (QuoteOutcome.UNANCHORED, ""),
        "died": (QuoteOutcome.NONE, ""),
    }
    assert 88 <= quotes[-1].score < 100


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["paragraph", "citation", "text"])
def test_the_digest_tells_when_source_or_text_became_another(what):
    source = fingerprinted()
    before = compare(source, Document(NOTICE)).digest()
    assert compare(source, Document(NOTICE)).digest() == before
    match what:
        case "paragraph":
            Paragraph.objects.filter(number=1).update(fingerprint="")
        case "citation":
            CitationFactory(paragraph=Paragraph.objects.get(source=source, number=1))
    text = (*NOTICE[:4], CHANGED) if what == "text" else NOTICE
    assert compare(source, Document(text)).digest() != before


@given(
    st.lists(st.sampled_from("abcde"), max_size=9), st.lists(st.sampled_from("abcdef"), max_size=9)
)
def test_no_place_of_a_text_stands_for_two_paragraphs(old, new):
    known = dict(enumerate(old, 1))
    found = _positions(known, new)
    assert len(set(found.values())) == len(found)
    assert set(found.values()) <= set(range(1, len(new) + 1))
    matched = [n for n, position in found.items() if new[position - 1] == known[n]]
    assert len(matched) == sum(min(old.count(x), new.count(x)) for x in set(old))

"""What becomes of what is cited when a source gets a new version."""

from __future__ import annotations

import pytest

from roster.models import Paragraph
from roster.provenance import revisions
from roster.provenance.documents import Document
from roster.provenance.revisions import Outcome, revise
from tests.factories import CitationFactory, OfficialFactory
from tests.provenance.texts import NOTICE, fingerprinted

CHANGED = NOTICE[2].replace("spring fair", "autumn fair")
REVISED = (NOTICE[3], NOTICE[0], CHANGED, NOTICE[4])

pytestmark = pytest.mark.django_db


def cited(source, number, quote, **values):
    official = OfficialFactory(ref="odile-farrow", name="Odile Farrow")
    row = Paragraph.objects.get(source=source, number=number)
    return CitationFactory(
        paragraph=row, official=official, quote=quote, value="Odile Farrow", **values
    )


def only(source, texts=REVISED):
    (one,) = revise(source, document=Document(tuple(texts))).citations
    return one


@pytest.mark.parametrize(
    ("number", "quote", "outcome", "found"),
    [
        (1, "two guards", Outcome.CARRIED, (2, "two guards", True)),
        (1, "nowhere said", Outcome.CARRIED, (2, "nowhere said", True)),
        (3, "the council decided", Outcome.REANCHORED, (3, "the council decided", True)),
        (3, "stay until the spring fair, the council decided by nine votes",
         Outcome.REANCHORED,
         (3, "stay until the autumn fair, the council decided by nine votes", False)),
        (3, "", Outcome.REANCHORED, (3, "", False)),
        (3, "spring", Outcome.LOST, (None, "", False)),
        (2, "nobody saw the letter", Outcome.LOST, (None, "", False)),
        (2, "", Outcome.LOST, (None, "", False)),
    ],
)  # fmt: skip
def test_a_citation_follows_its_words(number, quote, outcome, found):
    source = fingerprinted(with_text=True)
    cited(source, number, quote)
    one = only(source)
    assert (one.outcome, (one.number, one.words, one.is_sure)) == (outcome, found)
    assert one.citation.value_now == "Odile Farrow"


@pytest.mark.parametrize(
    ("quote", "score"),
    [("nobody saw the letter", 100), ("nobody saw the lettre before it was read out", 96)],
)
def test_words_that_went_elsewhere_are_found_there_and_want_a_look(quote, score):
    source = fingerprinted(with_text=True)
    cited(source, 2, quote)
    merged = f"{NOTICE[0]} {NOTICE[1]} {' '.join('Not so here.' for _ in range(20))}"
    one = only(source, ("Something else.", NOTICE[4], merged))
    assert (one.outcome, one.number, one.is_sure) == (Outcome.REANCHORED, 3, False)
    assert one.score == score


def test_a_version_that_is_too_long_is_searched_for_the_very_words_alone(monkeypatch):
    monkeypatch.setattr(revisions, "LONGEST_SEARCHED", 10)
    source = fingerprinted(with_text=True)
    cited(source, 2, "nobody saw the lettre before")
    assert only(source, ("Else: nobody saw the letter before.",)).outcome is Outcome.LOST


def test_words_across_two_paragraphs_are_no_place():
    source = fingerprinted(with_text=True)
    cited(source, 2, "nobody saw the letter before it was read out")
    texts = ("So it is that nobody saw the letter", "before it was read out to all of them.")
    assert only(source, texts).outcome is Outcome.LOST


def test_a_source_that_is_here_is_compared_by_fingerprint_without_texts():
    source = fingerprinted()
    newer = fingerprinted((NOTICE[1], NOTICE[0]), ref="newer")
    cited(source, 1, "two guards")
    (one,) = revise(source, newer=newer).citations
    assert (one.outcome, one.number) == (Outcome.CARRIED, 2)


def test_what_the_new_version_is_cited_for_already_stays_on_the_old():
    source = fingerprinted(with_text=True)
    newer = fingerprinted(ref="newer", with_text=True)
    citation = cited(source, 1, "two guards")
    row = Paragraph.objects.get(source=newer, number=1)
    CitationFactory(paragraph=row, official=citation.official, quote="two guards")
    (one,) = revise(source, newer=newer).citations
    assert one.outcome is Outcome.LOST


def test_a_revision_takes_the_same_queries_however_much_is_cited(django_assert_max_num_queries):
    source = fingerprinted(with_text=True)
    for row in source.paragraphs.all():
        for _ in range(4):
            CitationFactory(paragraph=row)
    with django_assert_max_num_queries(2):
        revision = revise(source, document=Document(REVISED))
        revision.digest()
    assert len(revision.citations) == 20

"""What becomes of the paragraphs of a document in its next version."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.provenance.aligning import Fate, Wording, _words, align
from roster.provenance.fingerprints import fingerprint
from tests.provenance.texts import NOTICE

CHANGED = NOTICE[2].replace("spring fair", "autumn fair")


def wordings(texts):
    return [Wording(n, fingerprint(text), text) for n, text in enumerate(texts, 1)]


def fates(old, new):
    return [
        (str(p.fate), p.old.number if p.old else None, p.new.number if p.new else None)
        for p in align(wordings(old), wordings(new))
    ]


SAME = [("unchanged", number, number) for number in range(1, 6)]


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (NOTICE, SAME),
        ((*NOTICE[:2], CHANGED, *NOTICE[3:]), [*SAME[:2], ("changed", 3, 3), *SAME[3:]]),
        (
            ("Quimby Courier", *NOTICE),
            [("new", None, 1), *(("unchanged", n, n + 1) for n in range(1, 6))],
        ),
        (
            (*NOTICE[1:], NOTICE[0]),
            [*(("unchanged", n, n - 1) for n in range(2, 6)), ("moved", 1, 5)],
        ),
        (NOTICE[:4], [*SAME[:4], ("gone", 5, None)]),
        (
            (NOTICE[0], CHANGED, NOTICE[1], *NOTICE[3:]),
            [SAME[0], ("changed", 3, 2), ("unchanged", 2, 3), *SAME[3:]],
        ),
        ((), [("gone", n, None) for n in range(1, 6)]),
    ],
    ids=["same", "changed", "new", "moved", "gone", "moved and changed", "empty"],
)
def test_each_paragraph_has_one_fate(new, found):
    assert fates(NOTICE, new) == found


def test_how_alike_a_changed_paragraph_is_is_said():
    (pair,) = align(wordings(NOTICE[2:3]), wordings([CHANGED]))
    assert pair.score == 92


def test_the_most_alike_of_several_is_the_one():
    near, nearer = NOTICE[0].replace("two", "ten"), NOTICE[0]
    old = [NOTICE[0].replace("Monday", "Sunday")]
    pairs = align(wordings(old), wordings([near, nearer]))
    assert [pair.fate for pair in pairs] == [Fate.NEW, Fate.CHANGED]


def test_fingerprints_alone_tell_what_is_the_same_and_no_more():
    old = [Wording(1, fingerprint("a"), ""), Wording(2, fingerprint("b"), ""), Wording(3, "", "")]
    new = [Wording(1, fingerprint("b"), ""), Wording(2, "", ""), Wording(3, fingerprint("c"), "")]
    assert [(p.fate, p.old and p.old.number) for p in align(old, new)] == [
        (Fate.UNCHANGED, 2),
        (Fate.NEW, None),
        (Fate.NEW, None),
        (Fate.GONE, 1),
        (Fate.GONE, 3),
    ]


WORDS = ["one", "two", "three", "four", "five", "six"]
sentences = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join),
    max_size=8,
)


@given(old=sentences, drawn=st.data())
def test_nothing_is_taken_twice_and_the_same_is_always_found(old, drawn):
    edited = drawn.draw(st.permutations(old)) + drawn.draw(sentences)
    new = [
        f"{text} seven" if drawn.draw(st.booleans(), label=f"edit {n}") else text
        for n, text in enumerate(edited)
    ]
    pairs = align(wordings(old), wordings(new))
    ours = [pair.old.number for pair in pairs if pair.old]
    theirs = [pair.new.number for pair in pairs if pair.new]
    assert sorted(ours) == list(range(1, len(old) + 1))
    assert theirs == list(range(1, len(new) + 1))
    same = [pair for pair in pairs if pair.fate in (Fate.UNCHANGED, Fate.MOVED)]
    assert all(pair.old.text == pair.new.text for pair in same)
    assert len(same) == sum(min(old.count(text), new.count(text)) for text in set(old))
    kept = [pair.old.number for pair in pairs if pair.fate is Fate.UNCHANGED]
    assert kept == sorted(kept)


def test_any_number_of_words_become_letters_that_are_text():
    letters = {str(number): "" for number in range(0xD700 - 1)}
    found = _words("last before the surrogates", letters)
    assert [ord(letter) for letter in found] == [0xD7FF, 0xE000, 0xE001, 0xE002]

"""Marking: where folded words stand in a text, in whatever script and with whatever marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.text.folding import fold, folded_words, search_key
from roster.text.marking import Stretch, marked, shortened, words_in


def shown(stretches):
    return "".join(f"[{one.text}]" if one.is_found else one.text for one in stretches)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Mark Milley", "mill", "Mark [Mill]ey"),
        ("Émile Zola", "zola EMILE", "[Émile] [Zola]"),
        ("Đorđe Petrović", "dorde", "[Đorđe] Petrović"),
        ("Straße 9", "strasse", "[Straße] 9"),
        ("Straße", "s", "[S]tra[ß]e"),
        ("Søren Å", "soren a", "[Søren] [Å]"),
        ("Иван Зола", "zola", "Иван [Зола]"),
        ("قاسم سلیمانی", "qsm", "[قاسم] سلیمانی"),
        ("习近平", "jin", "习[近]平"),
        ("al-Qaeda", "al qaeda", "[al]-[Qaeda]"),
        ("al-Qaeda", "alqaeda", "[al-Qaeda]"),
        ("Robert O’Brien", "o'brien", "R[o]bert [O]’[Brien]"),
        ("Robert O’Brien", "obrien", "Robert [O’Brien]"),
        ("Jose\u0301 Ruiz", "jose", "[Jose\u0301] Ruiz"),
        ("banana", "ana", "b[anana]"),
        ("Mark Milley", "x", "Mark Milley"),
        ("Mark Milley", "?!", "Mark Milley"),
        ("", "x", ""),
    ],
)
def test_words_of_a_query_are_marked_in_the_text_as_written(text, query, expected):
    assert shown(marked(text, fold(query))) == expected


@given(st.text(), st.text())
def test_marking_leaves_the_text_as_it_is(text, query):
    assert "".join(one.text for one in marked(text, fold(query))) == text


@given(st.text())
def test_the_words_that_are_marked_are_those_of_the_search_key(text):
    assert sorted({letters for letters, _ in folded_words(text)}) == search_key(text).split()


@given(st.lists(st.text(), max_size=4), st.text())
def test_a_word_is_marked_where_it_is_found_and_nowhere_else(names, query):
    words = fold(query)
    for name in names:
        key = search_key(name).split()
        assert words_in(name, words) == {one for one in words if any(one in part for part in key)}
        assert any(one.is_found for one in marked(name, words)) == bool(words_in(name, words))


def test_a_long_text_is_cut_around_what_was_found():
    text = "a" * 300 + " needle " + "b" * 300
    cut = shortened(marked(text, ["needle"]), 60)
    assert Stretch("needle", is_found=True) in cut
    assert cut[0].text == cut[-1].text == "…"
    assert len("".join(one.text for one in cut)) == 62


@pytest.mark.parametrize(("text", "expected"), [("needle" + "b" * 90, "[needle]bbbb…")])
def test_a_text_is_cut_at_its_end_only_where_it_begins_with_what_was_found(text, expected):
    assert shown(shortened(marked(text, ["needle"]), 10)) == expected


def test_a_short_text_is_not_cut():
    assert shown(shortened(marked("a needle", ["needle"]), 8)) == "a [needle]"

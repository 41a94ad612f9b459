from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.provenance.fingerprints import fingerprint, normalised
from roster.provenance.passages import LEAST_SCORE, SearchableText

TEXT = (
    "Officials said on Monday that the “protection detail” of Gen. Roe – extended 5 times – isn’t "
    "ending. She is not at ease, a caf\u00e9 owner said. A guard stays with her."
)


def words(text: str, quote: str) -> str | None:
    searched = SearchableText(text)
    found = searched.place(quote)
    return searched.words(found) if found else None


@pytest.mark.parametrize("quote", ["protection detail", "“protection detail”", "5", "a", TEXT])
def test_a_quote_that_stands_there_is_placed_exactly(quote):
    found = SearchableText(TEXT).place(quote)
    assert found
    assert found.is_exact
    assert words(TEXT, quote) == quote


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ('"protection detail"', "“protection detail”"),
        ("Roe - extended 5 times", "Roe – extended 5 times"),
        ("isn't ending", "isn’t ending"),
        ("is  not\nat ease", "is not at ease"),
        ("  is not at ease ", "is not at ease"),
        ("cafe\u0301 owner", "caf\u00e9 owner"),
        ("pro\u200btection de\u00adtail", "protection detail"),
        ("“protection\u00a0detail”", "“protection detail”"),
        ("Officials sed on Monday", "Officials said on Monday"),
        ("officials said on monday", "Officials said on Monday"),
        ("A guard stayed with her", "A guard stays with her"),
    ],
)
def test_a_quote_that_differs_a_little_is_placed_on_the_words_as_they_stand(quote, expected):
    searched = SearchableText(TEXT)
    found = searched.place(quote)
    assert found
    assert searched.words(found) == expected
    assert LEAST_SCORE - 40 <= found.score < 100


@pytest.mark.parametrize(
    "quote",
    [
        "",
        " ",
        "extended 8 times – isn’t ending",
        "She is now at ease, a",
        "She is at ease, a café",
        "guarded by others for years",
        "Roee",
        "cafe",
        "Ministers met on Friday in Geneva",
    ],
)
def test_a_quote_of_other_words_figures_or_meaning_is_not_placed(quote):
    assert words(TEXT, quote) is None


def test_the_nearest_words_are_whole_words_and_have_a_score():
    searched = SearchableText(TEXT)
    found = searched.nearest("extended 8 times")
    assert found
    assert searched.words(found) == "extended 5 times"
    assert 80 < found.score < 100


@pytest.mark.parametrize(
    ("text", "quote"), [("", "x"), ("words", ""), ("\u200b", "x"), ("x", "\u200b")]
)
def test_nothing_is_near_where_there_is_nothing(text, quote):
    assert SearchableText(text).nearest(quote) is None
    assert SearchableText(text).place(quote) is None or quote in text


def test_the_context_is_the_sentence_around_and_a_title_ends_none():
    searched = SearchableText(TEXT)
    found = searched.place("at ease")
    assert found
    context = searched.context(found)
    assert (context.before, context.words) == ("She is not ", "at ease")
    assert context.after.endswith("owner said.")
    first = searched.place("protection detail")
    assert first
    assert searched.context(first).after.endswith("ending.")
    assert searched.context(first).before.startswith("Officials")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.text(max_size=30))
def test_placing_never_fails_and_stays_inside_the_text(text, quote):
    searched = SearchableText(text)
    for found in (searched.place(quote), searched.nearest(quote)):
        if found:
            assert 0 <= found.start < found.end <= len(text)
            context = searched.context(found)
            assert context.before + context.words + context.after in text


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_line_breaks_spaces_and_composition_do_not_change_a_fingerprint(text):
    assert fingerprint(f"\ufeff{text}".removeprefix("\ufeff")) == fingerprint(f" {text}\r\n")
    assert fingerprint(normalised(text)) == fingerprint(text)


def test_a_changed_letter_changes_the_fingerprint():
    assert fingerprint("guarded") != fingerprint("guardad")
    assert fingerprint("a b") == fingerprint("a\n\tb ")
    assert fingerprint("caf\u00e9") == fingerprint("cafe\u0301")

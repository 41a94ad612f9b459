"""Forbidden characters: each is found, named and placed; all others pass."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.text.characters import HIDDEN, forbidden_character, quoted, without_forbidden

FORBIDDEN = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u2028\u2029\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e",
    *"\u2066\u2067\u2068\u2069\ufeff\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0010ffff",
    "\ud800",
    "\udfff",
]


@pytest.mark.parametrize("character", FORBIDDEN, ids=lambda character: f"{ord(character):04X}")
def test_a_forbidden_character_is_found(character):
    found = forbidden_character(f"four{character}")
    assert found is not None
    assert (found.character, found.position) == (character, 5)


def test_the_hidden_characters_and_those_below_a_space_are_all_that_is_forbidden():
    every = "".join(map(chr, range(sys.maxunicode + 1)))

    assert without_forbidden(every) == re.sub(f"[\x00-\x1f{HIDDEN}]", "", every)


@pytest.mark.parametrize("character", FORBIDDEN, ids=lambda character: f"{ord(character):04X}")
def test_several_lines_may_hold_line_feeds_and_tabs_only(character):
    found = forbidden_character(character, multiline=True)
    assert (found is None) == (character in "\n\t")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("four\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE at character 5"),
        ("\ufeffa", "U+FEFF ZERO WIDTH NO-BREAK SPACE at character 1"),
        ("a\0", "U+0000 NULL at character 2"),
        ("a\r", "U+000D CARRIAGE RETURN at character 2"),
        ("a\t", "U+0009 TAB at character 2"),
        ("\x07", "U+0007 CONTROL CHARACTER at character 1"),
        ("\x9f", "U+009F CONTROL CHARACTER at character 1"),
        ("\ud800", "U+D800 SURROGATE at character 1"),
        ("😀\U0001ffff", "U+1FFFF NONCHARACTER at character 2"),
    ],
)
def test_a_forbidden_character_is_named_and_placed(text, message):
    assert str(forbidden_character(text)) == message


@pytest.mark.parametrize(
    "text", ["", "Łukasz O’Brien — “x”", "محمد", "习近平", "👩‍👧", "a\u00a0b\u00ad"]
)
def test_other_characters_pass(text):
    assert forbidden_character(text) is None


def test_a_quotation_is_short_and_hides_nothing():
    assert quoted("Łukasz") == "“Łukasz”"
    assert quoted("a\u202e\0b") == "“a\ufffd\ufffdb”"
    assert quoted("a" * 61) == "“" + "a" * 60 + "…”"


@given(st.characters())
def test_every_character_that_is_none_of_them_passes(character):
    unnamed_or_control = unicodedata.category(character) in {"Cc", "Cs", "Cn"}
    if character not in FORBIDDEN and not unnamed_or_control:
        assert forbidden_character(character) is None

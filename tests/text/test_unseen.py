from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.text.characters import forbidden_character
from roster.text.unseen import Piece, pieces

KEPT = {
    "soft hyphen": ("\u00ad", "U+00AD SOFT HYPHEN"),
    "zero-width space": ("\u200b", "U+200B ZERO WIDTH SPACE"),
    "zero-width joiner": ("\u200d", "U+200D ZERO WIDTH JOINER"),
    "filler": ("\u3164", "U+3164 HANGUL FILLER"),
    "variation selector": ("\ufe0f", "U+FE0F VARIATION SELECTOR-16"),
    "tag": ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
    "unnamed": ("\U000e0fff", "U+E0FFF without a name"),
}
REORDERING = {
    "override": ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
    "end of isolate": ("\u2069", "U+2069 POP DIRECTIONAL ISOLATE"),
    "control": ("\u0008", "U+0008 CONTROL CHARACTER"),
}


@pytest.mark.parametrize(("character", "name"), KEPT.values(), ids=KEPT)
def test_unseen_character_is_named_and_kept_by_itself(character, name):
    assert list(pieces(f"a{character}b")) == [Piece("a"), Piece(character, name), Piece("b")]


@pytest.mark.parametrize(("character", "name"), REORDERING.values(), ids=REORDERING)
def test_character_that_may_reorder_the_rest_is_named_and_left_out(character, name):
    assert list(pieces(f"a{character}b")) == [Piece("a"), Piece("", name), Piece("b")]


@pytest.mark.parametrize(
    "text", ["plain words", "תחת שמירה", "naïve – “quoted” …", "a\tb\nc", "🙂"]
)
def test_text_that_is_seen_is_one_piece(text):
    assert list(pieces(text)) == [Piece(text)]


def test_empty_text_has_no_pieces():
    assert list(pieces("")) == []


@given(st.text())
def test_pieces_lose_nothing_but_what_may_not_be_kept(text):
    found = list(pieces(text))
    left_out = [piece for piece in found if not piece.text]
    assert len("".join(piece.text for piece in found)) + len(left_out) == len(text)
    assert forbidden_character("".join(piece.text for piece in found), multiline=True) is None

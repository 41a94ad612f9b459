"""Lists in one cell: a bijection between lists of texts and their notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.text.lists import join_list, split_list

PAIRS = [
    ("", ()),
    ("a", ("a",)),
    ("a|b", ("a", "b")),
    (r"a\|b", ("a|b",)),
    (r"a\\|b", ("a\\", "b")),
    (r"a\\\|b", ("a\\|b",)),
    (r"\\", ("\\",)),
    (r"\||\|", ("|", "|")),
    (" a | b ", (" a ", " b ")),
    ("a,b;c", ("a,b;c",)),
]

MALFORMED = ["|", "a|", "|a", "a||b", "\\", "a\\", r"\a", r"a\n|b", "a|\\", r"\\\a"]


@pytest.mark.parametrize(("text", "items"), PAIRS)
def test_a_text_lists_its_items(text, items):
    assert split_list(text) == items
    assert join_list(items) == text


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_list_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"(is empty|stands alone): .*\.$"):
        split_list(text)


def test_a_refusal_names_the_place():
    with pytest.raises(ValueError, match="Item 2 of the list is empty"):
        split_list("a||b")
    with pytest.raises(ValueError, match="backslash at character 3 "):
        split_list("ab\\c")


def test_an_empty_item_is_not_written():
    with pytest.raises(ValueError, match="Item 2 of the list is empty"):
        join_list(["a", ""])


items = st.text(min_size=1) | st.text(alphabet="|\\a", min_size=1)


@given(st.lists(items))
def test_every_list_comes_back(listed):
    assert split_list(join_list(listed)) == tuple(listed)


@given(st.text(alphabet="|\\ab", max_size=12))
def test_every_accepted_text_comes_back(text):
    try:
        listed = split_list(text)
    except ValueError:
        return
    assert join_list(listed) == text

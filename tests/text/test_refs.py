"""Refs: their grammar, how they are made from names, how they avoid one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.text.refs import MAX_LENGTH, free_ref, is_ref, made_ref, numbered_ref, slug

REFS = ["a", "1", "mark-milley", "mike-pompeo/protection/1", "a--b", "a/b/c", "a" * MAX_LENGTH]
NO_REFS = [
    "",
    "A",
    "Mark-Milley",
    "mark milley",
    "mark_milley",
    "-a",
    "a-",
    "/a",
    "a/",
    "a//b",
    "a/-b",
    "a-/b",
    "é",
    "a\n",
    "٣",
    "a" * (MAX_LENGTH + 1),
]


@pytest.mark.parametrize("text", REFS)
def test_a_ref_is_taken(text):
    assert is_ref(text)


@pytest.mark.parametrize("text", NO_REFS)
def test_no_ref_is_refused(text):
    assert not is_ref(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Mark Milley", "mark-milley"),
        ("  Kenneth F. McKenzie, Jr. ", "kenneth-f-mckenzie-jr"),
        ("Robert O’Brien", "robert-obrien"),
        ("José Łukasz Đorđe Straße", "jose-lukasz-dorde-strasse"),
        ("Сергей", "sergey"),
        ("北京", "beijing"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_slug_is_made_from_any_script(name, expected):
    assert slug(name) == expected


@given(st.text())
def test_a_slug_is_empty_or_one_segment_of_a_ref(name):
    made = slug(name)
    assert made == "" or (is_ref(made) and "/" not in made)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Mark Milley",), "mark-milley"),
        (("mike-pompeo", "Secretary of State"), "mike-pompeo/secretary-of-state"),
        (("mike-pompeo/protection", 1), "mike-pompeo/protection/1"),
    ],
)
def test_a_ref_is_made_of_its_parts(parts, expected):
    assert made_ref(*parts) == expected


def test_a_part_without_letters_is_refused():
    with pytest.raises(ValueError, match=r"“!!!”.* give a ref .*\.$"):
        made_ref("mark-milley", "!!!")


def test_a_made_ref_is_cut_to_the_length_of_a_ref():
    ref = made_ref("a" * 150, "b" * 48 + " c " + "d" * 100)
    assert ref == "a" * 150 + "/" + "b" * 48
    assert is_ref(ref)


def test_a_free_ref_counts_from_two():
    assert free_ref("a/b", set()) == "a/b"
    assert free_ref("a/b", {"a/b"}) == "a/b-2"
    assert free_ref("a/b", {"a/b", "a/b-2", "a/b-4"}) == "a/b-3"


@given(st.from_regex("[a-z0-9]([a-z0-9-]{0,230}[a-z0-9])?", fullmatch=True), st.integers(1, 10**6))
def test_a_numbered_ref_is_a_ref_however_long_its_base(base, number):
    assert is_ref(numbered_ref(base, number))


def test_free_refs_of_a_long_base_differ():
    base = "a" * MAX_LENGTH
    taken: set[str] = set()
    for _ in range(12):
        taken.add(free_ref(base, taken))
    assert len(taken) == 12
    assert all(map(is_ref, taken))

"""Three-way merges: nothing of either side is lost unseen, whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.admin.forms.merging import merge

NAMES = ("level", "provider", "start", "end")
VALUES = st.sampled_from(["", "a", "b", "c"])
ROWS = st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES))
KNOWN = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, VALUES))


@pytest.mark.parametrize(
    ("opened", "theirs", "yours", "value", "kind"),
    [
        ("a", "a", "a", "a", None),
        ("a", "b", "a", "b", "theirs"),
        ("a", "a", "b", "b", "yours"),
        ("a", "b", "b", "b", "same"),
        ("a", "b", "c", "c", "conflicts"),
        ("a", "", "c", "c", "conflicts"),
        ("", "b", "", "b", "theirs"),
    ],
)
def test_one_value(opened, theirs, yours, value, kind):
    merged = merge({"level": opened}, theirs={"level": theirs}, yours={"level": yours})
    assert merged.values == {"level": value}
    kinds = ("theirs", "yours", "same", "conflicts")
    assert [each for each in kinds if getattr(merged, each)] == ([kind] if kind else [])


@pytest.mark.parametrize(("theirs", "is_conflict"), [("a", False), ("b", True)])
def test_value_unknown_as_opened_is_a_conflict_unless_both_say_the_same(theirs, is_conflict):
    merged = merge({}, theirs={"level": theirs}, yours={"level": "a"})
    assert merged.conflicts == ({"level"} if is_conflict else set())


@given(opened=ROWS, yours=ROWS)
def test_without_a_change_of_theirs_it_is_yours(opened, yours):
    merged = merge(opened, theirs=opened, yours=yours)
    assert merged.values == yours
    assert not merged.theirs | merged.same | merged.conflicts


@given(opened=ROWS, theirs=ROWS)
def test_without_a_change_of_yours_it_is_theirs(opened, theirs):
    merged = merge(opened, theirs=theirs, yours=opened)
    assert merged.values == theirs
    assert not merged.yours | merged.same | merged.conflicts


@given(opened=ROWS, theirs=ROWS, yours=ROWS)
def test_what_does_not_conflict_comes_to_the_same_from_either_side(opened, theirs, yours):
    one = merge(opened, theirs=theirs, yours=yours)
    other = merge(opened, theirs=yours, yours=theirs)
    assert one.conflicts == other.conflicts
    assert (one.theirs, one.yours) == (other.yours, other.theirs)
    settled = set(NAMES) - one.conflicts
    assert {name: one.values[name] for name in settled} == {
        name: other.values[name] for name in settled
    }


@given(opened=KNOWN, theirs=ROWS, yours=ROWS)
def test_each_changed_value_is_in_the_merge_or_in_a_conflict(opened, theirs, yours):
    merged = merge(opened, theirs=theirs, yours=yours)
    for side in (theirs, yours):
        for name in NAMES:
            changed = name not in opened or side[name] != opened[name]
            kept = merged.values[name] == side[name]
            assert kept or name in merged.conflicts or not changed


@given(opened=KNOWN, theirs=ROWS, yours=ROWS)
def test_every_name_is_of_one_kind_at_most(opened, theirs, yours):
    merged = merge(opened, theirs=theirs, yours=yours)
    kinds = [merged.theirs, merged.yours, merged.same, merged.conflicts]
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))

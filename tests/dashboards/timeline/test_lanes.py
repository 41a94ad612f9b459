"""Lanes: nothing runs into what shares its lane, and no lane is more than is needed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.dashboards.timeline.lanes import GAP, in_lanes, label_width, shortened

EXTENTS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 60)).map(lambda one: (one[0], sum(one)))
)


@pytest.mark.parametrize(
    ("extents", "lanes"),
    [
        ([], []),
        ([(0, 10, "a"), (10 + GAP, 30, "b")], [["a", "b"]]),
        ([(0, 10, "a"), (9 + GAP, 30, "b")], [["a"], ["b"]]),
        ([(50, 60, "b"), (0, 10, "a")], [["a", "b"]]),
        ([(0, 90, "a"), (5, 10, "b"), (20, 30, "c")], [["a"], ["b", "c"]]),
        ([(0, 30, "a"), (0, 10, "b"), (50, 60, "c")], [["b", "c"], ["a"]]),
    ],
)
def test_lanes_are_filled_from_the_first(extents, lanes):
    assert in_lanes(extents) == lanes


@given(EXTENTS)
def test_all_are_placed_apart_in_as_few_lanes_as_overlap(extents):
    lanes = in_lanes([(left, right, (left, right)) for left, right in extents])
    assert sorted(one for lane in lanes for one in lane) == sorted(extents)
    for lane in lanes:
        assert all(one[1] + GAP <= other[0] for one, other in pairwise(lane))
    over = (sum(a <= left < b + GAP for a, b in extents) for left, _ in extents)
    assert len(lanes) == max(over, default=0)


@pytest.mark.parametrize(
    ("text", "width", "kept"),
    [
        ("Ann Roe", 100, "Ann Roe"),
        ("Ann Roe", 36, "Ann R…"),
        ("Ann Roe", 30, "Ann…"),
        ("安安安", 30, "安…"),
    ],
)
def test_a_text_is_cut_to_its_room(text, width, kept):
    assert shortened(text, width) == kept
    assert label_width(kept) <= width


def test_a_very_long_text_is_cut_whatever_the_room():
    assert len(shortened("x" * 500, 10_000)) == 80

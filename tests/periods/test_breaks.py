"""Gaps and overlaps, against every possible reading of the dates."""

from __future__ import annotations

from datetime import date
from functools import reduce
from itertools import combinations
from operator import or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.periods import Break, BreakKind, Certainty, Period, breaks, lapsed_unknown, overlaps
from tests.periods.readings import (
    WINDOW,
    between,
    days,
    joint_readings,
    period,
    periods,
    verdict,
)

GAP, POSSIBLE_GAP = BreakKind.GAP, BreakKind.POSSIBLE_GAP


def kind_on(found: list[Break], day: date) -> BreakKind | None:
    kinds = [one.kind for one in found if day in one.days]
    assert len(kinds) < 2
    return kinds[0] if kinds else None


def gap_in(reading: tuple[int, ...], asked: list[Period]) -> int:
    """The days that no period covers between those that dated ones do."""
    covered = reduce(or_, reading, 0)
    dated = reduce(or_, (one for one, of in zip(reading, asked, strict=True) if of.is_dated), 0)
    if not dated:
        return 0
    first, last = (dated & -dated).bit_length() - 1, dated.bit_length() - 1
    return between(first, last) & ~covered


def twice_in(reading: tuple[int, ...]) -> int:
    """The days that two periods cover."""
    return reduce(or_, (one & other for one, other in combinations(reading, 2)), 0)


@given(st.lists(periods(), max_size=3))
def test_gaps_are_what_every_reading_says_day_by_day(asked):
    kinds = {Certainty.DEFINITELY: GAP, Certainty.POSSIBLY: POSSIBLE_GAP, Certainty.NO: None}
    expected = verdict(gap_in(reading, asked) for reading in joint_readings(asked))
    found = breaks(asked, within=WINDOW)
    assert {day: kind_on(found, day) for day in expected} == {
        day: kinds[certainty] for day, certainty in expected.items()
    }


@given(st.lists(periods(), max_size=3))
def test_overlaps_are_what_every_reading_says_day_by_day(asked):
    expected = verdict(map(twice_in, joint_readings(asked)))
    found = overlaps(asked, within=WINDOW)
    assert {day for day in expected if kind_on(found, day) is BreakKind.OVERLAP} == {
        day for day, certainty in expected.items() if certainty is Certainty.DEFINITELY
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([("2024-01-01", "2024-03-31"), ("2024-04-01", "2024-06-30")], []),
        (
            [("2024-01-01", "2024-03-31"), ("2024-04-02", "2024-06-30")],
            [Break(GAP, days("2024-04-01"))],
        ),
        (
            [("2024-04-02", ".."), ("2023", "2023"), ("2022", "2024-03-31")],
            [Break(GAP, days("2024-04-01"))],
        ),
        (  # both at some time in March: they may meet, and need not
            [("2024-01-01", "2024-03"), ("2024-03", "2024-06-30")],
            [Break(POSSIBLE_GAP, days("2024-03-02", "2024-03-30"))],
        ),
        (
            [("2024-01-01", "2024-03"), ("2024-04-11", "2024-06-30")],
            [
                Break(POSSIBLE_GAP, days("2024-03-02", "2024-03-31")),
                Break(GAP, days("2024-04-01", "2024-04-10")),
            ],
        ),
        (  # the start is not known, so the gap may be none
            [("2024-01-01", "2024-03-31"), ("", "2024-06-30")],
            [Break(POSSIBLE_GAP, days("2024-04-01", "2024-06-29"))],
        ),
        (  # nothing is known of one: it opens no gap, and may fill the one there is
            [("2024-01-01", "2024-03-31"), ("", "")],
            [],
        ),
        (
            [("2024-01-01", "2024-03-31"), ("", ""), ("2024-04-02", "..")],
            [Break(POSSIBLE_GAP, days("2024-04-01"))],
        ),
        ([("2024", "2024")], []),
        ([], []),
    ],
)
def test_gaps_between(asked, found):
    assert breaks([period(*one) for one in asked]) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([("2024-01-01", "2024-03-31"), ("2024-04-01", "2024-06-30")], []),
        ([("2024-01-01", "2024-04-01"), ("2024-04-01", "2024-06-30")], [days("2024-04-01")]),
        ([("2024-01-01", "2024-04"), ("2024-04", "2024-06-30")], []),
    ],
)
def test_overlaps_are_sure_ones(asked, found):
    assert [one.days for one in overlaps(period(*dates) for dates in asked)] == found


@pytest.mark.parametrize(
    ("ends", "since"),
    [
        (["../2024-07-18"], "2024-07-19"),
        (["../2024-07-18", "2023-12-31"], "2024-07-19"),
        (["../2024-07-18", "../2024-07-18"], "2024-07-19"),
        (["../2024-07-30"], "2024-07-31"),
        (["../2024-07-31"], None),  # today may be its last day
        (["../2024-07-18", "2024-07-18"], None),  # another lasted to that day
        (["../2024-07-18", "2024-07-19"], None),
        (["../2024-07-18", ".."], None),
        (["../2024-07-18", ""], None),
        (["2024-07-18"], None),
        (["2023/2024-07-18"], None),  # known as far as that goes
        ([], None),
    ],
)
def test_lapsed_on_an_unknown_day_with_nothing_since(ends, since):
    found = lapsed_unknown([period("2020", end) for end in ends], on=date(2024, 7, 31))
    expected = Break(BreakKind.LAPSED_UNKNOWN, days(since, "2024-07-31")) if since else None
    assert found == expected


def test_an_end_bounded_to_one_day_by_its_start_is_known():
    one_day = period("2024-07-18", "../2024-07-18")
    assert lapsed_unknown([one_day], on=date(2024, 7, 31)) is None

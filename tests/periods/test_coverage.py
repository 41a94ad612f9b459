"""Coverage by several periods, against every possible reading of their dates."""

from __future__ import annotations

from datetime import date
from functools import reduce
from itertools import pairwise
from operator import or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.periods import EVER, Certainty, Days, Period, Stretch, coverage
from tests.periods.readings import WINDOW, days, joint_readings, period, periods, verdict


def on(stretches: list[Stretch], day: date) -> Certainty:
    (found,) = [stretch.covered for stretch in stretches if day in stretch.days]
    return found


@given(st.lists(periods(), max_size=3))
def test_coverage_is_what_every_reading_says_day_by_day(asked):
    expected = verdict(reduce(or_, reading, 0) for reading in joint_readings(asked))
    stretches = coverage(asked, within=WINDOW)
    assert {day: on(stretches, day) for day in expected} == expected


@given(st.lists(periods(), max_size=4))
def test_stretches_follow_one_another_and_differ(asked):
    stretches = coverage(asked, within=WINDOW)
    assert (stretches[0].days.first, stretches[-1].days.last) == (WINDOW.first, WINDOW.last)
    for one, following in pairwise(stretches):
        assert (following.days.first - one.days.last).days == 1
        assert one.covered != following.covered


@given(periods())
def test_coverage_by_one_period_is_its_being_in_force(asked):
    stretches = coverage([asked], within=EVER)
    edges = [edge for stretch in stretches for edge in (stretch.days.first, stretch.days.last)]
    assert [on(stretches, day) for day in edges] == [asked.in_force(day) for day in edges]
    assert (edges[0], edges[-1]) == (date.min, date.max)


def said(*asked: Period, within: Days = EVER) -> list[tuple[str, str, str]]:
    return [
        (str(stretch.days.first), str(stretch.days.last), stretch.covered.value)
        for stretch in coverage(asked, within=within)
    ]


def test_receives_protection_is_sure_on_that_day_only():
    assert said(period("../2024-07-18", "2024-07-18/..")) == [
        ("0001-01-01", "2024-07-17", "possibly"),
        ("2024-07-18", "2024-07-18", "definitely"),
        ("2024-07-19", "9999-12-31", "possibly"),
    ]


def test_protections_that_touch_are_one_stretch():
    one, other = period("2024-01-01", "2024-03-31"), period("2024-04-01", "2024-06-30")
    assert said(other, one, within=days("2024-01-01", "2024-07-31")) == [
        ("2024-01-01", "2024-06-30", "definitely"),
        ("2024-07-01", "2024-07-31", "no"),
    ]


def test_possibly_covered_twice_is_still_possibly():
    assert said(period("2024", "2024"), period("2024", "2024"), within=days("2024-06-01")) == [
        ("2024-06-01", "2024-06-01", "possibly")
    ]


def test_without_periods_no_day_is_covered():
    assert said() == [("0001-01-01", "9999-12-31", "no")]


@pytest.mark.parametrize(("start", "end"), [("0001-01-01", "0001-01-01"), ("9999-12-31", "..")])
def test_the_first_and_the_last_day_of_the_calendar_can_be_covered(start, end):
    (covered,) = [one for one in said(period(start, end)) if one[2] == "definitely"]
    assert covered[0] == covered[1] == start


def test_days_whose_last_lies_before_the_first_are_refused():
    with pytest.raises(ValueError, match=r"lies before the first .* on or after the first\.$"):
        days("2024-07-18", "2024-07-17")


def test_days_are_counted_with_both_ends():
    assert days("2024-02-28", "2024-03-01").count == 3

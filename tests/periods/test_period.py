"""Periods, against brute force: every reading of a start and an end."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roster.dates import PartialDate
from roster.periods import Certainty, Period


def days_of(partial: PartialDate) -> list[date]:
    first, last = partial.earliest, partial.latest
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def by_brute_force(start: PartialDate, end: PartialDate, day: date) -> Certainty:
    verdicts = {s <= day <= e for s in days_of(start) for e in days_of(end) if s <= e}
    assert verdicts, "a period without a possible reading"
    if verdicts == {True}:
        return Certainty.DEFINITELY
    return Certainty.POSSIBLY if True in verdicts else Certainty.NO


def period(start: str, end: str) -> Period:
    return Period(PartialDate(start), PartialDate(end))


@st.composite
def short_dates(draw) -> PartialDate:
    """Partial dates whose days are few enough to enumerate, close to one another."""
    day = date(2024, 2, 25) + timedelta(days=draw(st.integers(0, 40)))
    later = day + timedelta(days=draw(st.integers(1, 20)))
    forms = [f"{day}", f"{day}~", f"{day}"[:7], f"{day}/{later}"]
    return PartialDate(draw(st.sampled_from(forms)))


@given(short_dates(), short_dates(), st.integers(-3, 70))
def test_in_force_is_what_every_reading_says(start, end, days):
    assume(start.earliest <= end.latest)
    day = date(2024, 2, 20) + timedelta(days=days)
    assert Period(start, end).in_force(day) is by_brute_force(start, end, day)


FIRST_DAYS = ["0001-01-01", "0001-01-01~", "0001-01-02", "0001-01", "../0001-01-03", "../0001-01"]
LAST_DAYS = ["9999-12-31", "9999-12-31~", "9999-12-30", "9999-12", "9999-12-29/..", ".."]


AT_THE_EDGES = [
    (start, end, month)
    for dates, month in ((FIRST_DAYS, date(1, 1, 1)), (LAST_DAYS, date(9999, 12, 1)))
    for start, end in product(dates, dates)
    if PartialDate(start).earliest <= PartialDate(end).latest
]


@pytest.mark.parametrize(("start", "end", "month"), AT_THE_EDGES)
def test_in_force_at_the_edges_of_the_calendar(start, end, month):
    for number in range(1, 32):
        day = month.replace(day=number)
        expected = by_brute_force(PartialDate(start), PartialDate(end), day)
        assert period(start, end).in_force(day) is expected, day


@pytest.mark.parametrize(
    ("start", "end", "day", "certainty"),
    [
        ("2024-07-18", "2024-07-20", "2024-07-17", "no"),
        ("2024-07-18", "2024-07-20", "2024-07-18", "definitely"),
        ("2024-07-18", "2024-07-20", "2024-07-20", "definitely"),
        ("2024-07-18", "2024-07-20", "2024-07-21", "no"),
        # “Receives protection”, said on a day: sure on that day only.
        ("../2024-07-18", "2024-07-18/..", "2024-07-17", "possibly"),
        ("../2024-07-18", "2024-07-18/..", "2024-07-18", "definitely"),
        ("../2024-07-18", "2024-07-18/..", "2024-07-19", "possibly"),
        # “Former”, without a date, in a source of that day.
        ("2019", "../2024-07-18", "2024-07-18", "possibly"),
        ("2019", "../2024-07-18", "2024-07-19", "no"),
        ("", "", "2024-07-18", "possibly"),
        ("2020", "..", "2020-12-30", "possibly"),
        ("2020", "..", "2020-12-31", "definitely"),
        ("2020", "..", "9999-12-31", "definitely"),
        # The end bounds the start: in every reading with both in 2020 they may still not meet.
        ("2020", "2020", "2020-06-01", "possibly"),
        ("2020-06-01/..", "2020-06-01", "2020-06-01", "definitely"),
    ],
)
def test_in_force_on_a_day(start, end, day, certainty):
    assert period(start, end).in_force(date.fromisoformat(day)) == certainty


def test_a_period_of_one_day_is_possible():
    assert period("2024-07-18", "2024-07-18").start.text == "2024-07-18"


@pytest.mark.parametrize(
    ("start", "end"),
    [("2024-07-19", "2024-07-18"), ("2021", "2020-12-31"), ("2021/..", "../2020"), ("..", "2020")],
)
def test_a_period_without_a_possible_reading_is_refused(start, end):
    with pytest.raises(ValueError, match=r"lies before the start .* on or after the start\.$"):
        period(start, end)

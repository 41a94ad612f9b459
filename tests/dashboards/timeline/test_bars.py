"""Bars: solid on the definite days, hatched on the possible ones, and how they end."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roster.dashboards.timeline import Entry, Kind, Scale, Zoom
from roster.dashboards.timeline.bars import LEAST, LEAST_SURE, Edge, bar_of, stretches
from roster.dates import PartialDate
from roster.periods import Certainty, Period

DEFINITELY, POSSIBLY = Certainty.DEFINITELY, Certainty.POSSIBLY
SHARP, GOES_ON, FADES = Edge.SHARP, Edge.GOES_ON, Edge.FADES
YEARS = Scale.from_day(Zoom.YEAR, date(2020, 1, 1), left=100, width=1000)
"""2020 to 2029, 100 units each."""
DAILY = Scale.from_day(Zoom.MONTH, date(2024, 1, 1), left=0, width=12 * 31 * 28 * 29 * 30)
"""2024, in which each day begins on a unit of its own, far wider than a bar at least is."""


def period(start, end):
    return Period(PartialDate(start), PartialDate(end))


def bar(start, end, scale=YEARS):
    return bar_of(Entry(Kind.ROLE, 1, "ref", "name", period(start, end)), scale)


def pieces(shown):
    return [(one.x, one.right, one.stretch.covered) for one in shown.pieces]


@st.composite
def periods(draw):
    def a_date(*others):
        day = date(2023, 12, 1) + timedelta(days=draw(st.integers(0, 440)))
        later = day + timedelta(days=draw(st.integers(1, 90)))
        forms = [f"{day}", f"{day}"[:7], f"{day}~", f"../{day}", f"{day}/..", f"{day}/{later}", ""]
        return PartialDate(draw(st.sampled_from([*forms, *others])))

    start, end = a_date(), a_date("..")
    assume(start.earliest <= end.latest)
    return Period(start, end)


@given(periods(), st.integers(0, 365))
def test_a_day_is_solid_if_definite_hatched_if_possible_and_empty_if_not(lasting, days):
    day = date(2024, 1, 1) + timedelta(days=days)
    shown = bar_of(Entry(Kind.ROLE, 1, "ref", "name", lasting), DAILY)
    drawn = [
        piece.stretch.covered
        for piece in (shown.pieces if shown else ())
        if piece.x <= DAILY.middle(day) < piece.right
    ]
    expected = lasting.in_force(day)
    assert drawn == ([] if expected is Certainty.NO else [expected])


@given(periods())
def test_stretches_meet_and_differ(lasting):
    found = stretches(lasting)
    assert (found[0].days.first, found[-1].days.last) == (
        lasting.start.earliest,
        lasting.end.latest,
    )
    for one, following in pairwise(found):
        assert one.days.last + timedelta(days=1) == following.days.first
        assert one.covered is not following.covered


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2021", "2023", [(200, 299, POSSIBLY), (299, 400, DEFINITELY), (400, 500, POSSIBLY)]),
        ("2021-01-01", "2022-12-31", [(200, 400, DEFINITELY)]),
        ("2010", "2022-12-31", [(100, 400, DEFINITELY)]),
        ("2021-01-01", "2040", [(200, 1100, DEFINITELY)]),
        ("2021-01-01", "..", [(200, 1100, DEFINITELY)]),
        ("", "", [(100, 1100, POSSIBLY)]),
        ("2021-01-01", "", [(200, 203, DEFINITELY), (203, 1100, POSSIBLY)]),
        ("2025-01-01", "2025-01-01", [(600, 604, DEFINITELY)]),
        ("2029-12-31", "..", [(1096, 1100, DEFINITELY)]),
        ("../2020-01-01", "2020-01-01", [(100, 104, DEFINITELY)]),
    ],
)
def test_pieces_lie_where_their_days_do(start, end, expected):
    assert pieces(bar(start, end)) == expected


@given(periods(), st.sampled_from(Zoom), st.dates(date(2023, 1, 1), date(2025, 6, 1)))
def test_bars_stay_in_the_window_and_can_be_seen(lasting, zoom, day):
    scale = Scale.from_day(zoom, day, left=8, width=944)
    shown = bar_of(Entry(Kind.ROLE, 1, "ref", "name", lasting), scale)
    assert (shown is None) == (not lasting.possible_days.meets(scale.window))
    if shown is None:
        return
    assert scale.left <= shown.x <= shown.right <= scale.right
    assert shown.width >= LEAST
    sure = [piece.width for piece in shown.pieces if piece.stretch.covered is DEFINITELY]
    assert all(width >= LEAST_SURE for width in sure)
    assert bool(sure) == bool(lasting.sure_days and lasting.sure_days.meets(scale.window))
    assert sum(piece.width for piece in shown.pieces) == shown.width


@pytest.mark.parametrize(
    ("start", "end", "edges"),
    [
        ("2021", "2023", (SHARP, SHARP)),
        ("2020-01-01", "2029-12-31", (SHARP, SHARP)),
        ("2019-12-31", "2030-01-01", (GOES_ON, GOES_ON)),
        ("", "2023", (FADES, SHARP)),
        ("2021", "", (SHARP, FADES)),
        ("2021", "..", (SHARP, FADES)),
        ("../2021", "2023/..", (FADES, FADES)),
        ("../2019-06", "2031/..", (GOES_ON, GOES_ON)),
        ("2010", "", (GOES_ON, FADES)),
    ],
)
def test_an_end_is_sharp_goes_on_or_fades_where_it_may_be_on_any_day(start, end, edges):
    shown = bar(start, end)
    assert (shown.start, shown.end) == edges


@pytest.mark.parametrize(("start", "end"), [("2010", "2019"), ("2030", "..")])
def test_what_has_no_day_in_the_window_has_no_bar(start, end):
    assert bar(start, end) is None


def test_a_source_of_no_known_day_has_no_bar():
    entry = Entry(Kind.EVIDENCE, 1, "ref", "name", period("", ""))
    assert bar_of(entry, YEARS) is None

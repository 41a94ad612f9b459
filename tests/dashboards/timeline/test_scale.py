"""The scale: which window an address means, where its days lie, and how its columns are named."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.dashboards.timeline import Scale, Zoom
from roster.dashboards.timeline.scale import LEAST_LABELLED
from roster.periods import Days

FIRST, LAST = date.min, date.max


def scale(zoom, day, *, left=8, width=944):
    return Scale.from_day(zoom, day, left=left, width=width)


@pytest.mark.parametrize(
    ("zoom", "day", "first", "last"),
    [
        (Zoom.YEAR, date(2021, 7, 18), date(2021, 1, 1), date(2030, 12, 31)),
        (Zoom.QUARTER, date(2021, 1, 1), date(2021, 1, 1), date(2023, 12, 31)),
        (Zoom.QUARTER, date(2021, 6, 30), date(2021, 4, 1), date(2024, 3, 31)),
        (Zoom.MONTH, date(2024, 2, 29), date(2024, 2, 1), date(2025, 1, 31)),
        (Zoom.YEAR, FIRST, FIRST, date(10, 12, 31)),
        (Zoom.MONTH, FIRST, FIRST, date(1, 12, 31)),
        (Zoom.YEAR, LAST, date(9990, 1, 1), LAST),
        (Zoom.QUARTER, LAST, date(9997, 1, 1), LAST),
        (Zoom.MONTH, LAST, date(9999, 1, 1), LAST),
    ],
)
def test_window_begins_with_the_column_of_the_day(zoom, day, first, last):
    assert scale(zoom, day).window == Days(first, last)


@pytest.mark.parametrize(
    ("days", "zoom", "window"),
    [
        ((date(2024, 3, 1), date(2025, 2, 1)), Zoom.MONTH, (date(2024, 2, 1), date(2025, 3, 31))),
        (
            (date(2024, 3, 1), date(2028, 2, 1)),
            Zoom.QUARTER,
            (date(2023, 10, 1), date(2028, 6, 30)),
        ),
        ((date(1990, 3, 1), date(2028, 2, 1)), Zoom.YEAR, (date(1989, 1, 1), date(2029, 12, 31))),
        ((FIRST, LAST), Zoom.YEAR, (FIRST, LAST)),
        ((LAST, LAST), Zoom.MONTH, (date(9999, 11, 1), LAST)),
    ],
)
def test_fitted_scale_is_the_finest_that_has_room_on_each_side(days, zoom, window):
    fitted = Scale.fitted(Days(*days), left=8, width=944)
    assert (fitted.zoom, fitted.window) == (zoom, Days(*window))


@pytest.mark.parametrize("zoom", Zoom)
@pytest.mark.parametrize("day", [FIRST, date(2024, 2, 29), LAST])
def test_window_goes_from_left_to_right_in_whole_units(zoom, day):
    shown = scale(zoom, day, left=8, width=943)
    assert (shown.x(shown.window.first), shown.x_after(shown.window.last)) == (8, 951)
    assert {type(shown.x(day)), type(shown.x_after(day))} == {int}


@given(st.sampled_from(Zoom), st.dates(), st.data())
def test_a_day_ends_where_the_next_one_begins(zoom, day, data):
    shown = scale(zoom, day)
    window = shown.window
    one = data.draw(st.dates(window.first, window.last - timedelta(days=1)))
    assert shown.x(one) <= shown.x_after(one) == shown.x(one + timedelta(days=1))


@given(st.dates(), st.dates())
def test_fitted_scale_has_all_the_days(one, other):
    days = Days(min(one, other), max(one, other))
    window = Scale.fitted(days, left=0, width=960).window
    assert days.first in window
    assert days.last in window


@pytest.mark.parametrize(
    ("zoom", "labels", "years"),
    [
        (Zoom.MONTH, ["Nov", "Dec", "Jan", "Feb"], ["", "", "2022", ""]),
        (Zoom.QUARTER, ["Q4", "Q1", "Q2", "Q3"], ["2021", "2022", "", ""]),
        (Zoom.YEAR, ["2021", "2022", "2023", "2024"], ["", "", "", ""]),
    ],
)
def test_columns_are_labelled_and_a_year_where_it_begins(zoom, labels, years):
    ticks = scale(zoom, date(2021, 11, 1)).ticks()[:4]
    assert [tick.label for tick in ticks] == labels
    assert [tick.year for tick in ticks] == years


@given(st.integers(1, 5000))
def test_labels_of_years_do_not_run_into_one_another(columns):
    shown = Scale(Zoom.YEAR, 1000, columns, 0, 960)
    labelled = [tick.x for tick in shown.ticks() if tick.label]
    assert all(b - a >= LEAST_LABELLED - 1 for a, b in pairwise(labelled))


@pytest.mark.parametrize(
    ("day", "columns", "moved"),
    [
        (date(2020, 1, 1), 5, date(2025, 1, 1)),
        (date(2020, 1, 1), -5, date(2015, 1, 1)),
        (date(6, 1, 1), -5, FIRST),
        (date(5, 1, 1), -5, None),
        (date(9985, 1, 1), 5, date(9990, 1, 1)),
        (date(9986, 1, 1), 5, None),
    ],
)
def test_window_moves_as_far_as_the_calendar_goes(day, columns, moved):
    assert scale(Zoom.YEAR, day).moved(columns) == moved

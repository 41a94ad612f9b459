"""Every reading of uncertain dates, on a calendar so small that all can be counted.

The window is five days. All days before it count as one, all after it as another: which of them
a date may be makes no difference to the days of the window. Days are told by their places, and a
set of days is the bits of a number: bit 0 for any day before the window, bit 6 for any after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from roster.dates import PartialDate
from roster.periods import Certainty, Chain, Days, Extension, Period

FIRST = date(2024, 2, 26)
WINDOW = Days(FIRST, FIRST + timedelta(days=4))
BEFORE, AFTER = 0, 6
PLACES = range(1, 6)
"""Those of the days of the window."""


def day_at(place: int) -> date:
    return FIRST + timedelta(days=place - 1)


def place_of(day: date) -> int:
    return min(max((day - FIRST).days + 1, BEFORE), AFTER)


def places_of(partial: PartialDate) -> range:
    return range(place_of(partial.earliest), place_of(partial.latest) + 1)


def between(first: int, last: int) -> int:
    """The places from the first to the last, as bits."""
    return (1 << last + 1) - (1 << first)


def readings(period: Period) -> list[int]:
    """The days that each possible reading covers, as bits."""
    pairs = product(places_of(period.start), places_of(period.end))
    return [between(start, end) for start, end in pairs if start <= end]


def joint_readings(periods: list[Period]) -> Iterator[tuple[int, ...]]:
    """Each reading of all periods at once: their dates are independent of one another."""
    return product(*map(readings, periods))


def verdict(sets: Iterable[int]) -> dict[date, Certainty]:
    """How surely each day of the window is in a set, given that set for every reading."""
    in_every, in_some = ~0, 0
    for days_in in sets:
        in_every &= days_in
        in_some |= days_in
    certainties = {
        place: Certainty.DEFINITELY
        if in_every >> place & 1
        else Certainty.POSSIBLY
        if in_some >> place & 1
        else Certainty.NO
        for place in PLACES
    }
    return {day_at(place): certainty for place, certainty in certainties.items()}


@st.composite
def partial_dates(draw, *, open_end: bool = False) -> PartialDate:
    day = FIRST + timedelta(days=draw(st.integers(-2, 6)))
    later = day + timedelta(days=draw(st.integers(1, 4)))
    forms = [
        f"{day}", f"{day}", f"{day}~", f"{day}/{later}", f"../{day}", f"{day}/..", f"{day}"[:7], "",
    ]  # fmt: skip
    return PartialDate(draw(st.sampled_from([*forms, ".."] if open_end else forms)))


@st.composite
def periods(draw) -> Period:
    start, end = draw(partial_dates()), draw(partial_dates(open_end=True))
    assume(start.earliest <= end.latest)
    return Period(start, end)


def period(start: str, end: str) -> Period:
    return Period(PartialDate(start), PartialDate(end))


def days(first: str, last: str = "") -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last or first))


def chain(*dates: tuple[str, str], start: str = "2020", end: str = "..", **values: Any) -> Chain:
    """A protection with an extension of each of these dates, numbered from 1."""
    extensions = [extension(number, *one) for number, one in enumerate(dates, start=1)]
    values = {"ref": "ann-lee/protection", "extensions": tuple(extensions), **values}
    return Chain(period=period(start, end), **values)


def extension(number: int | None, start: str = "", end: str = "", ref: str = "") -> Extension:
    unknown = PartialDate("")
    ref = ref or f"ann-lee/protection/{number}"
    return Extension(ref, number, unknown, unknown, period(start, end))

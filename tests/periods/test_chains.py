"""Chains: what extensions say of a protection, and what they leave out."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roster.dates import PartialDate
from roster.periods import Chain, Period
from roster.periods.chains import MissingNumbers
from tests.periods.readings import FIRST, chain, day_at, extension


@st.composite
def known_periods(draw) -> Period:
    """Between days of one week, which are few enough to take each."""
    dates = []
    for _ in range(2):
        place = draw(st.integers(1, 5))
        day, later = day_at(place), day_at(place + draw(st.integers(1, 2)))
        dates.append(PartialDate(draw(st.sampled_from([f"{day}", f"{day}~", f"{day}/{later}"]))))
    assume(dates[0].earliest <= dates[1].latest)
    return Period(*dates)


def ends(asked: Period) -> set[int]:
    """The end in each possible reading, in days from the first."""
    first, last = (
        [(edge - FIRST).days for edge in (partial.earliest, partial.latest)]
        for partial in (asked.start, asked.end)
    )
    pairs = product(range(first[0], first[1] + 1), range(last[0], last[1] + 1))
    return {end for start, end in pairs if start <= end}


@given(known_periods(), st.lists(known_periods(), min_size=1, max_size=3))
def test_extensions_disagree_when_the_longest_differs_in_every_reading(own, others):
    extensions = [
        extension(number, one.start.text, one.end.text) for number, one in enumerate(others)
    ]
    found = Chain("p", own, extensions=tuple(extensions)).disagreement()

    pairs = [(max(last), end) for *last, end in product(*map(ends, others), ends(own))]
    is_later = all(last > end for last, end in pairs)
    is_earlier = all(last < end for last, end in pairs)
    assert (found is not None) == (is_later or is_earlier)
    assert found is None or found.is_later == is_later


@pytest.mark.parametrize(
    ("end", "reason", "dates", "number", "is_later"),
    [
        ("2024-07-18", "", [("2024", "2024-07-19")], 1, True),
        ("2024-07-18", "expired", [("2024", "2024-07-19")], 1, True),
        ("2024-07-18", "", [("2024", "..")], 1, True),
        ("2024-07-18", "", [("2024", "2024-07-17"), ("2024", "2024-06")], 1, False),
        ("..", "", [("2023", "2023-12-31"), ("2024", "2024-07-17")], 2, False),
        ("", "", [("2018", "2019")], 1, False),  # before the protection begins
        # Cut short: the extension would have lasted longer, but it began before.
        ("2024-07-18", "revoked", [("2024-01", "2024-12-31"), ("2024-08", "2024-09")], 2, True),
        ("2024-07-18", "revoked", [("2024-01", "2024-07-17")], 1, False),
    ],
)
def test_the_end_of_the_last_extension_is_not_the_protections(end, reason, dates, number, is_later):
    found = chain(*dates, end=end, end_reason=reason).disagreement()
    assert (found.extension.number, found.is_later) == (number, is_later)


@pytest.mark.parametrize(
    ("end", "reason", "dates"),
    [
        ("2024-07-18", "", []),
        ("2024-07-18", "", [("2024", "2024-07-18")]),
        ("2024-07-18", "", [("2024", "2024-07")]),
        ("2024-07", "", [("2024", "2024-07-18")]),
        ("2024-07-18", "", [("2024", "")]),
        ("..", "", [("2024", "..")]),
        ("", "", [("2024", "2024-07-18")]),
        ("2024-07-18", "revoked", [("2024", "2024-12-31")]),
        ("2024-07-18", "declined", [("2024", "..")]),
        ("2024-07-18", "died", [("2024-07-18", "..")]),
    ],
)
def test_extensions_that_agree_with_the_end_or_are_cut_short_by_it(end, reason, dates):
    assert chain(*dates, end=end, end_reason=reason).disagreement() is None


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ([], []),
        ([7], []),
        ([5, 7], [(5, 7)]),
        ([7, 5, 5, 6], []),
        ([12, 1, 5, 4], [(1, 4), (5, 12)]),
        ([5, None, 7], [(5, 7)]),
        ([1, 10**9], [(1, 10**9)]),
    ],
)
def test_ordinals_between_numbered_extensions_are_missed(numbers, missing):
    extensions = tuple(map(extension, numbers))
    found = chain(extensions=extensions).missing_numbers()
    assert found == [MissingNumbers(below, above) for below, above in missing]


@pytest.mark.parametrize(
    ("numbers", "renewals"), [([], 0), ([1], 1), ([8, None], 8), ([None, None, None, 2], 4)]
)
def test_renewals_are_at_least_those_recorded_and_the_highest_number(numbers, renewals):
    assert chain(extensions=tuple(map(extension, numbers))).renewals == renewals


@pytest.mark.parametrize(
    ("evidence", "last", "days"),
    [
        ([], None, None),
        ([""], None, None),
        (["2024-07-18", "2023", ""], "2024-07-18", 13),
        (["2024-06"], "2024-06", 31),
        (["2024-07-31"], "2024-07-31", 0),
        (["2024-07"], "2024-07", 0),
        (["2024-08-01"], "2024-08-01", 0),
        (["2020/.."], "2020/..", 0),
        (["2024-07", "2024-07-31"], "2024-07-31", 0),
    ],
)
def test_evidence_speaks_of_its_sources_latest_day(evidence, last, days):
    asked = chain(evidence=tuple(map(PartialDate, evidence)))
    assert asked.last_evidence == (None if last is None else PartialDate(last))
    assert asked.days_without_evidence(date(2024, 7, 31)) == days

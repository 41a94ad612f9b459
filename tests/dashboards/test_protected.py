"""Who is protected on a day, cut into pages by the database: as counted and sorted in one piece."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from roster.dashboards.coverage import coverage_on
from roster.dashboards.protected import ProtectedOn, ProtectedThen
from roster.models import Protection
from roster.periods import Certainty
from tests.factories import OfficialFactory, ProtectionFactory

pytestmark = pytest.mark.django_db

DAY = date(2024, 7, 18)
DEFINITELY, POSSIBLY, NO = Certainty


@pytest.fixture
def roster():
    """Officials of each certainty, of whom some have two protections that are not equally sure."""
    periods = {
        "dan": [("2020", "..")],
        "ann": [("2020", ".."), ("", "")],
        "eve": [("", ""), ("2019", "2020")],
        "bob": [("", ""), ("", "")],
        "cem": [("2019", "2020")],
        "ada": [],
    }
    for name, of_name in periods.items():
        official = OfficialFactory(ref=name, name=name.capitalize())
        for start, end in of_name:
            ProtectionFactory(official=official, start=start, end=end)


RANKED = ["ann", "dan", "bob", "eve", "ada", "cem"]


def refs(officials):
    return [one.ref for one in officials]


def test_each_official_is_counted_once_by_the_surest_protection(roster):
    listed = ProtectedOn(DAY)
    assert listed.counts == {DEFINITELY: 2, POSSIBLY: 2, NO: 2}
    assert list(listed.counts) == [DEFINITELY, POSSIBLY, NO]
    assert listed.count() == 6


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6, 100])
def test_pages_of_any_size_give_all_the_surest_first_and_then_by_name(roster, size):
    listed = ProtectedOn(DAY)
    cuts = [*range(0, 6, size), 6]
    assert [ref for a, b in pairwise(cuts) for ref in refs(listed[a:b])] == RANKED


def test_a_page_says_of_each_official_what_the_whole_says(roster):
    whole = {one.ref: one for one in coverage_on(DAY)}
    assert ProtectedOn(DAY)[1:5] == [whole[ref] for ref in RANKED[1:5]]


def test_one_name_is_ordered_by_ref():
    for ref in ("b", "a"):
        OfficialFactory(ref=ref, name="Ann")
    assert refs(ProtectedOn(DAY)[0:2]) == ["a", "b"]


def test_an_empty_roster_has_nobody():
    assert ProtectedOn(DAY)[0:100] == []
    assert ProtectedOn(DAY).count() == 0


def test_a_page_costs_the_same_queries_wherever_it_lies(roster, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert refs(ProtectedOn(DAY)[0:6]) == RANKED


def test_of_the_past_the_same_is_said_as_it_was_known(roster):
    then, now = ProtectedThen(DAY, None), ProtectedOn(DAY)
    assert (then.counts, then.count(), then[0:6]) == (now.counts, now.count(), now[0:6])
    Protection.objects.all().delete()
    assert ProtectedOn(DAY).counts == {DEFINITELY: 0, POSSIBLY: 0, NO: 6}

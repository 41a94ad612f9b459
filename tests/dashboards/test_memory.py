"""What is kept of a day: asked once, asked anew after a write, and counted anew where touched."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache

from roster.dashboards.desk import memory
from roster.dashboards.desk.memory import Memory, Tally
from tests.factories import OfficialFactory

pytestmark = pytest.mark.django_db

DAY, NEXT = date(2024, 2, 29), date(2024, 3, 1)


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def asked():
    return []


def recalled(asked, day=DAY):
    return Memory(day).recall("test", lambda: asked.append(day) or len(asked))


def tally(asked, touched, **values):
    """Counts one of each of the buckets 1 to 3, and notes which were asked for."""

    def count(buckets):
        asked.append(buckets)
        return {("rows", bucket): 10 if buckets else 1 for bucket in buckets or (1, 2, 3)}

    return Tally("tally", count, lambda written: touched, **values)


def test_it_is_asked_once_until_something_is_written(asked):
    assert (recalled(asked), recalled(asked)) == (1, 1)
    OfficialFactory()
    assert recalled(asked) == 2


def test_two_days_are_kept_beside_each_other(asked):
    assert [recalled(asked, day) for day in (DAY, NEXT, DAY, NEXT)] == [1, 2, 1, 2]


def test_only_the_touched_is_counted_anew(asked):
    assert Memory(DAY).total(tally(asked, {2}))["rows"] == 3
    OfficialFactory()
    assert Memory(DAY).total(tally(asked, {2}))["rows"] == 12
    assert asked == [None, {2}]


@pytest.mark.parametrize("touched", [None, set(range(100))])
def test_all_is_counted_anew_where_much_or_nobody_knows_what_is_touched(asked, touched):
    Memory(DAY).total(tally(asked, touched))
    OfficialFactory()
    assert Memory(DAY).total(tally(asked, touched))["rows"] == 3
    assert asked == [None, None]


def test_nothing_is_counted_anew_after_a_write_that_touches_nothing(asked):
    Memory(DAY).total(tally(asked, set()))
    OfficialFactory()
    assert Memory(DAY).total(tally(asked, set()))["rows"] == 3
    assert asked == [None]


def test_what_does_not_follow_the_day_is_counted_once_for_all_days(asked):
    for day in (DAY, NEXT):
        Memory(day).total(tally(asked, set(), follows_the_day=False))
    assert asked == [None]


def test_several_tallies_look_at_what_was_written_once(asked, monkeypatch):
    for name in ("a", "b"):
        Memory(DAY).total(Tally(name, lambda _: {}, lambda _: set()))
    OfficialFactory()
    looked = []
    monkeypatch.setattr(memory, "written_since", lambda *marks: looked.append(marks) or [])
    now = Memory(DAY)
    for name in ("a", "b"):
        now.total(Tally(name, lambda _: {}, lambda _: set()))
    assert len(looked) == 1

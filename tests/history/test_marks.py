"""Marks: equal ones stand for the same rows, and what came between two is told or refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roster.history import marks
from roster.history.changesets import changeset
from roster.history.marks import current_mark, written_since
from roster.models import Official, Protection
from tests.factories import OfficialFactory, ProtectionFactory

pytestmark = pytest.mark.django_db


def told(mark):
    found = written_since(mark)
    return None if found is None else [(one.table, one.key) for one in found]


def test_a_mark_stays_until_something_is_written():
    OfficialFactory()
    mark = current_mark()
    assert current_mark() == mark
    Official.objects.update(summary="Another.")
    assert current_mark() != mark


def test_a_ledger_that_holds_nothing_new_has_a_mark_too():
    assert told(current_mark()) == []


@pytest.mark.parametrize("outside", [False, True])
def test_what_was_written_since_is_told_with_both_states(outside):
    official = OfficialFactory()
    protection = ProtectionFactory(official=official, level="event")
    mark = current_mark()
    if outside:
        Protection.objects.update(level="unknown")
    else:
        with changeset(reason="Why."):
            Protection.objects.update(level="unknown")
    (one,) = (one for one in written_since(mark) if one.key == protection.pk)
    assert one.official == official.pk
    assert one.both("level") == {"event", "unknown"}
    assert one.both("official_id") == {official.pk}
    assert one.both("no_such_column") == set()


def test_more_than_would_be_looked_at_is_not_told(monkeypatch):
    OfficialFactory()
    mark = current_mark()
    monkeypatch.setattr(marks, "MOST_CHANGES", 1)
    OfficialFactory()
    assert told(mark) is not None
    OfficialFactory()
    assert told(mark) is None


def test_a_copy_that_was_put_back_is_another_ledger():
    OfficialFactory()
    mark = current_mark()
    OfficialFactory()
    assert told(replace(mark, clock="1999-01-01 00:00:00+00:00")) is None
    assert told(replace(mark, change=mark.change + 100)) is None


def test_a_write_from_outside_that_came_late_is_noticed():
    """It was in flight when the mark was taken, and has an id below the mark's."""
    OfficialFactory()
    OfficialFactory()
    mark = current_mark()
    before_it_came = replace(mark, outside=mark.outside - 1)
    assert before_it_came != mark
    assert told(before_it_came) is None


def test_a_write_from_outside_that_came_late_is_noticed_beside_newer_ones():
    OfficialFactory()
    OfficialFactory()
    mark = current_mark()
    before_it_came = replace(mark, outside=mark.outside - 1)
    OfficialFactory()
    assert told(before_it_came) is None


def test_an_act_that_began_earlier_and_closed_later_is_told():
    with changeset(reason="Late."):
        late = OfficialFactory()
    OfficialFactory()
    mark = current_mark()
    before_it_closed = replace(mark, position=mark.position - 1)
    assert before_it_closed != mark
    assert (Official._meta.db_table, late.pk) in told(before_it_closed)

"""Coverage on a day, as known now and as known at a position of the ledger."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.dashboards.coverage import OfficialCoverage, coverage_as_of, coverage_on
from roster.history.changesets import changeset
from roster.models import Changeset, Official, Protection
from tests.factories import OfficialFactory, ProtectionFactory

pytestmark = pytest.mark.django_db

BEFORE, DAY, AFTER = date(2024, 7, 17), date(2024, 7, 18), date(2024, 7, 19)


def head() -> int:
    return Changeset.objects.latest("position").position


def answers(coverage: list[OfficialCoverage]) -> list[tuple[str, str]]:
    return [(official.ref, official.in_force.value) for official in coverage]


@pytest.fixture
def protected():
    """A protection of one official from the day on, and an official without one."""
    with changeset(reason="Begin."):
        ann = OfficialFactory(ref="ann-lee", name="Ann Lee")
        OfficialFactory(ref="zoe-poe", name="Zoe Poe")
        return ProtectionFactory(
            official=ann, ref="ann-lee/protection", start="2024-07-18", end=".."
        )


@pytest.mark.parametrize(("day", "answer"), [(BEFORE, "no"), (DAY, "definitely")])
def test_what_was_known_is_not_what_is_known_now(protected, day, answer):
    begun = head()
    with changeset(reason="It ended the day before."):
        protected.start, protected.end = "2020", "2024-07-17"
        protected.save()
    assert answers(coverage_as_of(begun, day)) == [("ann-lee", answer), ("zoe-poe", "no")]
    assert answers(coverage_on(DAY)) == [("ann-lee", "no"), ("zoe-poe", "no")]


def test_officials_and_protections_are_as_they_were_and_in_order(protected):
    with changeset(reason="A second one."):
        ProtectionFactory(official=protected.official, ref="ann-lee/a", start="2024-07-18/..")
    known = head()
    on_that_day = coverage_on(AFTER)
    with changeset(reason="Remove."):
        Protection.objects.all().delete()
        Official.objects.filter(ref="ann-lee").delete()
        Official.objects.update(ref="aaa", name="Renamed", search_key="renamed")
    assert coverage_as_of(known, AFTER) == on_that_day
    assert [one.ref for one in on_that_day[0].protections] == ["ann-lee/a", "ann-lee/protection"]
    assert answers(coverage_as_of(None, AFTER)) == [("aaa", "no")]


def test_nothing_was_known_before_the_first_official(protected):
    assert coverage_as_of(0, DAY) == []


def test_it_takes_two_queries(protected):
    known = head()
    with CaptureQueriesContext(connection) as queries:
        coverage_as_of(known, DAY)
    assert len([query for query in queries if "roster_change" in query["sql"]]) == 2

"""The moment that an address names: a day, a time or a changeset, and nothing guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from roster.admin.past.times import moment_named
from roster.history.asof import position_at
from roster.history.changesets import changeset
from roster.models import Changeset
from tests.factories import OfficialFactory

pytestmark = pytest.mark.django_db


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-08-01", utc(2024, 8, 1, 23, 59, 59, 999999)),
        ("2024-08-01T12:00", utc(2024, 8, 1, 12)),
        ("2024-08-01 12:00:30", utc(2024, 8, 1, 12, 0, 30)),
        ("2024-08-01T12:00Z", utc(2024, 8, 1, 12)),
        ("2024-08-01T12:00:00.250+02:00", utc(2024, 8, 1, 10, 0, 0, 250000)),
        ("9999-12-31", utc(9999, 12, 31, 23, 59, 59, 999999)),
    ],
)
def test_day_lasts_to_its_end_and_a_time_is_exact(text, time):
    assert moment_named(text).time == time


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-08-01", utc(2024, 8, 1, 21, 59, 59, 999999)),
        ("2024-01-01T12:00", utc(2024, 1, 1, 11)),
        ("2024-08-01T12:00Z", utc(2024, 8, 1, 12)),
    ],
)
def test_what_has_no_zone_is_in_the_viewers(text, time):
    with timezone.override("Europe/Zurich"):
        assert moment_named(text).time == time


@pytest.mark.parametrize("text", ["2024-10-27T02:30", "2024-03-31T02:30"])
def test_time_that_is_twice_or_never_wants_its_zone(text):
    refused = pytest.raises(ValidationError, match="is twice or never in Europe/Zurich")
    with timezone.override(ZoneInfo("Europe/Zurich")), refused:
        moment_named(text)


@pytest.mark.parametrize(
    "text",
    [
        "2024-13-01",
        "2024-02-30",
        "2024",
        "2024-08",
        "20240801",
        "2024-W31-4",
        "20240801T120000Z",
        "2024-08-01T",
        "2024-08-01T25:00",
        "2024-08-01T12:00 02:00",
        "2024-08-01T12:00+2",
        "2024-08-01T12:00Z[Europe/Zurich]",
        "01/08/2024",
        "yesterday",
        "12",
        "#",
        "#-1",
        "#1234567890123456789",
        "\u0662024-08-01",
        "0001-01-01T00:00+23:00",
        "<b>",
    ],
)
def test_all_else_is_refused_with_what_would_be_taken(text):
    with pytest.raises(ValidationError, match="is not a moment: give a day such as 2024-08-01"):
        moment_named(text)


def test_changeset_is_named_by_its_number():
    for _ in range(2):
        with changeset(reason="Act.", kind="command"):
            OfficialFactory()
    first = Changeset.objects.order_by("-position")[1]
    moment = moment_named(f"#{first.position}")
    assert (moment.position, moment.time) == (first.position, first.closed_at)


def test_changeset_that_is_not_there_is_refused():
    last = Changeset.objects.latest("position")
    with pytest.raises(ValidationError, match=rf"#999: the last is {last}\."):
        moment_named("#999")


def test_moment_that_is_not_over_is_now():
    assert moment_named("9999-12-31").position is None
    with time_machine.travel("2100-06-01T12:00:00Z", tick=False):
        assert moment_named("2100-06-01").position is None
        assert moment_named("2100-06-01T12:00").position is None
        assert moment_named("2100-06-01T11:59").position == position_at(utc(2100, 1, 1))


@pytest.mark.parametrize(
    ("zone", "said"), [("UTC", "2024-08-01 12:00 UTC"), ("Europe/Zurich", "2024-08-01 14:00 CEST")]
)
def test_moment_reads_in_the_viewers_zone(zone, said):
    with timezone.override(zone):
        assert str(moment_named("2024-08-01T12:00Z")) == f"{said}, before the first changeset"
        assert str(moment_named("9999-12-31T10:00Z")).endswith(", which is not over yet")

"""Querysets finish the sentence “protections …”: in SQL as in pure Python."""

from datetime import date, timedelta

import pytest

from roster.dates import PartialDate
from roster.models import Official, Protection, ProtectionExtension, Threat
from roster.periods import Certainty, Period
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ProtectionFactory,
    RoleFactory,
    ThreatFactory,
)

pytestmark = pytest.mark.django_db

STARTS = ["", "2020", "2020-07", "2020-07-18", "2020~", "../2024-07-18", "2019/..", "2019/2021-03"]
ENDS = [*STARTS, "..", "2024-07-18/..", "2030"]
DAYS = [
    "0001-01-01", "2018-12-31", "2019-01-01", "2020-07-17", "2020-07-18", "2020-07-19",
    "2021-12-31", "2022-01-01", "2024-07-18", "2024-07-19", "9999-12-31",
]  # fmt: skip


def possible_periods():
    for start in STARTS:
        for end in ENDS:
            try:
                yield Period(PartialDate(start), PartialDate(end))
            except ValueError:  # no reading of it is possible; the table refuses it as well
                continue


def test_sql_says_of_every_period_and_day_what_periods_say():
    official = OfficialFactory()
    periods = {
        ProtectionFactory(official=official, start=period.start.text, end=period.end.text).pk: (
            period
        )
        for period in possible_periods()
    }

    for day in map(date.fromisoformat, DAYS):
        answers = dict(Protection.objects.with_in_force(day).values_list("pk", "in_force"))
        assert answers == {key: period.in_force(day) for key, period in periods.items()}


def test_in_force_on_is_certain_unless_asked_otherwise():
    known = RoleFactory(start="2020", end="2021")
    unsure = RoleFactory(start="", end="")
    over = RoleFactory(start="2018", end="2019")
    day = date(2020, 12, 31)
    roles = type(known).objects

    assert roles.in_force_on(day).get() == known
    assert roles.in_force_on(day, Certainty.POSSIBLY).get() == unsure
    assert roles.in_force_on(day, Certainty.NO).get() == over


def test_ended_by_leaves_open_and_unknown_ends_out():
    day = date(2021, 6, 30)
    ended = ProtectionFactory(end="2021-06")
    for end in ("..", "", "2021", "2021-07-01"):
        ProtectionFactory(end=end)

    assert Protection.objects.ended_by(day).get() == ended


@pytest.mark.parametrize("days", [0, 30, 400])
def test_sql_says_of_every_end_whether_it_lies_ahead_as_its_readings_do(days):
    official = OfficialFactory()
    periods = {
        ProtectionFactory(official=official, start=period.start.text, end=period.end.text).pk: (
            period
        )
        for period in possible_periods()
    }

    for day in map(date.fromisoformat, DAYS[:-1]):
        last = day + timedelta(days=days)
        expected = {}
        for key, period in periods.items():
            first_end = max(period.start.earliest, period.end.earliest)
            last_end = period.end.latest
            if day <= first_end and last_end <= last:
                expected[key] = Certainty.DEFINITELY
            elif first_end <= last and day <= last_end:
                expected[key] = Certainty.POSSIBLY
            else:
                expected[key] = Certainty.NO
        answers = {
            key: certainty
            for certainty in Certainty
            for key in Protection.objects.ending_within(days, day, certainty).values_list(
                "pk", flat=True
            )
        }
        assert answers == expected


def test_official_is_as_surely_protected_as_by_the_surest_protection():
    day = date(2020, 6, 30)
    ann, bob, cem = OfficialFactory.create_batch(3)
    for official, end in ((ann, "2019"), (ann, ""), (ann, ".."), (bob, ""), (bob, "2019")):
        ProtectionFactory(official=official, start="2018", end=end)

    assert dict(Official.objects.with_protected(day).values_list("pk", "protected")) == {
        ann.pk: Certainty.DEFINITELY,
        bob.pk: Certainty.POSSIBLY,
        cem.pk: Certainty.NO,
    }
    assert Official.objects.protected_on(day).get() == ann


@pytest.mark.parametrize(
    ("values", "unsourced"),
    [
        ({"level": "event"}, {"level"}),
        ({"level": "unknown", "provider": "Army"}, {"provider"}),
        ({"level": "unknown", "start": "2020", "end": ".."}, {"start", "end"}),
        ({"level": "unknown", "summary": "In short"}, set()),
    ],
)
def test_unsourced_until_every_factual_value_is_cited(values, unsourced):
    protection = ProtectionFactory(**values)
    CitationFactory(official=None, protection=ProtectionFactory(level="event"), field="level")
    for field in sorted(unsourced):
        assert Protection.objects.unsourced().filter(pk=protection.pk).exists()
        CitationFactory(official=None, protection=protection, field=field)
    assert not Protection.objects.unsourced().filter(pk=protection.pk).exists()


def test_unsourced_looks_at_rows_and_numbers_too():
    extension = ExtensionFactory(number=8)
    threat = ThreatFactory(official=None)
    for field in ("threat_source", "kind", "status"):
        CitationFactory(official=None, threat=threat, field=field)

    assert ProtectionExtension.objects.unsourced().get() == extension
    assert not Threat.objects.unsourced().exists()
    threat.official = OfficialFactory()
    threat.save()
    assert Threat.objects.unsourced().get() == threat


def test_a_protection_knows_its_period():
    protection = ProtectionFactory.build(start="2020", end="..")

    assert protection.period.in_force(date(2021, 1, 1)) is Certainty.DEFINITELY


def test_bulk_update_of_names_refreshes_the_search_key():
    official = OfficialFactory(name="Ann")
    official.name, official.aliases = "Zoë", ["Élan Vital"]

    Official.objects.bulk_update([official], ["name", "aliases"])

    official.refresh_from_db()
    assert official.search_key == "elan vital zoe"


def test_updating_a_name_without_its_search_key_is_refused():
    OfficialFactory(name="Ann")

    with pytest.raises(TypeError, match="The search key would not follow name"):
        Official.objects.update(name="Bob")
    assert Official.objects.get().name == "Ann"
    assert Official.objects.update(summary="Fine.") == 1

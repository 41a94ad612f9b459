"""Gaps, lapses and threats asked of the database: the answers are those of `roster.periods`."""

from __future__ import annotations

from datetime import date
from itertools import combinations_with_replacement, product
from random import Random

import pytest

from roster.dates import PartialDate
from roster.models import Official, Protection, Threat
from roster.periods import BreakKind, Certainty, Days, Period, breaks
from tests.factories import ExtensionFactory, OfficialFactory, ProtectionFactory, ThreatFactory

pytestmark = pytest.mark.django_db

EVE, DAY, NEXT = date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)
STARTS = ("", "2020", "../2024-02-28", "2024-02-29", "2024-03-02/..", "2024-03-04", "2024-02~")
ENDS = ("", "..", "2023-01-01/..", "2024-02-27", "2024-02-29", "../2024-03-02", "2024-03", "2025")


def possible(start, end):
    return PartialDate(start).earliest <= PartialDate(end).latest


PERIODS = [pair for pair in product(STARTS, ENDS) if possible(*pair)]
TRIPLES = [tuple(Random(seed).choices(PERIODS, k=3)) for seed in range(800)]
ROSTERS = [*((one,) for one in PERIODS), *combinations_with_replacement(PERIODS, 2), *TRIPLES]


@pytest.fixture
def roster():
    """An official for each single period, each two, and some threes; by primary key."""
    officials = Official.objects.bulk_create(
        Official(ref=f"o-{n}", name=f"O {n}") for n in range(len(ROSTERS))
    )
    Protection.objects.bulk_create(
        Protection(ref=f"{one.ref}/p-{n}", official=one, level="event", start=start, end=end)
        for one, periods in zip(officials, ROSTERS, strict=True)
        for n, (start, end) in enumerate(periods)
    )
    return dict(zip((one.pk for one in officials), ROSTERS, strict=True))


def surest_gap(periods, day):
    """By `breaks`: how surely there is a gap on the day or later."""
    asked = [Period(PartialDate(start), PartialDate(end)) for start, end in periods]
    kinds = {found.kind for found in breaks(asked, within=Days(day, date.max))}
    if BreakKind.GAP in kinds:
        return Certainty.DEFINITELY
    return Certainty.POSSIBLY if BreakKind.POSSIBLE_GAP in kinds else Certainty.NO


@pytest.mark.parametrize("day", [EVE, DAY, NEXT, date(2024, 3, 3)])
def test_gaps_from_a_day_on_are_those_of_periods(roster, day):
    expected = {key: surest_gap(periods, day) for key, periods in roster.items()}
    assert len(set(expected.values())) == 3
    found = {
        key: certainty
        for certainty in Certainty
        for key in Official.objects.with_gap_from(day, certainty).values_list("pk", flat=True)
    }
    assert found == expected


@pytest.mark.parametrize(
    ("end", "extended_to", "lapsed"),
    [
        ("", ["2024-02-28"], True),
        ("..", ["2023", "2024-02-28"], True),
        ("2020/..", ["2024-02-28"], True),
        ("..", ["2024-02-29"], False),
        ("..", ["2024"], False),
        ("..", ["2023", ""], False),
        ("..", ["2023", ".."], False),
        ("..", [], False),
        ("2030", ["2023"], False),
    ],
)
def test_protection_without_a_last_day_lapses_with_the_last_of_its_extensions(
    end, extended_to, lapsed
):
    protection = ProtectionFactory(start="2019", end=end)
    for last in extended_to:
        ExtensionFactory(protection=protection, end=last)
    assert Protection.objects.lapsed_on(DAY).exists() is lapsed


def test_protection_that_has_not_begun_has_not_lapsed():
    ExtensionFactory(protection=ProtectionFactory(start="2024-03-01/..", end=".."), end="2024-01")
    assert not Protection.objects.lapsed_on(DAY).exists()


@pytest.mark.parametrize(
    ("status", "end", "lives"),
    [
        ("reported", "", True),
        ("credible", "2024-02-29", True),
        ("carried_out", "..", True),
        ("credible", "2024-02-28", False),
        ("foiled", "", False),
        ("withdrawn", "", False),
    ],
)
def test_a_threat_lives_until_it_is_foiled_withdrawn_or_over(status, end, lives):
    ThreatFactory(status=status, start="2020", end=end)
    assert Threat.objects.live_on(DAY).exists() is lives
    assert Threat.objects.over_on(DAY).exists() is not lives


def test_threats_are_told_by_how_surely_the_official_is_protected():
    sure, unsure, bare = (OfficialFactory(ref=ref) for ref in ("sure", "unsure", "bare"))
    ProtectionFactory(official=sure, start="2020", end="..")
    ProtectionFactory(official=unsure, start="2020", end="")
    for official in (sure, unsure, bare):
        ThreatFactory(official=official)
        ThreatFactory(official=official, status="foiled")
    ThreatFactory(official=None)

    def threatened(certainty):
        return [row.official.ref for row in Threat.objects.unprotected_on(DAY, certainty)]

    assert threatened(Certainty.NO) == ["bare"]
    assert threatened(Certainty.POSSIBLY) == ["unsure"]
    assert threatened(Certainty.DEFINITELY) == ["sure"]


def test_protections_without_a_live_threat_are_those_in_force_whom_none_names():
    threatened, safe = OfficialFactory(ref="threatened"), OfficialFactory(ref="safe")
    ThreatFactory(official=threatened)
    ThreatFactory(official=safe, status="withdrawn")
    ThreatFactory(official=None)
    ProtectionFactory(official=threatened, end="..")
    ProtectionFactory(official=safe, ref="safe/now", end="..")
    ProtectionFactory(official=safe, ref="safe/over", end="2024-02-28")
    assert [row.ref for row in Protection.objects.unthreatened_on(DAY)] == ["safe/now"]

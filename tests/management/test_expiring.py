"""`expiring`: the ends ahead, the nearest first."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.core.management import call_command

from roster.management.commands.expiring import Command
from tests.factories import OfficialFactory, ProtectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def protections():
    """One protection for each end, by its ref; their official holds office since 2020."""
    ann = OfficialFactory(ref="ann-lee", name="Ann Lee")
    ends = {
        "yesterday": "2024-07-17",
        "today": "2024-07-18",
        "in-30": "2024-08-17",
        "in-31": "2024-08-18",
        "this-month": "2024-07",
        "this-year": "2024",
        "on-or-after": "2024-07-18/..",
        "long-after": "2024-08-18/..",
        "on-or-before": "../2024-07-18",
        "former": "../2024-07-17",
        "unknown": "",
        "open": "..",
    }
    for ref, end in ends.items():
        ProtectionFactory(official=ann, ref=ref, start="2020", end=end)
    ProtectionFactory(official=ann, ref="not-begun", start="2024-09-01", end="")


def told(capsys, *arguments):
    call_command("expiring", "--json", *arguments)
    return json.loads(capsys.readouterr().out)


def status(*arguments):
    with pytest.raises(SystemExit) as ending:
        Command().run_from_argv(["manage.py", "expiring", *arguments])
    return ending.value.code


def test_ends_that_can_lie_ahead_are_listed_the_nearest_first(protections, capsys):
    found = told(capsys, "--within", "30", "--on", "2024-07-18")

    assert (found["on"], found["within"]) == ("2024-07-18", 30)
    assert [protection["ref"] for protection in found["protections"]] == [
        "on-or-before",
        "today",
        "this-month",
        "in-30",
        "this-year",
        "unknown",
        "on-or-after",
    ]


def test_each_end_is_told_with_the_days_that_it_may_be(protections, capsys):
    found = told(capsys, "--within", "0", "--on", "2024-07-18")["protections"]

    assert found[1:3] == [
        {
            "ref": "today",
            "official": "ann-lee",
            "end": "2024-07-18",
            "earliest": "2024-07-18",
            "latest": "2024-07-18",
        },
        {
            "ref": "this-month",
            "official": "ann-lee",
            "end": "2024-07",
            "earliest": "2024-07-01",
            "latest": "2024-07-31",
        },
    ]
    assert found[-1]["end"] == "2024-07-18/.."


def test_equal_ends_are_in_the_order_of_their_refs(capsys):
    for ref in ("b", "c", "a"):
        ProtectionFactory(ref=ref, end="2024-07-20")
    found = told(capsys, "--within", "5", "--on", "2024-07-18")["protections"]
    assert [protection["ref"] for protection in found] == ["a", "b", "c"]


def test_people_read_how_sure_it_is_whose_it_is_and_when(protections, capsys):
    call_command("expiring", "--within", "30", "--on", "2024-07-18")

    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "definitely  2024-07-18             Ann Lee  (today)"
    assert lines[2] == "possibly    2024-07                Ann Lee  (this-month)"
    assert "possibly    unknown                Ann Lee  (unknown)" in lines


def test_nothing_ahead_is_said_in_a_sentence(capsys):
    ProtectionFactory(start="2020", end="..")
    call_command("expiring", "--within", "30", "--on", "2024-07-18")
    assert capsys.readouterr().out == "No protection can end from 2024-07-18 to 2024-08-17.\n"
    assert told(capsys, "--within", "30", "--on", "2024-07-18")["protections"] == []


def test_it_counts_from_today_when_no_day_is_given(capsys):
    with time_machine.travel("2024-07-18T12:00Z"):
        assert told(capsys, "--within", "30")["on"] == "2024-07-18"


@pytest.mark.parametrize("count", [1, 20])
def test_it_takes_two_queries(django_assert_num_queries, count, capsys):
    for _ in range(count):
        ProtectionFactory(end="2024-07-20")
    with django_assert_num_queries(2):
        told(capsys, "--within", "30", "--on", "2024-07-18")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--on", "2024-07-18"),
        ("--within", ""),
        ("--within", "-1"),
        ("--within", "1.5"),
        ("--within", "a week"),
        ("--within", "٣"),
        ("--within", "99999999"),
        ("--within", "30", "--on", "18.7.2024"),
        ("--within", "30", "--on", "2024-02-30"),
        ("--within", "30", "--within-days", "3"),
        ("--within", "0", "--on", "9999-12-31"),
        ("--within", "13", "--on", "9999-12-18"),
        ("--within", "9999999", "--on", "2024-07-18"),
    ],
)
def test_malformed_arguments_are_wrong_usage(arguments, capsys):
    assert status(*arguments) == 2
    assert capsys.readouterr().out == ""


def test_the_calendar_can_be_asked_to_the_day_before_its_last(capsys):
    ProtectionFactory(end="..")
    ProtectionFactory(ref="last", end="9999-12-30")
    found = told(capsys, "--within", "12", "--on", "9999-12-18")["protections"]
    assert [protection["ref"] for protection in found] == ["last"]

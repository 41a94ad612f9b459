"""Rows changed or deleted since a file was exported: each is decided for, or refused."""

from __future__ import annotations

import pytest

from roster.exchange.plans import Choice, Decision
from roster.exchange.runs import import_csv, preview_csv
from roster.history.past.versions import with_version
from roster.models import Official, ThreatSource
from tests.exchange.cells import send
from tests.factories import OfficialFactory, ThreatSourceFactory

pytestmark = pytest.mark.django_db

HEADER = ["ref", "name", "_version"]


def version(official):
    return with_version(Official.objects.filter(pk=official.pk)).get().version


@pytest.fixture
def ann():
    """An official who was called Anna when her row was exported as version 1 of the file."""
    official = OfficialFactory(ref="ann", name="Anna")
    old = version(official)
    official.name = "Ann"
    official.save()
    return official, old


def decided(choice, number):
    return {2: Decision(choice, number)}


@pytest.mark.parametrize(
    ("given", "name", "state"),
    [
        ("now", "Annie", "changed"),
        ("now", "Ann", "unchanged"),
        ("old", "Ann", "unchanged"),
        ("old", "Annie", "conflicts"),
        ("", "Annie", "conflicts"),
        ("", "Ann", "unchanged"),
        ("0", "Annie", "conflicts"),
        ("soon", "Annie", "conflicts"),
    ],
)
def test_a_row_that_is_here_with_each_version(ann, given, name, state):
    official, old = ann
    given = {"now": str(version(official)), "old": str(old)}.get(given, given)
    report = send("officials", HEADER, ["ann", name, given])
    counts = {key: getattr(report, key) for key in ("new", "changed", "unchanged", "conflicts")}
    assert counts == {"new": 0, "changed": 0, "unchanged": 0, "conflicts": 0} | {state: 1}
    assert [error.column for error in report.errors] == ["_version"] * (state == "conflicts")


@pytest.mark.parametrize(("given", "is_new"), [("", True), ("7", False), ("soon", False)])
def test_a_row_that_is_not_here_is_new_only_without_a_version(given, is_new):
    report = send("officials", HEADER, ["ann", "Ann", given])
    assert (report.new, report.conflicts, report.ok) == (is_new, not is_new, is_new)


@pytest.mark.parametrize(
    ("choice", "name", "counted"), [("keep", "Ann", "unchanged"), ("take", "Annie", "changed")]
)
def test_a_conflict_is_decided_for_the_version_of_now(ann, choice, name, counted):
    official, old = ann
    row = ["ann", "Annie", str(old)]
    stale = send("officials", HEADER, row, decisions=decided(Choice(choice), old))
    report = send("officials", HEADER, row, decisions=decided(Choice(choice), version(official)))
    assert (stale.conflicts, len(stale.errors)) == (1, 1)
    assert (report.ok, getattr(report, counted)) == (True, 1)
    assert Official.objects.get().name == name


@pytest.mark.parametrize(("choice", "count"), [("keep", 0), ("take", 1)])
def test_a_deleted_row_is_decided_for(choice, count):
    report = send("officials", HEADER, ["ann", "Ann", "7"], decisions=decided(Choice(choice), 0))
    assert (report.ok, report.new, Official.objects.count()) == (True, count, count)


def test_a_decision_that_a_row_stays_deleted_is_stale_once_it_is_back(ann):
    report = send("officials", HEADER, ["ann", "Annie", "1"], decisions=decided(Choice.KEEP, 0))
    assert (report.conflicts, report.ok) == (1, False)


def test_a_decision_about_a_row_without_a_conflict_does_nothing(ann):
    official, _old = ann
    row = ["ann", "Annie", str(version(official))]
    assert send("officials", HEADER, row, decisions=decided(Choice.KEEP, version(official))).ok
    assert Official.objects.get().name == "Annie"


def test_a_deleted_row_that_is_taken_needs_what_a_new_row_needs():
    report = send(
        "officials", ["ref", "summary", "_version"], ["ann", "Known.", "7"],
        decisions=decided(Choice.TAKE, 0),
    )  # fmt: skip
    assert [(error.line, error.column) for error in report.errors] == [(2, "name")]


def test_a_row_cannot_be_below_one_that_stays_deleted():
    ThreatSourceFactory(ref="low")
    header = ["ref", "name", "kind", "parent", "_version"]
    rows = [["gone", "Gone", "state", "", "7"], ["low", "Low", "state", "gone", ""]]
    low = str(with_version(ThreatSource.objects.all()).get().version)
    rows[1][-1] = low

    report = send("threat_sources", header, *rows, decisions=decided(Choice.KEEP, 0))

    assert [(error.line, error.column, error.value) for error in report.errors] == [
        (3, "parent", "gone")
    ]
    assert ThreatSource.objects.get().name != "Low"


def test_a_taken_row_is_held_to_the_rules(ann):
    official, old = ann
    official.born = "1950"
    official.save()
    report = send(
        "officials", ["ref", "died", "_version"], ["ann", "1940", str(old)],
        decisions=decided(Choice.TAKE, version(official)),
    )  # fmt: skip
    assert [error.column for error in report.errors] == ["died"]


CHANGES = {
    "the ref that is made": (
        "officials", b"ref,name\n,Ann Lee\n", lambda: OfficialFactory(ref="ann-lee")
    ),
    "the row that a cell names": (
        "roles", b"ref,official,title\nx,ann,Chair\n",
        lambda: (Official.objects.all().delete(), OfficialFactory(ref="ann")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_previewed_is_not_imported_once_it_would_be_something_else(what):
    stem, content, change = CHANGES[what]
    OfficialFactory(ref="ann")
    _report, plan = preview_csv(stem, content)
    change()
    report = import_csv(stem, content, reason="A test.", as_previewed=plan.digest)
    assert "changed by someone after the preview" in report.errors[0].message

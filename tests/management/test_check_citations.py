"""check_citations: exit status, JSON and lines are those of the contract."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from roster.models import Change, Paragraph, Protection
from roster.provenance.states import EvidenceState
from tests.factories import CitationFactory, OfficialFactory, ParagraphFactory, SourceFactory

pytestmark = pytest.mark.django_db

STATES = ["stale", "unanchored", "disputed", "unsourced", "unverified", "current"]


def checked(capsys, *arguments):
    """The exit status and what was printed."""
    try:
        call_command("check_citations", *arguments)
        status = 0
    except SystemExit as ending:
        status = ending.code
    return status, capsys.readouterr().out


def cite(**values):
    source = SourceFactory(ref="report")
    paragraph = ParagraphFactory(source=source, number=7, text=values.pop("text", "She is Ann."))
    official = OfficialFactory(ref="ann", name="Ann")
    return CitationFactory(
        official=official, paragraph=paragraph, **{"quote": "is Ann", "value": "Ann", **values}
    )


def test_an_empty_roster_wants_nothing(capsys):
    status, out = checked(capsys, "--json")
    assert (status, json.loads(out)) == (0, {"counts": dict.fromkeys(STATES, 0), "problems": []})


def test_a_stale_citation_is_counted_listed_and_exits_1(capsys):
    cite(value="Anna")
    status, out = checked(capsys, "--json")
    answer = json.loads(out)
    assert status == 1
    assert answer["counts"] == {**dict.fromkeys(STATES, 0), "stale": 1}
    assert answer["problems"] == [
        {
            "state": "stale",
            "record": "official:ann",
            "field": "name",
            "source": "report",
            "paragraph": 7,
            "quote": "is Ann",
            "message": "name of official:ann says “Ann” now; it was cited for “Anna” from "
            "paragraph:report#7: cite it again, cite another passage, or set it right.",
        }
    ]


def test_an_unsourced_field_has_no_passage_and_is_no_failure(capsys):
    OfficialFactory(ref="ann", name="Ann")
    status, out = checked(capsys, "--json")
    (problem,) = json.loads(out)["problems"]
    assert status == 0
    assert (problem["state"], problem["record"]) == ("unsourced", "official:ann")
    assert [problem[key] for key in ("source", "paragraph", "quote")] == [None] * 3


@pytest.mark.parametrize(
    ("values", "status", "states"),
    [
        ({}, 0, []),
        ({"text": ""}, 0, ["unverified"]),
        ({"quote": "is Bob"}, 1, ["unanchored"]),
        ({"text": "", "value": "x"}, 1, ["stale", "unverified"]),
    ],
)
def test_a_citation_is_listed_once_for_each_of_its_states(capsys, values, status, states):
    cite(**values)
    found, out = checked(capsys, "--json")
    answer = json.loads(out)
    assert found == status
    assert [problem["state"] for problem in answer["problems"]] == states
    assert answer["counts"]["current"] == int(not states)


def test_a_dispute_is_listed_and_is_no_failure(capsys):
    citation = cite()
    CitationFactory(
        official=citation.official,
        paragraph=citation.paragraph,
        quote="Ann",
        value="Ann",
        stance="disputes",
    )
    status, out = checked(capsys, "--json")
    (problem,) = json.loads(out)["problems"]
    assert (status, problem["state"], problem["quote"]) == (0, "disputed", "is Ann")


def test_counts_then_the_stale_and_unanchored_are_said_in_lines(capsys):
    cite(value="x", text="")
    status, out = checked(capsys)
    lines = out.splitlines()
    assert status == 1
    assert [line.split()[:2] for line in lines[:6]] == [
        [state, str(int(state in {"stale", "unverified"}))] for state in STATES
    ]
    assert [line.partition(":")[0] for line in lines[6:]] == ["stale"]


def test_all_are_said_when_asked_for(capsys):
    cite(value="x", text="")
    _status, out = checked(capsys, "--all")
    assert [line.partition(":")[0] for line in out.splitlines()[6:]] == ["stale", "unverified"]


def test_the_seed_without_its_text_is_unverified_and_sound(seeded, capsys):
    status, out = checked(capsys, "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["counts"]["unverified"] == len(
        [problem for problem in answer["problems"] if problem["state"] == "unverified"]
    )
    assert [answer["counts"][state] for state in ("stale", "unanchored", "unsourced")] == [0] * 3


def test_a_changed_level_of_the_seed_is_stale_until_it_is_cited_again(seeded, capsys):
    protection = Protection.objects.get(ref="mike-pompeo/protection")
    Protection.objects.filter(pk=protection.pk).update(level="event")
    status, out = checked(capsys, "--json")
    assert status == 1
    stale = [p for p in json.loads(out)["problems"] if p["state"] == EvidenceState.STALE]
    assert {(p["record"], p["field"]) for p in stale} == {(protection.label, "level")}
    protection.citations.filter(field="level").update(value="event")
    assert checked(capsys, "--json")[0] == 0


def test_the_check_changes_nothing(seeded, capsys):
    Paragraph.objects.filter(number=1).update(text="Invented words.")
    before = Change.objects.count()
    checked(capsys)
    assert Change.objects.count() == before

"""as_of: the rows of a model as the ledger knew them at a time."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.db import connection

from roster.history.changesets import changeset
from roster.history.engines import engine_of
from roster.models import DOMAIN, Changeset, Official, Protection
from tests.exchange.conftest import wipe

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Sets the database's clock, by which changesets are closed."""

    def stands_at(text: str) -> None:
        sql = f"'2100-01-01 {text}'"
        if connection.vendor == "postgresql":
            sql = f"CAST('2100-01-01 {text}+00' AS timestamptz)"
        monkeypatch.setattr(type(engine_of(connection)), "clock", lambda engine: sql)

    return stands_at


@pytest.fixture
def edited(clock, time_machine_at_the_end):
    """An official named at nine, renamed at ten and deleted at eleven."""
    clock("09:00:00.000")
    with changeset(reason="Begin."):
        Official.objects.create(ref="ann-lee", name="Ann Lee", aliases=["A|B", "C"])
    clock("10:00:00.250")
    with changeset(reason="Rename."):
        ann = Official.objects.get()
        ann.name = "Ann “Annie” Lee, Jr"
        ann.save()
    clock("11:00:00.000")
    with changeset(reason="Delete."):
        Official.objects.all().delete()


@pytest.fixture
def time_machine_at_the_end():
    """The command's clock stands after all changesets."""
    import time_machine

    with time_machine.travel("2101-01-01T00:00Z", tick=False):
        yield


def rows(capsys, at: str, model: str = "officials") -> list[dict[str, str]]:
    call_command("as_of", model, "--at", at, "--json")
    return json.loads(capsys.readouterr().out)["rows"]


def test_json_has_model_time_and_rows_by_column(edited, capsys):
    call_command("as_of", "officials", "--at", "2100-01-01T09:30:00+00:00", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "model": "officials",
        "at": "2100-01-01T09:30:00+00:00",
        "rows": [
            {
                "ref": "ann-lee",
                "name": "Ann Lee",
                "honorific": "",
                "aliases": r"A\|B|C",
                "country": "",
                "born": "",
                "died": "",
                "summary": "",
            }
        ],
    }


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ("0001-01-01T00:00:00Z", []),
        ("2100-01-01T08:59:59Z", []),
        ("2100-01-01T09:00:00Z", ["Ann Lee"]),
        ("2100-01-01T10:00Z", ["Ann Lee"]),
        ("2100-01-01T10:00:00.250Z", ["Ann “Annie” Lee, Jr"]),
        ("2100-01-01T06:00-04:00", ["Ann Lee"]),
        ("2100-01-01T13:30+03:00", ["Ann “Annie” Lee, Jr"]),
        ("2100-01-01T11:00:00Z", []),
    ],
)
def test_changesets_closed_by_then_count(edited, capsys, at, names):
    assert [row["name"] for row in rows(capsys, at)] == names


def test_a_time_ahead_is_now_with_what_was_written_outside(edited, capsys):
    Official.objects.create(ref="zoe-poe", name="Zoe Poe")
    assert rows(capsys, "2100-06-01T00:00:00Z") == []
    (row,) = rows(capsys, "2345-01-01T00:00:00Z")
    assert row["ref"] == "zoe-poe"


def test_without_json_it_prints_what_an_export_did(seeded, capsys):
    at = Changeset.objects.latest("position").closed_at + timedelta(microseconds=999)
    exported = {}
    for model in DOMAIN:
        call_command("export_csv", model.file_stem)
        exported[model.file_stem] = capsys.readouterr().out
    wipe()
    for stem, text in exported.items():
        call_command("as_of", stem, "--at", at.isoformat())
        assert capsys.readouterr().out == text
    assert not Protection.objects.exists()


@pytest.mark.parametrize(
    "at",
    [
        "yesterday",
        "",
        "2024-07-18",
        "2024-07-18T12:00:00",
        "2024-07-18 12:00:00+00:00",
        "2024-02-30T12:00:00Z",
        "2024-07-18T25:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        "1721304000",
    ],
)
def test_a_time_that_is_malformed_or_has_no_zone_is_wrong_usage(at):
    with pytest.raises(CommandError, match="is not a time with its zone: write it as ISO 8601"):
        call_command("as_of", "officials", "--at", at)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["officials", "--at", "now"], "is not a time with its zone"),
        (["oficials", "--at", "2024-07-18T12:00:00Z"], "invalid choice: 'oficials'"),
        (["officials"], "--at"),
    ],
)
def test_wrong_usage_ends_with_status_2(arguments, words, capsys):
    command = load_command_class("roster", "as_of")
    with pytest.raises(SystemExit) as ending:
        command.run_from_argv(["manage.py", "as_of", *arguments])
    assert ending.value.code == 2
    assert words in capsys.readouterr().err

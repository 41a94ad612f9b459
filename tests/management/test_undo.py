"""The command undo: exit status, what it prints, and that a refusal writes nothing."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from roster.history.changesets import changeset
from roster.models import Changeset, Official
from tests.factories import OfficialFactory

pytestmark = pytest.mark.django_db


def outcome(capsys, *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    status = 0
    try:
        call_command("undo", *map(str, arguments))
    except SystemExit as ended:
        status = int(ended.code)
    except CommandError as error:
        return error.returncode, "", str(error)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture
def edited() -> int:
    with changeset(reason="Add."):
        OfficialFactory(ref="ann-lee", country="CA", name="Ann Lee")
    with changeset(reason="Edit.") as act:
        Official.objects.update(country="US", honorific="Dr")
    return act.position


def last() -> Changeset:
    return Changeset.objects.latest("position")


def test_what_is_undone_exits_0_and_names_the_changeset(edited, capsys):
    User.objects.create_user("bob")
    status, out, err = outcome(capsys, edited, "--reason=Wrong.", "--user=bob")
    assert (status, err) == (0, "")
    assert out == f"Rows changed: 1; deleted: 0; brought back: 0. Changeset {edited + 1}.\n"
    assert last().user.username == "bob"
    assert last().reason == f"Undo of changeset {edited}: Wrong."


def test_a_dry_run_shows_each_row_and_writes_nothing(edited, capsys):
    status, out, _ = outcome(capsys, edited, "--reason=Wrong.", "--dry-run")
    assert status == 0
    assert out.splitlines() == [
        "change official:ann-lee: honorific “Dr” → (empty); country “US” → “CA”",
        "Rows changed: 1; deleted: 0; brought back: 0. A dry run: nothing was written.",
    ]
    assert last().position == edited


def test_a_dry_run_of_rows_that_come_and_go(edited, capsys):
    assert outcome(capsys, edited - 1, "--reason=Why.", "--dry-run")[0] == 1
    outcome(capsys, edited, "--reason=Why.")
    status, out, _ = outcome(capsys, edited - 1, "--reason=Why.", "--dry-run")
    assert (status, out.splitlines()[0]) == (0, "delete official:ann-lee")


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_refusal_exits_1_says_each_reason_and_writes_nothing(edited, capsys, dry):
    with changeset(reason="Edit.") as later:
        Official.objects.update(country="FR")
    status, out, err = outcome(capsys, edited, "--reason=Wrong.", *dry)
    assert (status, out) == (1, "")
    why = f"country was changed later by changeset {later.position} (no user): undo that first."
    assert err.splitlines() == [f"official:ann-lee: {why}", "Nothing was written."]
    assert last().position == later.position


def test_an_unknown_changeset_exits_1_with_one_sentence(edited, capsys):
    status, _, err = outcome(capsys, 999, "--reason=Wrong.")
    assert status == 1
    assert err.splitlines()[0].startswith("There is no changeset 999: the ledger has those from 1")


def test_what_was_undone_already_exits_1(edited, capsys):
    outcome(capsys, edited, "--reason=Wrong.")
    status, _, err = outcome(capsys, edited, "--reason=Wrong.")
    assert status == 1
    assert err.splitlines()[0] == (
        f"Changeset {edited} was undone by changeset {edited + 1} already."
    )


def test_an_unknown_user_exits_1(edited, capsys):
    status, _, err = outcome(capsys, edited, "--reason=Wrong.", "--user=nobody")
    assert status == 1
    assert "There is no user “nobody”" in err
    assert last().position == edited


@pytest.mark.parametrize("position", ["twelve", "-1", "1.5", "", "٣", "9" * 19])
def test_what_is_no_position_exits_2(position, capsys):
    with pytest.raises(CommandError, match="is not a place in the ledger"):
        call_command("undo", "--reason=Wrong.", "--", position)


@pytest.mark.parametrize("arguments", [["1"], ["1", "--reason= "], ["--reason=Why."]])
def test_wrong_usage_is_refused(arguments):
    with pytest.raises(CommandError) as refused:
        call_command("undo", *arguments)
    assert refused.value.returncode in (1, 2)


def test_notes_are_said(capsys):
    with changeset(reason="Add."):
        bob = User.objects.create_user("bob")
    with changeset(reason="Delete.") as act:
        bob.delete()
    status, out, err = outcome(capsys, act.position, "--reason=Wrong.")
    assert (status, err) == (0, "user:bob comes back without a password: set a new one.\n")
    assert "brought back: 1. Changeset" in out


def test_json_is_one_object_and_nothing_else(edited, capsys):
    status, out, err = outcome(capsys, edited, "--reason=Wrong.", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "undone": edited,
        "rows": [
            {
                "record": "official:ann-lee",
                "act": "change",
                "changes": {"honorific": ["Dr", ""], "country": ["US", "CA"]},
            }
        ],
        "notes": [],
        "refusals": [],
        "changeset": edited + 1,
    }


def test_a_refusal_as_json(edited, capsys):
    status, out, err = outcome(capsys, 999, "--reason=Wrong.", "--json")
    answer = json.loads(out)
    assert (status, err, answer["changeset"], answer["rows"]) == (1, "", None, [])
    assert len(answer["refusals"]) == 1


def test_hostile_text_is_shown_as_text_in_a_line(edited, capsys):
    with changeset(reason="Edit.") as act:
        Official.objects.update(summary="one\ntwo")
    _, out, _ = outcome(capsys, act.position, "--reason=Wrong.", "--dry-run")
    assert "summary “one�two” → (empty)" in out


def test_what_later_changesets_built_on_is_kept_and_named(capsys):
    with changeset(reason="Add.") as act:
        OfficialFactory(ref="ann-lee", name="Ann Lee")
        OfficialFactory(ref="bo-roe", name="Bo Roe")
    with changeset(reason="Edit.") as later:
        Official.objects.filter(ref="bo-roe").update(country="US")
    closed = later.closed.closed_at.strftime("%Y-%m-%d %H:%M UTC")
    status, out, err = outcome(capsys, act.position, "--reason=Wrong.", "--keep-later")
    assert (status, out) == (
        0,
        f"Rows changed: 0; deleted: 1; brought back: 0. Changeset {later.position + 1}.\n",
    )
    assert err == (
        "Kept: official:bo-roe: country was changed later by changeset "
        f"{later.position} (no user): undo that first. Changeset {later.position} is of {closed}.\n"
    )
    assert list(Official.objects.values_list("ref", flat=True)) == ["bo-roe"]


def test_what_is_kept_is_in_the_json_where_it_was_asked_for(edited, capsys):
    with changeset(reason="Edit."):
        Official.objects.update(country="FR")
    status, out, _ = outcome(capsys, edited, "--reason=Wrong.", "--keep-later", "--json")
    answer = json.loads(out)
    assert (status, len(answer["kept"]), answer["rows"]) == (1, 1, [])
    assert answer["refusals"] == [f"Changeset {edited} has nothing that can be undone."]

"""The command verify_history: exit status, what it prints, and anchors."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from roster.actions.acknowledge_outside import acknowledge_outside
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Change, Official
from tests.factories import SuperuserFactory
from tests.history.force import by_force, run

pytestmark = pytest.mark.django_db


def outcome(capsys, *arguments: str) -> tuple[int, str]:
    """Exit status and standard output."""
    try:
        call_command("verify_history", *arguments)
    except SystemExit as ended:
        return int(ended.code), capsys.readouterr().out
    except CommandError as error:
        return error.returncode, capsys.readouterr().out + str(error)
    return 0, capsys.readouterr().out


@pytest.fixture
def sound() -> None:
    with changeset(reason="Add."):
        Official.objects.create(ref="ann-lee", name="Ann Lee")


@pytest.fixture
def outside(sound) -> None:
    Official.objects.update(country="CA")


@pytest.fixture
def unsound(sound) -> None:
    with by_force():
        run("UPDATE roster_changeset SET reason = 'Other.' WHERE position = 2")


def test_a_sound_ledger_exits_0(sound, capsys):
    changes = Change.objects.count()
    assert outcome(capsys) == (0, f"The ledger is sound; changesets: 2; changes: {changes}.\n")


def test_a_sound_ledger_as_json(sound, capsys):
    status, out = outcome(capsys, "--json")
    assert status == 0
    assert json.loads(out) == {
        "ok": True,
        "changesets": 2,
        "changes": Change.objects.count(),
        "problems": [],
    }


def test_problems_exit_1_each_on_a_line(outside, capsys):
    status, out = outcome(capsys)
    first, last = out.splitlines()
    assert status == 1
    assert first.startswith("outside: official:ann-lee was written outside any changeset by ")
    assert last == f"Problems: 1; changesets: 2; changes: {Change.objects.count()}."


def test_what_was_acknowledged_is_told_and_exits_0(outside, capsys):
    with changeset(reason="Account."):
        root = SuperuserFactory(username="root")
    acknowledge_outside([Change.objects.outside().get().pk], user=root, reason="Looked into.")
    status, out = outcome(capsys)
    assert status == 0
    assert out.splitlines() == [
        "acknowledged: 1 made outside, by changeset 4 of root: Looked into.",
        f"The ledger is sound; changesets: 4; changes: {Change.objects.count()}; acknowledged: 1.",
    ]
    status, out = outcome(capsys, "--json")
    assert (status, list(json.loads(out))) == (0, ["ok", "changesets", "changes", "problems"])
    assert json.loads(out)["problems"] == []


def test_no_character_of_a_row_steers_the_terminal(sound, capsys):
    run("UPDATE roster_official SET summary = %s", "\x1b[2J\u202eover")
    out = outcome(capsys)[1]
    assert "summary (empty) → [2Jover" in out
    assert not {"\x1b", "\u202e"} & set(out)


def test_problems_as_json_are_all_there_is_on_standard_output(outside, capsys):
    status, out = outcome(capsys, "--json")
    (problem,) = json.loads(out)["problems"]
    assert status == 1
    assert list(problem) == ["kind", "changeset", "change", "record", "message"]
    assert problem["kind"] == "outside"
    assert problem["changeset"] is None
    assert problem["change"] == Change.objects.latest("id").pk
    assert problem["record"] == "official:ann-lee"


def test_the_first_bad_entry_comes_first(unsound, outside, capsys):
    assert outcome(capsys)[1].startswith("digest: Changeset 2 or one of its changes ")


def test_an_anchor_is_written_and_holds(sound, tmp_path, capsys):
    file = tmp_path / "anchor"
    assert outcome(capsys, "--write-anchor", str(file))[0] == 0
    with changeset(reason="Edit."):
        Official.objects.update(country="CA")
    assert outcome(capsys, "--anchor", str(file), "--write-anchor", str(file))[0] == 0
    assert [json.loads(line)["position"] for line in file.read_text().splitlines()] == [2, 3]
    assert outcome(capsys, "--anchor", str(file))[0] == 0


def test_an_anchor_is_written_though_something_was_written_outside(outside, tmp_path, capsys):
    file = tmp_path / "anchor"
    assert outcome(capsys, "--write-anchor", str(file))[0] == 1
    assert json.loads(file.read_text())["position"] == 2


def test_a_cut_tail_exits_1(sound, tmp_path, capsys):
    file = tmp_path / "anchor"
    outcome(capsys, "--write-anchor", str(file))
    with by_force():
        run(
            "DELETE FROM roster_change WHERE id >= "
            "(SELECT first_change FROM roster_changeset WHERE position = 2)"
        )
        run("DELETE FROM roster_changeset WHERE position = 2")
        run("DELETE FROM roster_official")
    assert outcome(capsys) == (
        0,
        f"The ledger is sound; changesets: 1; changes: {Change.objects.count()}.\n",
    )
    status, out = outcome(capsys, "--anchor", str(file))
    assert status == 1
    assert out.startswith(
        "anchor: The anchor in line 1 names changeset 2, but the ledger ends at 1: "
    )


def test_no_anchor_is_written_of_an_unsound_ledger(unsound, tmp_path, capsys):
    file = tmp_path / "anchor"
    status, out = outcome(capsys, "--write-anchor", str(file))
    assert status == 1
    assert out.endswith(f"No anchor was written to {file}: the ledger is not sound.")
    assert not file.exists()


def test_no_anchor_is_written_of_an_empty_ledger(tmp_path, capsys):
    with by_force():
        for table in ("roster_change", "roster_changeset"):
            run(f"DELETE FROM {table}")
    assert verify().head is None
    status, out = outcome(capsys, "--write-anchor", str(tmp_path / "anchor"))
    assert status == 1
    assert out.endswith("the ledger is empty.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory."),
        (b"", "is empty: it holds no head to compare with."),
        (b"\n \n", "is empty: it holds no head to compare with."),
        (b"\xff", "is not text in UTF-8."),
        (b"7", "line 1 is not an anchor: expected "),
        (b"[" * 100_000, "line 1 is not an anchor: expected "),
        (b"{}", "line 1 is not an anchor: expected "),
        (b'\n{"position": 1', "line 2 is not an anchor: expected "),
        (b'{"position": "1", "digest": "a", "changes": 1}', "line 1 is not an anchor"),
        (b'{"position": 1.5, "digest": "a", "changes": 1}', "line 1 is not an anchor"),
        (b'{"position": 1, "digest": "a", "changes": 1}', "line 1 is not an anchor"),
        (
            b'{"position": 0, "digest": "%b", "changes": 1}' % (b"a" * 64),
            "line 1 is not an anchor",
        ),
        (
            b'{"position": 1, "digest": "%b", "changes": 1, "x": 1}' % (b"a" * 64),
            "line 1 is not an anchor",
        ),
    ],
)
def test_an_anchor_file_that_cannot_be_read_is_a_problem(sound, tmp_path, capsys, content, message):
    file = tmp_path / "anchor"
    if content is not None:
        file.write_bytes(content)
    status, out = outcome(capsys, "--json", "--anchor", str(file))
    (problem,) = json.loads(out)["problems"]
    assert (status, problem["kind"]) == (1, "anchor")
    assert message in problem["message"]
    assert str(file) in problem["message"]


def test_no_anchor_is_written_beside_one_that_cannot_be_read(sound, tmp_path, capsys):
    file = tmp_path / "anchor"
    outcome(capsys, "--anchor", str(tmp_path / "none"), "--write-anchor", str(file))
    assert not file.exists()


def test_a_file_that_cannot_be_written_is_told(sound, tmp_path, capsys):
    status, out = outcome(capsys, "--write-anchor", str(tmp_path / "none" / "anchor"))
    assert status == 1
    assert out.endswith("cannot be written: No such file or directory.")


def lines(*anchors) -> str:
    return "".join(f"{anchor.text}\n" for anchor in anchors)


def test_every_line_of_the_anchor_file_is_compared_and_the_failing_one_is_named(
    sound, tmp_path, capsys
):
    head, file = verify().head, tmp_path / "anchor"
    ahead, forged = replace(head, position=3), replace(head, digest="0" * 64)
    file.write_text(lines(head, forged, head) + "torn\n" + lines(ahead, head))
    status, out = outcome(capsys, "--anchor", str(file))
    assert status == 1
    assert [line[:66] for line in out.splitlines()[:-1]] == [
        f"anchor: {file}, line 4 is not an anchor: expected "[:66],
        "anchor: Changeset 2 is not the one that the anchor in line 2 names",
        "anchor: The anchor in line 5 names changeset 3, but the ledger ends"[:66],
    ]


def test_a_line_that_broke_off_is_left_alone_by_the_next(sound, tmp_path, capsys):
    file = tmp_path / "anchor"
    file.write_text('{"position": 1')
    assert outcome(capsys, "--write-anchor", str(file))[0] == 0
    assert file.read_text() == '{"position": 1\n' + lines(verify().head)

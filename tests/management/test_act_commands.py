"""The commands that extend, end and open: exit status, what they print, and what they write."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command, load_command_class

from roster.history.changesets import changeset
from roster.models import Changeset, Citation, Protection, ProtectionExtension
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db

ANN, BO = "ann-lee/protection", "bo-roe/protection"
EXTEND = ("extend_protections", ANN, BO, "--until=2025-01-18", "--reason=As decided.")
END = ("end_protections", ANN, "--on=2024-01-18", "--because=revoked", "--reason=As announced.")
OPEN = ("open_protections", "cy-poe", "--level=event", "--reason=As announced.")


def outcome(capsys, *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    status = 0
    try:
        call_command(*arguments)
    except SystemExit as ended:
        status = int(ended.code)
    except CommandError as error:
        return error.returncode, "", str(error)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture(autouse=True)
def protections():
    with changeset(reason="Add."):
        for name in ("ann-lee", "bo-roe"):
            ProtectionFactory(
                ref=f"{name}/protection", official=OfficialFactory(ref=name), end="2024-07-18"
            )
        OfficialFactory(ref="cy-poe")
        ann = Protection.objects.get(ref=ANN)
        ExtensionFactory(protection=ann, ref=f"{ANN}/3", number=3, end="2024-07-18")
        ParagraphFactory(source=SourceFactory(ref="a-notice"), number=7)


def test_extended_protections_are_one_changeset_of_a_command(capsys):
    User.objects.create_user("bob")
    status, out, err = outcome(
        capsys,
        *EXTEND,
        "--granted-by=The secretary",
        "--cite=a-notice#7",
        "--quote=goes on",
        "--user=bob",
    )
    act = Changeset.objects.latest("position")
    assert (status, err) == (0, "")
    assert out == f"Records added: 2; changed: 2; citations: 9. Changeset {act.position}.\n"
    assert (act.kind, act.user.username, act.reason) == ("command", "bob", "As decided.")
    assert set(Protection.objects.values_list("end", flat=True)) == {"2025-01-18"}
    assert ProtectionExtension.objects.filter(granted_by="The secretary").count() == 2
    assert Citation.objects.filter(quote="goes on").count() == 9


def test_a_dry_run_shows_each_record_and_writes_nothing(capsys):
    status, out, err = outcome(capsys, *EXTEND, "--dry-run")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        f"add extension:{ANN}/4: number “4”; start “2024-07-19”; end “2025-01-18”",
        f"change protection:{ANN}: end “2024-07-18” → “2025-01-18”",
        f"add extension:{BO}/1: start “2024-07-19”; end “2025-01-18”",
        f"change protection:{BO}: end “2024-07-18” → “2025-01-18”",
        "Records added: 2; changed: 2; citations: 0. A dry run: nothing was written.",
    ]
    assert set(Protection.objects.values_list("end", flat=True)) == {"2024-07-18"}


def test_an_end_is_written_with_a_word_on_the_extension_beyond_it(capsys):
    status, out, err = outcome(capsys, *END, "--by=The agency")
    assert status == 0
    assert err == (
        f"Mind: protection:{ANN}: extension 3, {ANN}/3, reaches beyond that day "
        "(18 July 2024) and stays as it is.\n"
    )
    assert out.startswith("Records added: 0; changed: 1; citations: 0. Changeset ")
    ann = Protection.objects.get(ref=ANN)
    assert (ann.end, ann.end_reason, ann.ended_by) == ("2024-01-18", "revoked", "The agency")


def test_a_protection_is_opened(capsys):
    status, _, err = outcome(
        capsys, *OPEN, "--start=since 2024-07-18", "--end=..", "--provider=The agency"
    )
    assert (status, err) == (0, "")
    row = Protection.objects.get(official__ref="cy-poe")
    assert (row.start, row.end, row.provider) == ("2024-07-18/..", "..", "The agency")


def test_json_is_one_object_with_all_of_it(capsys):
    status, out, err = outcome(capsys, *END, "--by=The agency", "--cite=a-notice#7", "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["records"] == [
        {
            "record": f"protection:{ANN}",
            "act": "change",
            "changes": {
                "end": ["2024-07-18", "2024-01-18"],
                "end_reason": ["", "revoked"],
                "ended_by": ["", "The agency"],
            },
        }
    ]
    assert told["citations"] == 3
    assert len(told["warnings"]) == 1
    assert (told["refusals"], told["changeset"]) == (
        [],
        Changeset.objects.latest("position").position,
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            (*EXTEND[:2], "nobody/protection", *EXTEND[3:]),
            "There is no protection “nobody/protection”",
        ),
        ((*EXTEND, "--user=nobody"), "There is no user “nobody”"),
        ((*EXTEND, "--cite=a-notice#8"), "There is no paragraph “a-notice#8” here"),
        ((*EXTEND, "--cite=a-notice"), "“a-notice” names no paragraph"),
        ((*EXTEND[:3], "--until=2024", "--reason=Why.", "--start=2026"), "The end lies before"),
        ((*EXTEND[:3], "--until=2024-07-18", "--reason=Why."), "lasts until 18 July 2024 already"),
        ((*END[:2], "--on=..", *END[3:]), "The end is no day"),
        ((*OPEN, "--start=2025", "--end=2024"), "The end lies before the start"),
    ],
)
@pytest.mark.parametrize("ways", [(), ("--dry-run",), ("--json",)])
def test_what_is_refused_exits_1_and_writes_nothing(capsys, arguments, sentence, ways):
    position = Changeset.objects.latest("position").position
    status, out, err = outcome(capsys, *arguments, *ways)
    assert status == 1
    if "--json" in ways:
        told = json.loads(out)
        assert sentence in " ".join(told["refusals"])
        assert told["changeset"] is None
    else:
        assert sentence in err
        assert err.endswith("Nothing was written.\n")
    assert Changeset.objects.latest("position").position == position


@pytest.mark.parametrize(
    "arguments",
    [
        ("extend_protections", "--until=2025", "--reason=Why."),
        ("extend_protections", ANN, "--reason=Why."),
        ("extend_protections", ANN, "--until=2025"),
        ("extend_protections", ANN, "--until=2025", "--reason= "),
        ("extend_protections", ANN, "--until=18/07/2025", "--reason=Why."),
        (*EXTEND, "--quote=goes on"),
        (*END[:3], "--because=tired", "--reason=Why."),
        ("open_protections", "cy-poe", "--level=sometimes", "--reason=Why."),
        (*EXTEND, "--credibility=9"),
    ],
)
def test_wrong_usage_exits_2(arguments):
    command = load_command_class("roster", arguments[0])
    with pytest.raises(SystemExit) as ended:
        command.run_from_argv(["manage.py", *arguments])
    assert ended.value.code == 2


def test_where_evidence_is_required_a_passage_is_enough(capsys, settings):
    settings.ROSTER_EVIDENCE = "require"
    assert outcome(capsys, *EXTEND)[0] == 1
    assert outcome(capsys, *EXTEND, "--cite=a-notice#7")[0] == 0

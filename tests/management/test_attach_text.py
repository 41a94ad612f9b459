"""The command that attaches a text: exit status, JSON and words are those of the contract."""

from __future__ import annotations

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from roster.models import Changeset, Paragraph
from tests.factories import CitationFactory, OfficialFactory, SourceFactory
from tests.provenance.texts import NOTICE, as_text, fingerprinted

WITH_CHANGE = as_text().replace("spring fair", "spring fare")

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def make(text=None):
        path = tmp_path / "notice.txt"
        path.write_bytes((as_text() if text is None else text).encode())
        return str(path)

    return make


@pytest.fixture
def source():
    source = fingerprinted()
    third = Paragraph.objects.get(number=3)
    odile, bram = OfficialFactory(ref="odile-farrow"), OfficialFactory(ref="bram-teasel")
    for official, field in ((odile, "summary"), (odile, "name"), (bram, "name")):
        CitationFactory(paragraph=third, official=official, field=field, quote="spring fair")
    return source


def stored():
    return Paragraph.objects.exclude(text="").count()


def refused(capsys, *arguments):
    """What a command that exits with status 1 says on standard error."""
    with pytest.raises(SystemExit) as ending:
        call_command("attach_text", *arguments)
    assert ending.value.code == 1
    return capsys.readouterr().err


def test_a_matching_text_is_stored_with_a_reason_of_its_own(source, file, capsys):
    call_command("attach_text", "notice", file())
    act = Changeset.objects.newest_first().first()
    assert (act.kind, act.reason) == ("command", "Attach the text of notice from “notice.txt”.")
    assert capsys.readouterr().out == (
        f"notice: matches 5.\nQuotes: exact 3.\nStored 5. Changeset {act.position}.\n"
    )
    assert stored() == 5


def test_one_letter_refuses_it_with_the_paragraph_and_the_facts_on_it(source, file, capsys):
    said = refused(capsys, "notice", file(WITH_CHANGE)).splitlines()
    assert said == [
        "Paragraph 3 differs: its words are not what they were.",
        "  on it rests official:bram-teasel: name",
        "  on it rests official:odile-farrow: name, summary",
        "Nothing was written.",
    ]
    assert stored() == 0


def test_json_is_one_object_on_refusal_too(source, file, capsys):
    with pytest.raises(SystemExit):
        call_command("attach_text", "notice", file(WITH_CHANGE), "--json")
    answer = json.loads(capsys.readouterr().out)
    (problem,) = answer["problems"]
    assert (problem["paragraph"], problem["standing"]) == (3, "differs")
    assert {"record": "official:bram-teasel", "field": "name"} in problem["facts"]
    assert answer["errors"] == [problem["message"]]
    assert answer["counts"]["matches"] == 4
    assert (answer["stored"], answer["changeset"]) == (0, None)


@pytest.mark.parametrize(("options", "count"), [(["--matching-only"], 4), (["--accept", "3"], 5)])
def test_options_leave_or_accept_what_differs(source, file, options, count):
    call_command("attach_text", "notice", file(WITH_CHANGE), *options, "--reason=Proofs.")
    assert stored() == count
    assert Changeset.objects.newest_first().first().reason == "Proofs."


def test_a_dry_run_writes_nothing(source, file, capsys):
    call_command("attach_text", "notice", file(), "--dry-run")
    assert "Would store 5. A dry run: nothing was written." in capsys.readouterr().out
    assert stored() == 0


def test_a_dry_run_of_a_text_that_differs_is_refused(source, file, capsys):
    assert "Paragraph 3 differs" in refused(capsys, "notice", file(WITH_CHANGE), "--dry-run")


def test_standard_input_is_read_for_a_dash(source, capsys, monkeypatch):
    content = f"\ufeffdate 2024-07-18 {as_text()}".replace("\n", "\r\n").encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    call_command("attach_text", "notice", "-")
    assert stored() == 5
    source.refresh_from_db()
    assert source.published == "2024-07-18"


def test_a_shift_and_another_date_are_said(source, file, capsys):
    type(source).objects.update(published="2023")
    text = f"date 2024-07-18\n\nQuimby Courier\n\n{as_text()}"
    call_command("attach_text", "notice", file(text), "--matching-only")
    said = capsys.readouterr().out
    assert "Paragraph 4 stands as number 5 in this text." in said
    assert "published 2024-07-18; the source says 2023, which stays." in said


def test_an_unanchored_quote_is_said(source, file, capsys):
    CitationFactory(paragraph=Paragraph.objects.get(number=1), quote="nowhere at all")
    call_command("attach_text", "notice", file())
    assert "the quote “nowhere at all” does not stand there." in capsys.readouterr().out


def test_hidden_characters_are_refused_and_removed_when_asked_for(source, file, capsys):
    text = as_text().replace("Quimby", "Quim\u202eby")
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in refused(capsys, "notice", file(text))
    call_command("attach_text", "notice", file(text), "--remove-hidden")
    assert "Hidden characters removed: 2." in capsys.readouterr().out
    assert stored() == 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["notices", "{file}"], "There is no source “notices”: the nearest refs are notice"),
        (["notice", "{file}", "--user=nobody"], "There is no user “nobody”"),
        (["notice", "{file}x"], "cannot be read: No such file or directory."),
        (["notice", "{file}", "--accept=99"], "Paragraph 99 cannot be taken"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(source, file, capsys, arguments, says):
    path = file()
    assert says in refused(capsys, *(one.format(file=path) for one in arguments))
    assert stored() == 0


def test_without_any_source_none_is_offered(file, capsys):
    assert "“notice”: there are none yet." in refused(capsys, "notice", file())


def test_a_text_that_is_here_already_is_nothing_to_write(file, capsys):
    fingerprinted(with_text=True)
    call_command("attach_text", "notice", file())
    assert capsys.readouterr().out.endswith("Nothing to write.\n")


def test_a_source_without_paragraphs_takes_all(file):
    SourceFactory(ref="new")
    call_command("attach_text", "new", file())
    assert stored() == len(NOTICE)


@pytest.mark.parametrize("option", ["--accept=x", "--reason= "])
def test_wrong_usage_is_no_refusal(source, file, option):
    with pytest.raises(CommandError):
        call_command("attach_text", "notice", file(), option)

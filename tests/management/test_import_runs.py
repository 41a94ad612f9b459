"""The commands that import keep their runs, show how far they are, and can be interrupted."""

from __future__ import annotations

import json
import sys

import pytest
from django.core.management import call_command

from roster.exchange import import_runs
from roster.models import ImportRun, Official

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("ref,name\nann,Ann\n")
    return str(file)


@pytest.fixture
def on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda stream: True)


@pytest.fixture
def interrupted(monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(import_runs, "import_csv", interrupt)


def refused(*arguments):
    with pytest.raises(SystemExit) as ending:
        call_command(*arguments)
    assert ending.value.code == 1


def test_an_import_is_kept_with_its_file_and_reason(path):
    call_command("import_csv", "officials", path, "--reason=Why")
    run = ImportRun.objects.get()
    assert (run.state, run.file_name, run.reason, run.new) == ("done", "people.csv", "Why", 1)
    assert run.changeset.reason == "Why"


def test_a_dry_run_is_no_run(path):
    call_command("import_csv", "officials", path, "--reason=Why", "--dry-run")
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("arguments", [("--user=nobody",), ()])
def test_what_never_begins_is_no_run(path, arguments, capsys):
    name = path if arguments else f"{path}.missing"
    refused("import_csv", "officials", name, "--reason=Why", *arguments)
    assert not ImportRun.objects.exists()


def test_a_terminal_shows_how_far_it_is_and_in_the_end_what_was_done(path, on_a_terminal, capsys):
    call_command("import_csv", "officials", path, "--reason=Why")
    said = capsys.readouterr()
    assert "Reading  [" in said.err
    assert said.err.endswith(" \r")
    assert said.out.startswith("Rows: 1; new: 1;")


@pytest.mark.parametrize("arguments", [("--json",), ()])
def test_no_bar_in_json_or_in_a_file(path, capsys, request, arguments):
    if arguments:
        request.getfixturevalue("on_a_terminal")
    call_command("import_csv", "officials", path, "--reason=Why", *arguments)
    assert capsys.readouterr().err == ""


def test_an_interrupt_writes_nothing_and_exits_1(path, interrupted, capsys):
    refused("import_csv", "officials", path, "--reason=Why")
    assert capsys.readouterr().err.splitlines()[0] == "It was interrupted: nothing was written."
    assert ImportRun.objects.get().state == "cancelled"
    assert not Official.objects.exists()


def test_an_interrupt_is_told_in_json(path, interrupted, capsys):
    refused("import_csv", "officials", path, "--reason=Why", "--json")
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert error["message"] == "It was interrupted: nothing was written."


def test_an_interrupt_of_a_dry_run_is_told(path, monkeypatch, capsys):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("roster.management.commands.import_csv.import_csv", interrupt)
    refused("import_csv", "officials", path, "--reason=Why", "--dry-run")
    assert "interrupted" in capsys.readouterr().err


def test_a_bundle_is_one_run(tmp_path, seeded, capsys):
    folder = tmp_path / "roster"
    call_command("export_bundle", str(folder))
    call_command("import_bundle", str(folder), "--reason=Back")
    run = ImportRun.objects.get()
    assert (run.stem, run.state, run.changeset) == ("bundle", "done", None)
    assert "Nothing to write." in capsys.readouterr().out


def test_a_confirmed_import_is_carried_out_by_its_number(capsys):
    call_command("carry_out_import", "987654")
    assert capsys.readouterr() == ("", "")

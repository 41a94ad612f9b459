"""The checks themselves: what counts as a failure, and how it is summed up."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg
import pytest

from tests import checks, chromium
from tests.postgres import throwaway_server, tool

JUNIT = '<testsuites><testsuite tests="10" failures="1" errors="2" skipped="3"/></testsuites>'


@pytest.fixture
def programs(monkeypatch):
    """Programs that only say with which status they end: 0, unless a word of theirs is here."""
    failing: set[str] = set()

    def run(command, **options):
        words = {Path(word).name for word in map(str, command)}
        for word in map(str, command):
            if word.startswith("--junit-xml="):
                Path(word.removeprefix("--junit-xml=")).write_text(JUNIT)
        return subprocess.CompletedProcess(command, int(bool(words & failing)), stdout="{}")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(checks, "FULLY_COVERED", ())
    monkeypatch.setattr(chromium, "executable", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(chromium, "install_where_possible", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    return failing


def test_everything_passes_when_every_program_does(programs, capsys):
    assert checks.main([]) == 0
    assert "FAILED" not in capsys.readouterr().out


@pytest.mark.parametrize("program", ["ruff", "djade", "lint-imports", "mypy", "check", "coverage"])
def test_one_failing_program_fails_the_run_which_goes_on(programs, capsys, program):
    programs.add(program)
    assert checks.main([]) == 1
    assert "browser: 4 passed, 3 failed, 3 skipped\n" in capsys.readouterr().out


def test_chosen_tests_run_on_both_engines_and_nothing_else_does(programs, capsys):
    assert checks.main(["tests/history", "-k", "guard"]) == 0
    assert capsys.readouterr().out.endswith(
        "── summary\n"
        "passed   tests: sqlite\n"
        "passed   tests: postgresql\n"
        "sqlite: 4 passed, 3 failed, 3 skipped\n"
        "postgresql: 4 passed, 3 failed, 3 skipped\n"
    )


def test_without_a_chromium_the_browser_tests_are_reported_as_not_run(
    programs, capsys, monkeypatch
):
    monkeypatch.setattr(chromium, "executable", lambda: None)
    assert checks.main([]) == 0
    assert f"NOT RUN  tests: browser ({chromium.MISSING})\n" in capsys.readouterr().out


def test_without_a_chromium_ci_fails(programs, monkeypatch):
    monkeypatch.setattr(chromium, "executable", lambda: None)
    monkeypatch.setenv("CI", "true")
    assert checks.main([]) == 1


def test_a_part_that_must_be_covered_whole_and_was_not_measured_fails(programs, monkeypatch):
    monkeypatch.setattr(checks, "FULLY_COVERED", ("roster/dates",))
    assert checks.main([]) == 1


def test_a_thrown_away_server_answers_and_is_gone_afterwards():
    with throwaway_server() as address:
        asked = subprocess.run(
            [tool("psql"), address, "-Atc", "SELECT 6 * 7"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert asked.stdout == "42\n"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    assert not Path(address.partition("host=")[2]).exists()

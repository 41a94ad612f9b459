"""run.py: what it sets up, when it does so again, and its sentence for each thing in the way."""

from __future__ import annotations

import ast
import importlib.util
import os
import platform
import re
import socket
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import launch

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Checkout:
    folder: Path
    notes: list[str]
    failing: list[int]


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with three lock files, where making `.venv` and running programs are only noted."""
    (tmp_path / launch.RUNTIME_LOCK).write_text("django==5.2.19\n")
    (tmp_path / launch.TEST_LOCK).write_text("django==5.2.19\npytest==9.2.0\n")
    (tmp_path / launch.BENCH_LOCK).write_text("django==5.2.19\npytest==9.2.0\nbaseline==1.0\n")
    monkeypatch.setattr(launch, "ROOT", tmp_path)

    def make(self, folder):
        notes.append("venv")
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").touch()
        (folder / "pyvenv.cfg").write_text(f"version = {platform.python_version()}\n")

    def run(command, **options):
        notes.append(f"run {Path(command[-1]).name}")
        return subprocess.CompletedProcess(command, failing.pop() if failing else 0)

    notes: list[str] = []
    failing: list[int] = []
    monkeypatch.setattr(venv.EnvBuilder, "create", make)
    monkeypatch.setattr(subprocess, "run", run)
    return Checkout(tmp_path, notes, failing)


@pytest.fixture
def became(monkeypatch):
    """The argument lists with which this process would have been replaced."""
    calls: list[list[str]] = []
    monkeypatch.setattr(launch, "set_up", lambda lock: calls.append([lock]))
    monkeypatch.setattr(os, "execv", lambda program, arguments: calls.append(arguments[1:]))
    monkeypatch.chdir(ROOT)
    return calls


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 15, 0)])
def test_another_python_is_told_which_ones_will_do(version):
    pretend = f"import sys; sys.version_info = {version}; exec(open('run.py').read())"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"Roster runs on Python 3.11 to 3.14 and this is Python {version[0]}.{version[1]}: "
        "run it with one of those, for example python3.11 run.py.\n"
    )


def test_an_old_python_can_read_run_py():
    source = (ROOT / "run.py").read_bytes()
    assert source.isascii()
    tree = ast.parse(source, feature_version=(3, 4))
    modern = (ast.JoinedStr, ast.AnnAssign, ast.AsyncFunctionDef, ast.NamedExpr, ast.Match)
    assert not any(isinstance(node, modern) for node in ast.walk(tree))


def test_a_missing_venv_module_is_named(checkout, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert launch.main(["setup"]) == 1
    assert capsys.readouterr().err == (
        "This Python cannot make a virtual environment: install its venv module "
        f"(Debian, Ubuntu: apt install python{sys.version_info.major}.{sys.version_info.minor}"
        "-venv), then run this again.\n"
    )


def test_a_failed_installation_says_what_to_check_and_is_tried_again(checkout, capsys):
    checkout.failing.append(1)
    assert launch.main(["setup"]) == 1
    assert "check the connection to the package index" in capsys.readouterr().err
    assert launch.main(["setup"]) == 0
    assert checkout.notes == ["venv", "run requirements.lock", "run requirements.lock"]


def test_a_second_set_up_does_nothing(checkout):
    launch.set_up(launch.RUNTIME_LOCK)
    launch.set_up(launch.RUNTIME_LOCK)
    assert checkout.notes == ["venv", "run requirements.lock"]


def test_a_changed_lock_is_installed(checkout):
    launch.set_up(launch.RUNTIME_LOCK)
    (checkout.folder / launch.RUNTIME_LOCK).write_text("django==5.2.20\n")
    launch.set_up(launch.RUNTIME_LOCK)
    assert checkout.notes == ["venv", "run requirements.lock", "run requirements.lock"]


def test_a_lock_serves_as_those_that_it_holds_too(checkout):
    launch.set_up(launch.BENCH_LOCK)
    launch.set_up(launch.TEST_LOCK)
    launch.set_up(launch.RUNTIME_LOCK)
    assert checkout.notes == ["venv", "run requirements-bench.lock"]


def test_a_lock_does_not_serve_as_one_that_holds_it(checkout):
    launch.set_up(launch.TEST_LOCK)
    launch.set_up(launch.BENCH_LOCK)
    assert checkout.notes == ["venv", "run requirements-test.lock", "run requirements-bench.lock"]


def test_an_environment_of_another_python_is_made_anew(checkout):
    launch.set_up(launch.RUNTIME_LOCK)
    (checkout.folder / ".venv" / "pyvenv.cfg").write_text("version = 3.11.0\n")
    launch.set_up(launch.RUNTIME_LOCK)
    assert checkout.notes.count("venv") == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["requirements.lock", str(ROOT / "manage.py"), "serve", "--port", "8000"]),
        (
            ["--port", "9000"],
            ["requirements.lock", str(ROOT / "manage.py"), "serve", "--port", "9000"],
        ),
        (
            ["manage", "check", "--deploy"],
            ["requirements.lock", str(ROOT / "manage.py"), "check", "--deploy"],
        ),
        (["test"], ["requirements-test.lock", "-m", "tests.checks"]),
        (
            ["test", "-k", "guard", "--port"],
            ["requirements-test.lock", "-m", "tests.checks", "-k", "guard", "--port"],
        ),
        (["setup"], ["requirements.lock"]),
    ],
)
def test_a_command_becomes_its_program(became, arguments, expected):
    assert launch.main(arguments) == 0
    assert [word for call in became for word in call] == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ["sevre"],
        ["--port"],
        ["--port", "http"],
        ["--port", "0"],
        ["--port", "65536"],
        ["setup", "now"],
        ["setup", "--port", "80"],
        ["--verbose"],
    ],
)
def test_wrong_usage_ends_with_status_2(became, arguments):
    with pytest.raises(SystemExit) as ended:
        launch.main(arguments)
    assert ended.value.code == 2
    assert not became


def test_an_unknown_measurement_ends_with_status_2(became, capsys):
    assert launch.main(["bench", "nothing"]) == 2
    assert capsys.readouterr().err.startswith("run.py bench takes one of: ")


def test_a_measurement_runs_as_a_module(checkout):
    (checkout.folder / "tests" / "bench").mkdir(parents=True)
    (checkout.folder / "tests" / "bench" / "ledger.py").touch()
    (checkout.folder / "tests" / "bench" / "__init__.py").touch()
    assert launch.main(["bench"]) == 0
    assert checkout.notes[-1] == "run tests.bench.ledger"


def test_help_tells_of_every_command_and_variable(capsys):
    with pytest.raises(SystemExit) as ended:
        launch.main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    settings = (ROOT / "config" / "settings.py").read_text()
    named = set(re.findall(r'"(ROSTER_[A-Z_]+|DATABASE_URL)"', settings))
    assert len(named) >= 7
    assert all(word in told for word in {"test", "setup", "manage", "bench", "--port", *named})


def test_a_taken_port_is_named_with_a_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError) as refused:
            call_command("serve", port=port)
    assert str(refused.value) == (
        f"Port {port} is taken: name another, for example python3 run.py --port {port + 1}."
    )


def test_an_unreachable_database_ends_in_one_sentence():
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "serve", "--port", "0"],
        env=os.environ | {"DATABASE_URL": "postgres://roster:secret@127.0.0.1:1/roster"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: The database cannot be used (")
    assert done.stderr.endswith("): start it or correct DATABASE_URL.\n")
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr

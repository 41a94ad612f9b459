"""What run.py does: makes `.venv` as the lock files say and starts the rest inside it.

Standard library only, and no Django: this runs before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"
BENCH_LOCK = "requirements-bench.lock"
LOCKS = (RUNTIME_LOCK, TEST_LOCK, BENCH_LOCK)  # each holds all of those before it

HELP = """\
commands:
  (none)                   set up, migrate, seed an empty roster, print address and sign-in, serve
  test [pytest arguments]  set up, then all that CI checks: format, lint, layers, types, migrations,
                           tests on SQLite and on a throw-away PostgreSQL, browser tests, coverage;
                           with arguments: only those tests, on both engines
  setup                    set up only
  manage ...               manage.py ... inside the environment; "manage help" lists its commands
  bench [name]             measurements: tests/bench/NAME.py, or all of them

environment:
  DATABASE_URL             sqlite:////FOLDER/FILE or postgres://USER:PASSWORD@HOST:PORT/NAME;
                           not set: SQLite in ROSTER_HOME
  ROSTER_HOME              folder of the database and the secrets; not set: var/ beside run.py
  ROSTER_ENV               local (when not set) or production, which also takes the next three
  ROSTER_SECRET_KEY        50 random characters or more, for sessions
  ROSTER_LEDGER_KEY        32 random characters or more, for the ledger's digests
  ROSTER_ALLOWED_HOSTS     host names that Roster answers to, separated by commas
  ROSTER_EVIDENCE          warn (when not set) or require
  ROSTER_PROXIES           how many proxies in front of Roster add to X-Forwarded-For; not set: 0
  ROSTER_WORKERS           1: "manage.py db_worker" carries out large imports (PostgreSQL only);
                           not set: each has a process of its own
  ROSTER_BACKGROUND_BYTES  files larger than this are imported in the background; not set: 2000000
  ROSTER_MAX_FILE_BYTES, ROSTER_MAX_ROWS, ROSTER_MAX_COLUMNS, ROSTER_MAX_CELL_CHARACTERS
                           the most that a file to import may have: see docs/operators.md
  ROSTER_TEST_ENGINE       engine of a bare pytest run: sqlite or postgresql

exit status: 0 done, 1 refused or found wanting, 2 wrong usage
"""


class Refusal(Exception):
    """One sentence for the person at the terminal, saying what to do."""


def main(arguments: list[str]) -> int:
    """Run the command that `arguments` name; its exit status, unless it replaced this process."""
    options, rest = _read(arguments)
    try:
        match options.command:
            case "serve":
                set_up(RUNTIME_LOCK)
                _become(str(ROOT / "manage.py"), "serve", "--port", str(options.port or 8000))
            case "manage":
                set_up(RUNTIME_LOCK)
                _become(str(ROOT / "manage.py"), *rest)
            case "setup":
                set_up(RUNTIME_LOCK)
            case "test":
                set_up(TEST_LOCK)
                os.chdir(ROOT)
                _become("-m", "tests.checks", *rest)
            case "bench":
                set_up(BENCH_LOCK)
                return _measure(rest)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def set_up(lock: str) -> None:
    """Make `.venv` hold what `lock` lists; at once when it does so already."""
    environment = ROOT / ".venv"
    if not _fits_this_python(environment):
        _make(environment)
    stamp = environment / "installed"
    installed = stamp.read_text().split() if stamp.exists() else []
    if _digest(lock) in installed:
        return
    print(f"Installing what {lock} lists ...", flush=True)
    stamp.unlink(missing_ok=True)
    pip = [_python(), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile"]
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check"]
    if subprocess.run([*pip, *quiet, "--requirement", ROOT / lock], check=False).returncode:
        raise Refusal(
            "The packages could not be installed for the reason above: "
            "check the connection to the package index, then run this again."
        )
    held = LOCKS[: LOCKS.index(lock) + 1]
    stamp.write_text("".join(f"{_digest(each)}\n" for each in held))


def _read(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """The command with its options, and the arguments that belong to another program."""
    parser = argparse.ArgumentParser(
        prog="run.py",
        usage="python3 run.py [--port PORT] | test ... | setup | manage ... | bench [name]",
        description="Roster keeps the record of who is under protection and on what evidence.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command",
        nargs="?",
        default="serve",
        choices=("serve", "test", "setup", "manage", "bench"),
        help=argparse.SUPPRESS,
    )
    parser.add_argument(
        "--port", type=_port, help="where to serve on 127.0.0.1 (when not given: 8000)"
    )
    if arguments and arguments[0] in ("test", "manage", "bench"):
        return parser.parse_args(arguments[:1]), arguments[1:]
    options = parser.parse_args(arguments)
    if options.port and options.command != "serve":
        parser.error(f"--port is for serving, not for {options.command}")
    return options, []


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; it takes 1 to 65535")
    return int(text)


def _fits_this_python(environment: Path) -> bool:
    """Whether `environment` was made by the running version of Python, which is still there."""
    made = environment / "pyvenv.cfg"
    if not made.exists() or not Path(_python()).exists():
        return False
    settings = dict(line.split(" = ", 1) for line in made.read_text().splitlines() if " = " in line)
    return settings.get("version") == platform.python_version()


def _make(environment: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Refusal(
            "This Python cannot make a virtual environment: "
            f"install its venv module (Debian, Ubuntu: apt install python{version}-venv), "
            "then run this again."
        )
    print(f"Making {environment} ...", flush=True)
    venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(environment)


def _python() -> str:
    return str(ROOT / ".venv" / "bin" / "python")


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _become(*arguments: str) -> None:
    """Go on as the environment's Python, in place of this process: one process to stop."""
    sys.stdout.flush()
    os.execv(_python(), [_python(), *arguments])  # noqa: S606 - no shell is wanted


def _measure(names: list[str]) -> int:
    known = sorted(
        file.stem for file in (ROOT / "tests/bench").glob("*.py") if not file.stem.startswith("_")
    )
    if len(names) > 1 or not set(names) <= set(known):
        print(f"run.py bench takes one of: {', '.join(known)}.", file=sys.stderr)
        return 2
    return max(
        subprocess.run([_python(), "-m", f"tests.bench.{name}"], cwd=ROOT, check=False).returncode
        for name in names or known
    )

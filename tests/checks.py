"""All that CI checks, one line a step: `python3 run.py test`.

With arguments, only the tests that they choose, on both engines. Every step runs, whatever
failed before it, so that one run tells all.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from tests import chromium

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
# Wrong by one day, one cell or one trigger here, and every screen and file is.
FULLY_COVERED = (
    "roster/dates",
    "roster/periods",
    "roster/exchange/columns",
    "roster/history",
)
PRODUCTION = {
    "ROSTER_ENV": "production",
    "ROSTER_SECRET_KEY": secrets.token_urlsafe(64),
    "ROSTER_LEDGER_KEY": secrets.token_urlsafe(64),
    "ROSTER_ALLOWED_HOSTS": "roster.example",
}


@dataclass
class Checks:
    """The steps of one run and what came of each; `folder` is gone after it."""

    folder: Path
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)

    def step(self, name: str, *command: str | Path, **environ: str) -> None:
        """Run `command` and note whether it passed."""
        self.note(name, passed=self._run(name, command, environ))

    def steps(self, *named: tuple[str, tuple[str | Path, ...], dict[str, str]]) -> None:
        """Run commands beside each other, the longest first; what each says is shown at its end."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            running = [pool.submit(self._run, *one, quiet=True) for one in named]
        for (name, _, _), passed in zip(named, running, strict=True):
            self.note(name, passed=passed.result())

    def note(self, name: str, *, passed: bool) -> None:
        self.outcomes.append(("passed" if passed else "FAILED", name))

    def tests(self, name: str, *arguments: str, engine: str) -> None:
        """Run pytest on `engine` and note its counts too."""
        report = self.folder / f"{name}.xml"
        command = (sys.executable, "-m", "pytest", f"--junit-xml={report}", *arguments)
        environ = {"ROSTER_TEST_ENGINE": engine, "COVERAGE_FILE": str(self.folder / ".coverage")}
        self.step(f"tests: {name}", *command, **environ)
        self.counts.append(f"{name}: {_counts(report)}")

    def not_run(self, name: str, *, wanted: bool) -> None:
        """Note a step that could not run; that is a failure where it is `wanted`."""
        self.outcomes.append(("FAILED" if wanted else "NOT RUN", name))

    def _run(
        self,
        name: str,
        command: tuple[str | Path, ...],
        environ: dict[str, str],
        *,
        quiet: bool = False,
    ) -> bool:
        """Whether the command ended well; what it says is shown at once, if `quiet` at its end."""
        began = time.monotonic()
        if not quiet:
            print(f"\n── {name}", flush=True)
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"ROSTER_HOME": str(self.folder / f"home of {name}")} | environ,
            check=False,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
        )
        outcome = "passed" if done.returncode == 0 else "FAILED"
        said = f"\n── {name}\n{done.stdout}" if quiet else ""
        print(f"{said}── {name}: {outcome} after {time.monotonic() - began:.1f} s", flush=True)
        return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Run the checks and sum them up; 1 if any failed."""
    with tempfile.TemporaryDirectory(prefix="roster-checks-") as folder:
        checks = Checks(Path(folder))
        if arguments:
            checks.tests("sqlite", *arguments, engine="sqlite")
            checks.tests("postgresql", *arguments, engine="postgresql")
        else:
            _check_sources(checks)
            _check_behaviour(checks)
            _check_coverage(checks)
    print("\n── summary", flush=True)
    for outcome, name in checks.outcomes:
        print(f"{outcome:8} {name}")
    print(*checks.counts, sep="\n", flush=True)
    return int(any(outcome == "FAILED" for outcome, _ in checks.outcomes))


def _check_sources(checks: Checks) -> None:
    ruff, manage = PROGRAMS / "ruff", (sys.executable, ROOT / "manage.py")
    upgrade = (PROGRAMS / "django-upgrade", "--target-version=5.2", "--check", *_files("*.py"))
    deploy = (*manage, "check", "--deploy", "--fail-level=WARNING")
    checks.steps(
        ("types", (PROGRAMS / "mypy",), {}),
        ("layers", (PROGRAMS / "lint-imports", "--no-cache"), {}),
        ("Django idioms", upgrade, {}),
        ("format", (ruff, "format", "--check", "--quiet", "."), {}),
        ("lint", (ruff, "check", "--quiet", "."), {}),
        ("templates", (PROGRAMS / "djade", "--check", *_files("*.html")), {}),
        ("migrations", (*manage, "makemigrations", "--check", "--dry-run"), {}),
        ("production settings", deploy, PRODUCTION),
    )


def _check_behaviour(checks: Checks) -> None:
    parallel = ("-m", "not browser", "-n", "2", "--cov-append", "--cov-report=")
    parallel += ("--cov-fail-under=0",)
    checks.tests("sqlite", *parallel, "--cov", engine="sqlite")
    # Measuring takes time: here, of what differs between the engines alone.
    of_engines = [f"--cov={part}" for part in ("roster/history", "roster/fields")]
    of_engines.append("--of-the-engine")  # the rest has been run
    checks.tests("postgresql", *parallel, *of_engines, engine="postgresql")
    chromium.install_where_possible()
    if chromium.executable():
        # One more than cores: a test here waits for its browser, and the browser for the server.
        in_turn = ("-n", "3", "--maxschedchunk=1")
        checks.tests("browser", "-m", "browser", "tests/e2e", *in_turn, engine="sqlite")
    else:
        checks.not_run(
            f"tests: browser ({chromium.MISSING})",
            wanted=os.environ.get("CI", "").lower() == "true",
        )


def _check_coverage(checks: Checks) -> None:
    """Over both engines: 95 of 100 everywhere, all of what must not be wrong."""
    environ = {"COVERAGE_FILE": str(checks.folder / ".coverage")}
    checks.step("coverage", PROGRAMS / "coverage", "report", **environ)
    as_data = (PROGRAMS / "coverage", "json", "--quiet", "--fail-under=0", "-o", "-")
    done = subprocess.run(
        as_data, cwd=ROOT, env=os.environ | environ, check=False, stdout=subprocess.PIPE
    )
    files = json.loads(done.stdout or "{}").get("files", {})
    for part in FULLY_COVERED:
        percents = [
            file["summary"]["percent_covered"]
            for name, file in files.items()
            if name == f"{part}.py" or name.startswith(f"{part}/")
        ]
        full = bool(percents) and min(percents) == 100
        checks.note(f"every branch of {part}", passed=full)


def _files(ending: str) -> list[str]:
    """The files of our own with that ending."""
    folders = ("config", "roster", "templates", "tests")
    return [str(file) for folder in folders for file in sorted((ROOT / folder).rglob(ending))]


def _counts(report: Path) -> str:
    """What pytest counted, as in `412 passed, 0 failed, 3 skipped`."""
    if not report.exists():
        return "0 passed, 0 failed"
    suite = ET.parse(report).getroot().find("testsuite")
    total, failed, errors, skipped = (
        int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
    )
    passed = total - failed - errors - skipped
    return f"{passed} passed, {failed + errors} failed, {skipped} skipped"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

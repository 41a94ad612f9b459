"""How a measurement is run: in a process of its own, on a database that is empty and its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from tests.postgres import throwaway_server

if TYPE_CHECKING:
    from collections.abc import Iterator

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def on_sqlite(module: str) -> int:
    """Run a measurement of this package on a new SQLite file with the settings of `config`."""
    with database(SQLITE) as environ:
        return _run(module, environ).returncode


def on_postgresql(module: str) -> int:
    """Run it on a throw-away server that syncs nothing to disk."""
    with database(POSTGRESQL) as environ:
        return _run(module, environ).returncode


@contextmanager
def database(engine: str) -> Iterator[dict[str, str]]:
    """The environment of processes that measure on one new database, which goes afterwards."""
    with ExitStack() as ends:
        home = ends.enter_context(tempfile.TemporaryDirectory(prefix="roster-bench-"))
        address = ends.enter_context(throwaway_server()) if engine == POSTGRESQL else ""
        yield {
            **{name: text for name, text in os.environ.items() if not name.startswith("ROSTER_")},
            "ROSTER_HOME": home,
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }


def measured(module: str, environ: dict[str, str], *arguments: object) -> dict[str, Any]:
    """What a measurement of this package prints: one JSON object. Raises if it broke off."""
    done = _run(module, environ, *arguments, stdout=subprocess.PIPE)
    done.check_returncode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _run(
    module: str, environ: dict[str, str], *arguments: object, stdout: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    return subprocess.run(command, env=environ, stdout=stdout, check=False)

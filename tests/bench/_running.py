"""How a measurement is run: in a process of its own, on a database that is empty and its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.postgres import throwaway_server


def on_sqlite(module: str) -> int:
    """Run a measurement of this package on a new SQLite file with the settings of `config`."""
    return _run(module, "")


def on_postgresql(module: str) -> int:
    """Run it on a throw-away server that syncs nothing to disk."""
    with throwaway_server() as address:
        return _run(module, address)


def _run(module: str, address: str) -> int:
    """The exit status of the measurement, on the database of this address."""
    with tempfile.TemporaryDirectory(prefix="roster-bench-") as home:
        environ = {
            **{name: text for name, text in os.environ.items() if not name.startswith("ROSTER_")},
            "ROSTER_HOME": home,
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        command = [sys.executable, "-m", f"tests.bench.{module}"]
        return subprocess.run(command, env=environ, check=False).returncode

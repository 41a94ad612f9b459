"""What the ledger costs: capture beside the same writes without triggers, and closing changesets.

`python3 run.py bench ledger`. PostgreSQL is a throw-away server that syncs nothing to disk;
SQLite is a file with the settings of `config`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.postgres import throwaway_server


def main() -> int:
    """Measure on both engines; 1 if a measurement broke off or an engine misses its goal."""
    failed = [_measure("_capture", "")]
    for module in ("_capture", "_closing"):
        with throwaway_server() as address:
            failed.append(_measure(module, address))
    return int(any(failed))


def _measure(module: str, address: str) -> int:
    """Run a measurement on the database of this address, a new SQLite file if there is none."""
    with tempfile.TemporaryDirectory(prefix="roster-bench-") as home:
        environ = {
            **{name: text for name, text in os.environ.items() if not name.startswith("ROSTER_")},
            "ROSTER_HOME": home,
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        command = [sys.executable, "-m", f"tests.bench.{module}"]
        return subprocess.run(command, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""The largest files: the memory of an import and an export, and the export beside the driver's.

`python -m tests.bench._exchange_large STEP ROWS`, each step in a process of its own, so that its
peak is its own: prepare, import, export. One database for all three.
"""

from __future__ import annotations

import csv
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.db import connection

from tests.bench._capture import TABLE
from tests.bench._figures import once
from tests.bench._roster import _QUOTED, imported, peak_bytes, prepare, tell
from tests.bench._rows import csv_file

HOME = Path(os.environ["ROSTER_HOME"])


def main() -> int:
    step, rows = sys.argv[1], int(sys.argv[2])
    if step == "prepare":
        prepare(rows)
        csv_file(HOME / "large.csv", rows)
        return tell({})
    idle = _idle_bytes()
    if step == "import":
        seconds = once(lambda: imported(HOME / "large.csv", new=rows))
        return tell({"seconds": seconds, "memory_bytes": peak_bytes() - idle})
    seconds = once(lambda: _export(rows))
    found: dict[str, Any] = {"seconds": seconds, "memory_bytes": peak_bytes() - idle}
    return tell(found | {"driver_seconds": once(_driver_export)})


def _idle_bytes() -> int:
    """The memory of a process that waits for work: everything loaded, the database reached."""
    django.setup()
    from roster.exchange.runs import import_csv

    import_module("roster.admin.site")
    import_csv("extensions", b"ref\n", reason="Measure.", dry_run=True)
    return peak_bytes()


def _export(rows: int) -> None:
    from roster.exchange.exports import export_csv

    with (HOME / "out.csv").open("w", encoding="utf-8", newline="") as file:
        written = export_csv("extensions", file)
    if written != rows:
        raise RuntimeError(f"{written} rows in place of {rows}.")


def _driver_export() -> None:
    """COPY TO on PostgreSQL; on SQLite a plain SELECT whose rows the csv module writes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = f"COPY {TABLE} ({_QUOTED}) TO STDOUT (FORMAT csv)"
            with cursor.copy(sql) as copy, (HOME / "driver.csv").open("wb") as file:
                for piece in copy:
                    file.write(piece)
        else:
            rows = connection.connection.execute(f"SELECT {_QUOTED} FROM {TABLE}")
            with (HOME / "driver.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    sys.exit(main())

"""Imports beside what the driver needs: new rows, some changed, and another user's save meanwhile.

`python -m tests.bench._exchange_import ROWS` on the database of DATABASE_URL: ROWS at first, then
ten times as many.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.bench._exchange_saving import save_until
from tests.bench._figures import median, once
from tests.bench._roster import (
    bare_table,
    bare_values,
    imported,
    load_bare,
    prepare,
    tell,
    without_extensions,
)
from tests.bench._rows import CHANGED, csv_file

TURNS = 3
JOINING_SECONDS = 60


def main() -> int:
    rows = int(sys.argv[1])
    many, home = 10 * rows, Path(os.environ["ROSTER_HOME"])
    prepare(many)
    few_rows = csv_file(home / "few.csv", rows)
    found: dict[str, Any] = {
        "import_seconds": median(
            lambda: imported(few_rows, new=rows), before=without_extensions, turns=TURNS
        ),
        **_waits(few_rows),
    }
    many_rows = csv_file(home / "many.csv", many)
    found |= _beside_the_driver(many_rows, many)
    changed_rows = csv_file(home / "changed.csv", many, changed=True)
    turn = cycle((changed_rows, many_rows))
    found["reimport_seconds"] = median(
        lambda: imported(next(turn), changed=-(-many // CHANGED), new=0),
        before=lambda: None,
        turns=TURNS,
    )
    return tell(found)


def _beside_the_driver(file: Path, rows: int) -> dict[str, float]:
    """Seconds of the import and of the bare load, in turns; the rows of the last are there."""
    values = bare_values(rows)
    seconds: dict[str, list[float]] = {"many_seconds": [], "bare_seconds": []}
    for _ in range(TURNS):
        bare_table()
        seconds["bare_seconds"].append(once(lambda: load_bare(values)))
        without_extensions()
        seconds["many_seconds"].append(once(lambda: imported(file, new=rows)))
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def _waits(file: Path) -> dict[str, float]:
    """The longest that another user's save took alone, and while the file was imported."""
    without_extensions()
    processes = multiprocessing.get_context("spawn")
    ready, stop, waits = processes.Event(), processes.Event(), processes.Queue()
    other = processes.Process(target=save_until, args=(ready, stop, waits), daemon=True)
    other.start()
    if not ready.wait(JOINING_SECONDS):
        raise RuntimeError("The other user did not come to save anything.")
    imported(file)
    stop.set()
    alone, meanwhile = waits.get(timeout=JOINING_SECONDS)
    other.join(JOINING_SECONDS)
    return {"save_alone_seconds": alone, "save_meanwhile_seconds": meanwhile}


if __name__ == "__main__":
    sys.exit(main())

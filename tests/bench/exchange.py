"""What CSV in and out costs, beside an ordinary project and beside the bare driver.

`python3 run.py bench exchange`. Also `.venv/bin/python -m tests.bench.exchange --rows 100` for a
hundredth of the rows, `--engine` for one engine and `--part` for some of the measurements. At the
end the figures are printed once more, as a table for docs/performance.md.
"""

from __future__ import annotations

import argparse
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.bench._figures import Figures, machine
from tests.bench._running import POSTGRESQL, SQLITE, database, measured

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 10_000
MB = 1_000_000
BASELINE = "tests.bench.baseline.settings"
TIMES_THE_BASELINE = {SQLITE: 100, POSTGRESQL: 60}
TIMES_THE_DRIVER = {SQLITE: 3, POSTGRESQL: 4}
TIMES_THE_DRIVERS_EXPORT = 4
SAVE_GOAL = 1.0
PREVIEW_GOALS = {"few": 1.5, "many": 6.0}
PAGE_GOAL, MEMORY_GOAL = 300_000, 100
"""Bytes of a preview's page, and megabytes over the idle process."""


def main() -> int:
    """Measure what is asked for; 1 if a goal was missed."""
    options = _read()
    tables = []
    for engine in options.engine or (SQLITE, POSTGRESQL):
        figures = Figures(f"{engine}: extensions, {machine(engine)}")
        tables.append(figures)
        for part in options.part or PARTS:
            PARTS[part](figures, engine, options.rows)
    print()
    print("\n\n".join(figures.markdown() for figures in tables))
    return int(any(figures.missed for figures in tables))


def _read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench.exchange")
    parser.add_argument("--rows", type=int, default=ROWS, help="of the smallest file")
    parser.add_argument("--engine", action="append", choices=(SQLITE, POSTGRESQL))
    parser.add_argument("--part", action="append", choices=list(PARTS))
    return parser.parse_args()


@cache
def _baseline(engine: str, rows: int) -> dict[str, Any]:
    """The ordinary project, on a database of its own."""
    with database(engine) as environ:
        ordinary = environ | {"DJANGO_SETTINGS_MODULE": BASELINE}
        return measured("baseline.measure", ordinary, rows)


def _imports(figures: Figures, engine: str, rows: int) -> None:
    """New rows and changed ones, beside the baseline and beside the driver."""
    with database(engine) as environ:
        found = measured("_exchange_import", environ, rows)
    figures.times_as_fast(
        f"import of {rows:,} new rows, beside the baseline",
        found["import_seconds"],
        goal=TIMES_THE_BASELINE[engine],
        baseline=_baseline(engine, rows)["import_seconds"],
    )
    figures.times_as_fast(
        "a tenth of the driver's load of ten times as many",
        found["bare_seconds"] / 10,
        baseline=_baseline(engine, rows)["import_seconds"],
    )
    figures.times_as_long(
        f"import of {10 * rows:,} new rows, beside the driver",
        found["many_seconds"],
        goal=TIMES_THE_DRIVER[engine],
        baseline=found["bare_seconds"],
    )
    figures.times_as_long(
        "the same again, one in ten changed, beside new",
        found["reimport_seconds"],
        goal=1,
        baseline=found["many_seconds"],
    )
    figures.seconds(
        f"another's longest save while {rows:,} come in",
        found["save_meanwhile_seconds"],
        goal=SAVE_GOAL,
        baseline=found["save_alone_seconds"],
    )


def _previews(figures: Figures, engine: str, rows: int) -> None:
    """The page of an import's preview, beside that of the baseline."""
    with database(engine) as environ:
        found = measured("_exchange_preview", environ, rows)
    baseline = _baseline(engine, rows)
    for name, count in (("few", rows), ("many", 10 * rows)):
        is_equal = count == rows
        figures.seconds(
            f"preview of {count:,} new rows in the admin",
            found[f"{name}_seconds"],
            goal=PREVIEW_GOALS[name],
            baseline=baseline["preview_seconds"] if is_equal else 0,
        )
        figures.amount(
            "its page",
            found[f"{name}_bytes"],
            "B",
            goal=PAGE_GOAL,
            baseline=baseline["page_bytes"] if is_equal else None,
        )


def _large(figures: Figures, engine: str, rows: int) -> None:
    """A process for each step, so that each has a peak of its own."""
    many = 100 * rows
    with database(engine) as environ:
        measured("_exchange_large", environ, "prepare", many)
        imported = measured("_exchange_large", environ, "import", many)
        exported = measured("_exchange_large", environ, "export", many)
    figures.seconds(f"import of {many:,} new rows", imported["seconds"])
    figures.amount(
        "memory of it over the idle process",
        round(imported["memory_bytes"] / MB),
        "MB",
        goal=MEMORY_GOAL,
    )
    figures.times_as_long(
        f"export of {many:,} rows, beside the driver",
        exported["seconds"],
        goal=TIMES_THE_DRIVERS_EXPORT,
        baseline=exported["driver_seconds"],
    )
    figures.amount(
        "memory of it over the idle process",
        round(exported["memory_bytes"] / MB),
        "MB",
        goal=MEMORY_GOAL,
    )


PARTS: dict[str, Callable[[Figures, str, int], None]] = {
    "import": _imports,
    "preview": _previews,
    "large": _large,
}

if __name__ == "__main__":
    sys.exit(main())

"""What the desk, lists and searches cost on a large roster, beside a thousand rows a table.

`python3 run.py bench desk`. Also `.venv/bin/python -m tests.bench.desk --officials 10000` for a
smaller roster, `--engine` for one engine and `--part` for some of the measurements. At the end the
figures are printed once more, as a table for docs/performance.md.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from tests.bench._desk import DESK, PARTS, PROTECTED, TIMELINE
from tests.bench._figures import Figures, machine
from tests.bench._running import POSTGRESQL, SQLITE, database, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

OFFICIALS = 100_000
DESK_GOAL, QUERIES_GOAL = 0.3, 30
TIMES_THE_SMALL, BEYOND_THE_SMALL = 1.5, 0.1
"""A page may take so many times what it takes on the small roster, or so many seconds more."""
PROTECTED_GOAL, TIMELINE_GOAL = 3.0, 0.1


def main() -> int:
    """Measure what is asked for; 1 if a goal was missed."""
    options = _read()
    tables = []
    for engine in options.engine or (SQLITE, POSTGRESQL):
        parts = options.part or PARTS
        with database(engine) as environ:
            found = measured("_desk", environ, options.officials, *parts)
        figures = Figures(f"{engine}: {options.officials:,} officials, {machine(engine)}")
        tables.append(figures)
        _tell(figures, found)
    print()
    print("\n\n".join(figures.markdown() for figures in tables))
    return int(any(figures.missed for figures in tables))


def _read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench.desk")
    parser.add_argument("--officials", type=int, default=OFFICIALS)
    parser.add_argument("--engine", action="append", choices=(SQLITE, POSTGRESQL))
    parser.add_argument("--part", action="append", choices=PARTS)
    return parser.parse_args()


def _tell(figures: Figures, found: dict[str, Any]) -> None:
    for when, desk in found.get(DESK, {}).items():
        figures.seconds(f"desk, {when}", desk["seconds"], goal=DESK_GOAL)
        figures.amount(f"desk, {when}: queries", desk["queries"], "", goal=QUERIES_GOAL)
    if took := found.get(PROTECTED):
        figures.seconds("command protected", took, goal=PROTECTED_GOAL)
    for what, took in found.get(TIMELINE, {}).items():
        goal = TIMELINE_GOAL if "timeline" in what else None
        figures.seconds(f"500 extensions: {what}", took, goal=goal)
    for what, large, small in _pages(found["small"], found["large"]):
        figures.seconds(what, large, goal=_goal(small), baseline=small)


def _pages(small: list[list[Any]], large: list[list[Any]]) -> Iterator[tuple[str, float, float]]:
    """Each page by what it shows, of several choices that which is furthest beyond its goal."""
    baselines = {(what, choice): took for what, choice, took in small}
    shown: dict[str, list[tuple[float, float, float, str]]] = {}
    for what, choice, took in large:
        # A choice that the small roster does not offer is measured beside its slowest.
        baseline = baselines.get((what, choice)) or max(
            seconds for (one, _), seconds in baselines.items() if one == what
        )
        beyond = took - _goal(baseline)
        shown.setdefault(what, []).append((beyond, took, baseline, choice))
    for what, choices in shown.items():
        _, took, baseline, choice = max(choices)
        yield (f"{what} ({choice})" if choices[1:] else what), took, baseline


def _goal(small: float) -> float:
    return max(TIMES_THE_SMALL * small, small + BEYOND_THE_SMALL)


if __name__ == "__main__":
    sys.exit(main())

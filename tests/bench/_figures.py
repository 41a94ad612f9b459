"""Figures of one measurement: each beside its goal and, where there is one, its baseline."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import subprocess
import time
from typing import TYPE_CHECKING

from tests.bench._running import SQLITE
from tests.postgres import tool

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS = 5


class Figures:
    """Prints figures as they come and remembers whether one missed its goal."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.missed = False
        self._lines: list[tuple[str, ...]] = []
        print(f"\n{title}", flush=True)
        print(f"{'what':52}{'measured':>12}{'goal':>10}{'baseline':>11}{'ratio':>8}", flush=True)

    def seconds(
        self, what: str, measured: float, *, goal: float | None = None, baseline: float = 0
    ) -> None:
        """A time in milliseconds, and how many times its baseline it is."""
        said = [_milliseconds(measured), _milliseconds(goal) if goal else "-"]
        said += [_milliseconds(baseline), f"{measured / baseline:.1f}"] if baseline else ["", ""]
        self._print(what, said, missed=bool(goal and measured > goal))

    def times_as_fast(
        self, what: str, measured: float, *, goal: float | None = None, baseline: float
    ) -> None:
        """A time, of which the baseline should be at least so many."""
        ratio = baseline / measured
        wanted = f"≥ {goal:g}×" if goal else "-"
        said = [_milliseconds(measured), wanted, _milliseconds(baseline), f"{ratio:.0f}"]
        self._print(what, said, missed=bool(goal and ratio < goal))

    def times_as_long(self, what: str, measured: float, *, goal: float, baseline: float) -> None:
        """A time that should be at most so many of its baseline."""
        ratio = measured / baseline
        said = [_milliseconds(measured), f"≤ {goal:g}×", _milliseconds(baseline), f"{ratio:.2f}"]
        self._print(what, said, missed=ratio > goal)

    def amount(
        self, what: str, measured: int, unit: str, *, goal: int, baseline: int | None = None
    ) -> None:
        """A number of something that should not be more than the goal."""
        beside = ["", ""] if baseline is None else [f"{baseline:,}", f"{measured / baseline:.2f}"]
        self._print(what, [f"{measured:,} {unit}", f"{goal:,}", *beside], missed=measured > goal)

    def markdown(self) -> str:
        """The figures as a table for a page of the documentation."""
        heads = ("", "measured", "goal", "baseline", "ratio", "")
        lines = [heads, ("---", *["---:"] * 4, "---"), *self._lines]
        return f"### {self.title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def _print(self, what: str, said: list[str], *, missed: bool) -> None:
        self.missed |= missed
        widths = (12, 10, 11, 8)
        cells = "".join(f"{text:>{width}}" for text, width in zip(said, widths, strict=True))
        print(f"{what:52}{cells}{'  MISSED' if missed else ''}", flush=True)
        self._lines.append((what, *said, "missed" if missed else ""))


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:,.0f} ms"


def quickest(act: Callable[[], object]) -> float:
    """Seconds of the quickest of a few turns: what else the machine did counts least in it."""
    return min(once(act) for _ in range(TURNS))


def once(act: Callable[[], object]) -> float:
    """Seconds of one turn."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median(act: Callable[[], object], *, before: Callable[[], object], turns: int) -> float:
    """Seconds of the middle one of some turns, `before` each of which something is set right."""
    taken = []
    for _ in range(turns):
        before()
        taken.append(once(act))
    return statistics.median(taken)


def machine(engine: str) -> str:
    """What an engine was measured on."""
    if engine == SQLITE:
        server = f"SQLite {sqlite3.sqlite_version}"
    else:
        told = subprocess.run([tool("postgres"), "--version"], stdout=subprocess.PIPE, check=True)
        server = told.stdout.decode().strip()
    return f"{server}, Python {platform.python_version()}, {os.cpu_count()} cores"

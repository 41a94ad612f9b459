"""Figures of one measurement: each beside its goal and, where there is one, its baseline."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS = 5


class Figures:
    """Prints figures as they come and remembers whether one missed its goal."""

    def __init__(self, title: str) -> None:
        self.missed = False
        print(f"\n{title}", flush=True)
        print(f"{'what':52}{'measured':>12}{'goal':>10}{'baseline':>11}{'ratio':>8}", flush=True)

    def seconds(
        self, what: str, measured: float, *, goal: float | None = None, baseline: float = 0
    ) -> None:
        """A time in milliseconds, and how many times its baseline it is."""
        said = [f"{measured * 1e3:9,.0f} ms", f"{goal * 1e3:,.0f} ms" if goal else "-"]
        said += (
            [f"{baseline * 1e3:,.0f} ms", f"{measured / baseline:.1f}"] if baseline else ["", ""]
        )
        self._print(what, said, missed=bool(goal and measured > goal))

    def amount(self, what: str, measured: int, unit: str, *, goal: int) -> None:
        """A number of something that should not be more than the goal."""
        self._print(what, [f"{measured:,} {unit}", f"{goal:,}", "", ""], missed=measured > goal)

    def _print(self, what: str, said: list[str], *, missed: bool) -> None:
        self.missed |= missed
        widths = (12, 10, 11, 8)
        cells = "".join(f"{text:>{width}}" for text, width in zip(said, widths, strict=True))
        print(f"{what:52}{cells}{'  MISSED' if missed else ''}", flush=True)


def quickest(act: Callable[[], object]) -> float:
    """Seconds of the quickest of a few turns: what else the machine did counts least in it."""
    return min(once(act) for _ in range(TURNS))


def once(act: Callable[[], object]) -> float:
    """Seconds of one turn."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began

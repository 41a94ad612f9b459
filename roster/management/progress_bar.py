"""A progress bar on a terminal: one line, written over again and gone in the end."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from roster.exchange.pace import Pace
from roster.exchange.progress import Progress

BAR = 24
"""Characters of the bar itself."""
DRAWN_EVERY_SECONDS = 0.2

_SAID = {"reading": "Reading", "checking": "Checking", "writing": "Writing"}


class ProgressBar:
    """Draws what it is told, a few times a second."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._stage, self._began_at, self._drawn_at = "", 0.0, 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage:
            self._stage, self._began_at = progress.stage, now
        elif now < self._drawn_at + DRAWN_EVERY_SECONDS:
            return
        self._drawn_at = now
        self._draw(drawn(Pace(progress, now - self._began_at)))

    def clear(self) -> None:
        """Leave the line as if nothing had been there."""
        if self._stage:
            self._draw("")
            self._stage = ""

    def _draw(self, line: str) -> None:
        columns = shutil.get_terminal_size().columns - 1
        self._out.write(f"\r{line[:columns]:<{columns}}" + ("" if line else "\r"))
        self._out.flush()


def drawn(pace: Pace) -> str:
    """`Reading   [######              ] 1,200 rows, 400 a second, about 9 seconds left`."""
    done = round(BAR * min(max(pace.progress.fraction, 0), 1))
    bar = f"{'#' * done}{' ' * (BAR - done)}"
    return f"{_SAID[pace.progress.stage]:<8} [{bar}] {pace.in_words()}"

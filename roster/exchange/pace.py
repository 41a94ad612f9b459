"""Pace: how quickly a stage of an import goes, and how long it will take yet."""

from __future__ import annotations

from dataclasses import dataclass

from roster.exchange.progress import Progress


@dataclass(frozen=True)
class Pace:
    """How quickly a stage goes, after `seconds` of it."""

    progress: Progress
    seconds: float

    @property
    def rows_a_second(self) -> int | None:
        """None as long as nothing can be told."""
        return round(self.progress.rows / self.seconds) if self.seconds > 0 else None

    @property
    def seconds_left(self) -> int | None:
        """Until the end of the stage, were it to go on so; None as long as nothing can be told."""
        done = self.progress.fraction
        if not 0 < done <= 1 or self.seconds <= 0:
            return None
        return round(self.seconds * (1 - done) / done)

    def in_words(self) -> str:
        """`1,200 rows, 400 a second, about 5 seconds left`, as far as it can be told."""
        rows = self.progress.rows
        said = ["1 row" if rows == 1 else f"{rows:,} rows"]
        if self.rows_a_second:
            said.append(f"{self.rows_a_second:,} a second")
        if self.seconds_left is not None:
            said.append(f"about {duration(self.seconds_left)} left")
        return ", ".join(said)


def duration(seconds: int) -> str:
    """A time in its two largest units: `1 minute 5 seconds`."""
    if seconds < 60:
        return _counted(seconds, "second")
    large, small = ("minute", "second") if seconds < 3600 else ("hour", "minute")
    whole, rest = divmod(seconds if seconds < 3600 else seconds // 60, 60)
    return f"{_counted(whole, large)} {_counted(rest, small)}" if rest else _counted(whole, large)


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"

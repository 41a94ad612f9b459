"""Sheets: a table as it was found in a file, row by row, before anyone asks what it means.

A reader makes a sheet, a mapping may turn it into another, the engine takes its batches. No step
holds more than a batch of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from roster.exchange.report import CellError

BATCH = 2_000
"""Rows of a batch, the last one aside."""
MAX_ERRORS = 1_000
"""How many errors of a file are listed; what is said of the rest is how many there are."""


@dataclass(frozen=True)
class Form:
    """How a file is read; an empty value is to be found out by looking at the file."""

    encoding: str = ""
    """A codec of Python, such as `utf-8` or `cp1252`."""
    delimiter: str = ""


@dataclass(frozen=True)
class Batch:
    """Some rows in their order, each as wide as the header."""

    lines: list[int]
    """The physical line on which each row begins; in a workbook its row number."""
    rows: list[list[str]]


@dataclass
class Errors:
    """What is wrong with a file, as far as it is listed, and how much more there is."""

    listed: list[CellError] = field(default_factory=list)
    count: int = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, error: CellError) -> None:
        """Note one more; beyond the limit it is counted only."""
        self.count += 1
        if len(self.listed) < MAX_ERRORS:
            self.listed.append(error)


@dataclass
class Sheet:
    """A table that is read as its batches are taken, once.

    `header` is empty where the file has no table; `errors` then says why. Rows with an error of
    form are counted and left out of the batches.
    """

    header: list[str]
    batches: Iterator[Batch]
    errors: Errors = field(default_factory=Errors)
    form: Form = Form()
    """How it is in fact read."""
    row_count: int = 0
    """Rows so far, those with errors of form included."""
    fraction: float = 0.0
    """How much of the file has been taken so far, from 0 to 1."""

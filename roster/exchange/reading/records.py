"""The records of a CSV file, each with the line on which it begins; knows nothing of columns."""

from __future__ import annotations

import csv
import io
from itertools import chain
from typing import BinaryIO

from roster.exchange.reading.limits import Limits
from roster.exchange.reading.lines import Lines, Unreadable
from roster.exchange.reading.sniffing import DELIMITERS, delimiter_of
from roster.exchange.report import CellError
from roster.exchange.sheets import Batch, Form

LONGER = 2
"""Cells of up to so many times the limit are read, so that each can be named with its column."""


class Records:
    """A CSV file, taken some records at a time up to its end, or up to what is not CSV.

    Quoting is strict. Blank lines are passed over, the first line is 1.
    """

    def __init__(self, stream: BinaryIO, size_bytes: int, form: Form, limits: Limits) -> None:
        self.lines = Lines(
            stream,
            encoding=form.encoding,
            longest=limits.cell_characters,
            size_bytes=size_bytes,
        )
        self.problem: CellError | None = None
        """Why the file cannot be read further, once that is so."""
        self._limits = limits
        self._line = 1
        pieces = self.lines.pieces()
        first = io.StringIO()
        try:
            first = next(pieces, first)
        except Unreadable as reason:
            self._end(str(reason), reason.value)
        self.form = Form(self.lines.encoding.name, form.delimiter or delimiter_of(first.getvalue()))
        csv.field_size_limit(LONGER * limits.cell_characters)
        self._reader = csv.reader(
            chain(first, chain.from_iterable(pieces)), delimiter=self.form.delimiter, strict=True
        )

    def header(self) -> list[str]:
        """The first record, empty when there is none; lines after it may be as long as a row."""
        header = next(iter(self.take(1).rows), [])
        self.lines.longest = self._limits.row_characters(len(header))
        return header

    def take(self, most: int) -> Batch:
        """The next records, at most so many; none at the end and after a problem."""
        numbers: list[int] = []
        rows: list[list[str]] = []
        if self.problem:
            return Batch(numbers, rows)
        line = self._line
        ended: tuple[str, str] | None = None
        try:
            for cells in self._reader:
                if cells:
                    numbers.append(line)
                    rows.append(cells)
                line = self._reader.line_num + 1
                if len(rows) == most:
                    break
        except Unreadable as reason:
            ended = str(reason), reason.value
        except csv.Error as reason:
            ended = self._sentence(reason), ""
        self._line = line
        if ended:
            self._end(*ended)
        return Batch(numbers, rows)

    def is_clean(self) -> bool:
        """Whether no record taken since this was last asked holds a forbidden character."""
        is_clean = not self.lines.has_forbidden
        self.lines.has_forbidden = self.lines.piece_has_forbidden
        return is_clean

    def _end(self, message: str, value: str) -> None:
        self.problem = CellError(self._line, None, message, printable(value))

    def _sentence(self, reason: csv.Error) -> str:
        if "field limit" in str(reason):
            most = self._limits.cell_characters
            return (
                f"A cell of this row has more than {LONGER * most:,} characters; at most {most:,} "
                "are read. Perhaps a quotation mark is opened here and never closed."
            )
        return (
            f"The row is not CSV ({reason}): put a cell that holds a quotation mark, a "
            f"{DELIMITERS[self.form.delimiter]} or a line break between "
            "quotation marks, and double those inside."
        )


def printable(text: str) -> str:
    """Text of a file as a message may show it: cut, and without what could disturb it."""
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text[:61])
    return shown if len(shown) <= 60 else f"{shown[:59]}…"

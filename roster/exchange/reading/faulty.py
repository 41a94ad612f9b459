"""A file once more, with what is wrong in each row beside it, to be corrected and sent again."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from roster.exchange.reading.errors_column import ERRORS_COLUMN, without
from roster.exchange.reading.files import opened, size_in_bytes
from roster.exchange.reading.limits import Limits, limits_in_force
from roster.exchange.reading.records import Records
from roster.exchange.reading.sniffing import encoding_of
from roster.exchange.report import CellError
from roster.exchange.sheets import BATCH, Form

PIECE_CHARACTERS = 1 << 18
UNREAD = "This line and those below were not read; they stand as they are beyond the last column."


def error_csv(
    content: bytes | Path,
    form: Form,
    errors: Iterable[CellError],
    limits: Limits | None = None,
) -> Iterator[str]:
    """The file as CSV with commas and LF, a first column `_errors` added, piece by piece.

    Every row is there as it was, and beside it the sentences about it; those about the file or its
    header stand in the first row. What does not fit below the header stands beyond it, in columns
    without a name: such a row is refused until somebody has put it right, so that nothing is lost
    and nothing is guessed. To be encoded as UTF-8.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for row in _rows(content, form, sentences_by_line(errors), limits or limits_in_force()):
        writer.writerow(row)
        if out.tell() > PIECE_CHARACTERS:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def sentences_by_line(errors: Iterable[CellError]) -> dict[int, str]:
    """What is said of each line; of the file as a whole by its header, line 1."""
    found = defaultdict(list)
    for error in errors:
        if error.line is None or error.line == 1:
            found[1].append(str(error))
        else:
            place = f"{error.column}: " if error.column else ""
            found[error.line].append(f"{place}{error.message}")
    return {line: " ".join(sentences) for line, sentences in found.items()}


def _rows(
    content: bytes | Path, form: Form, sentences: dict[int, str], limits: Limits
) -> Iterator[list[str]]:
    with opened(content) as stream:
        records = Records(stream, size_in_bytes(content), form, limits)
        header = records.header()
        left_out = {place for place, name in enumerate(header) if name == ERRORS_COLUMN}
        width = len(header) - len(left_out)
        yield [ERRORS_COLUMN, *without(left_out, header)]
        of_file = sentences.pop(1, "")
        while (taken := records.take(BATCH)).rows:
            for line, cells in zip(taken.lines, taken.rows, strict=True):
                said = sentences.get(line, "")
                yield _row(_joined(of_file, said), without(left_out, cells), width)
                of_file = ""
    if records.problem:
        first = records.problem.line or 1
        said = _joined(of_file, sentences.get(first, ""))
        for text in _lines_from(first, content, records, limits):
            yield [_joined(said, UNREAD) if said else "", *[""] * width, text]
            said = ""


def _row(said: str, cells: list[str], width: int) -> list[str]:
    """A row as it was after what is said of it; wider than the header unless it has its width."""
    lacking = width - len(cells)
    if lacking > 0:
        note = f"{len(cells)} of {width} cells"
        done = (
            "Here it is filled up with empty cells: put each cell below its column, and clear "
            f"the note “{note}” beyond the last one."
        )
        return [_joined(said, done), *cells, *[""] * lacking, note]
    if lacking < 0:
        said = _joined(said, "Here the surplus cells stand beyond the last column.")
    return [said, *cells]


def _lines_from(
    first: int, content: bytes | Path, records: Records, limits: Limits
) -> Iterator[str]:
    """The physical lines from this one on, what is longer than a row in parts.

    Bytes that have no meaning are written as `\\xe9`.
    """
    longest = max(records.lines.longest, limits.row_characters(1))
    with opened(content) as stream:
        codec = encoding_of(stream, records.form.encoding).codec
        text = io.TextIOWrapper(stream, codec, errors="backslashreplace", newline=None)
        pieces = iter(lambda: text.readline(longest), "")
        for piece in islice(pieces, first - 1, None):
            yield piece.removesuffix("\n")


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))

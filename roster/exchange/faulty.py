"""A file once more as CSV, with what is wrong in each row beside it, whichever kind it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from roster.exchange.cells import escaped
from roster.exchange.opening import holds_workbook
from roster.exchange.reading import ERRORS_COLUMN, Limits, error_csv, limits_in_force
from roster.exchange.reading.errors_column import without
from roster.exchange.reading.faulty import sentences_by_line
from roster.exchange.report import CellError
from roster.exchange.sheets import BATCH, Form
from roster.exchange.workbooks import rows_as_they_are


def faulty_csv(
    content: bytes | Path,
    form: Form,
    errors: Iterable[CellError],
    limits: Limits | None = None,
) -> Iterator[str]:
    """The file as CSV, a first column `_errors` added, to be corrected and imported again.

    Of CSV as `error_csv` has it. Of a workbook what the cells of its first sheet hold, a formula
    by the value that it last had; each row with the sentences about it, the first with those about
    the file as a whole too.
    """
    if not holds_workbook(content):
        return error_csv(content, form, errors, limits)
    return _of_workbook(content, sentences_by_line(errors), limits or limits_in_force())


def _of_workbook(content: bytes | Path, sentences: dict[int, str], limits: Limits) -> Iterator[str]:
    rows = _rows(content, sentences, limits)
    while some := list(islice(rows, BATCH)):
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(some)
        yield out.getvalue()


def _rows(content: bytes | Path, sentences: dict[int, str], limits: Limits) -> Iterator[list[str]]:
    rows = rows_as_they_are(content, limits)
    _number, header = next(rows, (1, []))
    earlier = {place for place, name in enumerate(header) if name == ERRORS_COLUMN}
    yield [ERRORS_COLUMN, *map(escaped, without(earlier, header))]
    of_file = sentences.pop(1, "")
    for number, cells in rows:
        said = " ".join(filter(None, (of_file, sentences.get(number, ""))))
        yield [said, *map(escaped, without(earlier, cells))]
        of_file = ""

"""Whether a sheet has the columns of a model, each once, and none that is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from roster.exchange.reading.records import printable
from roster.exchange.report import CellError
from roster.exchange.sheets import Sheet


def check_header(sheet: Sheet, columns: Sequence[str], key_columns: Sequence[str]) -> None:
    """Add to the sheet's errors each column that is unknown or there twice, and each missing key.

    Of a sheet that has no table, as its errors say already, nothing is said.
    """
    if sheet.header or not sheet.errors:
        for error in _header_errors(sheet.header, columns, key_columns):
            sheet.errors.add(error)


def _header_errors(
    header: Sequence[str], columns: Sequence[str], key_columns: Sequence[str]
) -> Iterator[CellError]:
    takes = f"The columns are: {', '.join(columns)}."
    for position, name in enumerate(header, 1):
        said = printable(name)
        if name and name in header[: position - 1]:
            sentence = f"The column {said} is there twice: leave it once."
            yield CellError(1, said or None, sentence, said)
        elif name not in columns:
            near = get_close_matches(name, columns, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            called = said or f"number {position}, which has no name"
            sentence = f"There is no column {called}.{hint} {takes}"
            yield CellError(1, said or None, sentence, said)
    for name in key_columns:
        if name not in header:
            yield CellError(1, name, f"The key column {name} is missing. {takes}")

"""The column `_errors`, by which a file comes back with what was wrong in each row."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from roster.exchange.sheets import Batch, Sheet

ERRORS_COLUMN = "_errors"
"""What was wrong with a row when the file was last sent; every import passes it over."""


def pass_over(sheet: Sheet, column: str) -> None:
    """Take a column out of a sheet, header and rows, wherever it stands."""
    left_out = {place for place, name in enumerate(sheet.header) if name == column}
    if left_out:
        sheet.header = without(left_out, sheet.header)
        sheet.batches = _narrowed(sheet.batches, left_out)


def without(places: Collection[int], cells: list[str]) -> list[str]:
    """The cells but those at these places."""
    return [cell for place, cell in enumerate(cells) if place not in places]


def _narrowed(batches: Iterator[Batch], left_out: Collection[int]) -> Iterator[Batch]:
    for batch in batches:
        yield Batch(batch.lines, [without(left_out, cells) for cells in batch.rows])

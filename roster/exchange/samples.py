"""Samples: what the first rows of a sheet say in each column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roster.exchange.sheets import Sheet

ROWS = 5_000
"""Rows that are looked at."""
MOST_DISTINCT = 1_000
"""Different values of a column that are kept."""


@dataclass(frozen=True)
class Sample:
    """One column: the different values that are not blank, as they come."""

    name: str
    values: tuple[str, ...]
    has_blank: bool


def samples_of(sheet: Sheet) -> list[Sample]:
    """What the first rows say, by column; the sheet is then used up as far as they go."""
    found: list[dict[str, None]] = [{} for _ in sheet.header]
    looked_at = 0
    for batch in sheet.batches:
        rows = batch.rows[: ROWS - looked_at]
        looked_at += len(rows)
        for values, column in zip(found, zip(*rows, strict=True), strict=False):
            if len(values) <= MOST_DISTINCT:
                values.update(dict.fromkeys(column))
        if looked_at >= ROWS:
            break
    return [_sample(name, list(values)) for name, values in zip(sheet.header, found, strict=True)]


def _sample(name: str, values: Sequence[str]) -> Sample:
    said = tuple(value for value in values if value.strip())
    return Sample(name, said[:MOST_DISTINCT], has_blank=len(said) < len(values))

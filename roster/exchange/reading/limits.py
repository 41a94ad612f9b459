"""How much is read of a file at most; not how it is read."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Limits:
    """The most that a file may have of each."""

    file_bytes: int
    rows: int
    columns: int
    cell_characters: int

    def row_characters(self, columns: int) -> int:
        """The most that a row of so many cells takes up, each of quotation marks alone."""
        return columns * (2 * self.cell_characters + 3)


def limits_in_force() -> Limits:
    """The limits that the settings say, ROSTER_MAX_FILE_BYTES and so on."""
    return Limits(
        file_bytes=settings.ROSTER_MAX_FILE_BYTES,
        rows=settings.ROSTER_MAX_ROWS,
        columns=settings.ROSTER_MAX_COLUMNS,
        cell_characters=settings.ROSTER_MAX_CELL_CHARACTERS,
    )

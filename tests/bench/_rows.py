"""Extensions for the bench of the exchange, five to a protection: as cells, text and file."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A_PROTECTION = 5
CHANGED = 10
"""Of so many rows the first is another in a changed file."""
ENDS = (*["2025-01-18"] * 7, "2025-01", "2025-01~", "..")
"""As determinations have them: mostly days, now and then less."""
COLUMNS = (
    "ref",
    "protection",
    "number",
    "decided",
    "notified",
    "start",
    "end",
    "granted_by",
    "signed_by",
    "reason",
    "summary",
)


def protection_refs(rows: int) -> Iterator[str]:
    """The refs of the protections that so many extensions prolong."""
    return (f"official-{n}/protection" for n in range(-(-rows // A_PROTECTION)))


def cells(rows: int, *, changed: bool = False) -> Iterator[tuple[str, ...]]:
    """The cells of each extension, in the order of the columns and of their refs' numbers."""
    for n in range(rows):
        protection = f"official-{n // A_PROTECTION}/protection"
        number = str(n % A_PROTECTION + 1)
        yield (
            f"{protection}/{number}",
            protection,
            number,
            "2024-07-18",
            "2024-07-19",
            "2024-07-18" if n % 10 else "../2024-07-18",
            ENDS[n % 10],
            "Department of State",
            "Secretary of State",
            "other threats" if changed and n % CHANGED == 0 else "credible threats",
            "A short summary in our own words of about eighty characters, give or take a few.",
        )


def csv_text(rows: int, *, changed: bool = False) -> str:
    out = io.StringIO(newline="")
    _write(out, rows, changed=changed)
    return out.getvalue()


def csv_file(path: Path, rows: int, *, changed: bool = False) -> Path:
    """Write the file row by row, however many there are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        _write(file, rows, changed=changed)
    return path


def _write(out: io.TextIOBase, rows: int, *, changed: bool) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(cells(rows, changed=changed))

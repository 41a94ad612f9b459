"""What is planned as the screen shows it: a page of rows, long texts cut to where they differ."""

from __future__ import annotations

from dataclasses import replace

from roster.exchange.plans import CellChange, PlannedRow

SHOWN_A_PAGE = 100
"""Rows, or errors, that one page of a preview shows."""
LONGEST_SHOWN = 300
"""Characters that are shown of a text."""
_BEFORE = 40
"""Characters that are shown before the first difference of two long texts."""


def shown_row(row: PlannedRow) -> PlannedRow:
    """The row with no text longer than a page bears."""
    return replace(
        row, label=_excerpt(row.label, 0), cells=tuple(_shown_cell(cell) for cell in row.cells)
    )


def excerpts(old: str, new: str) -> tuple[str, str]:
    """Two texts as far as a page shows them, long ones from where they begin to differ."""
    pairs = zip(old, new, strict=False)
    shorter = min(len(old), len(new))
    same = next((place for place, (one, other) in enumerate(pairs) if one != other), shorter)
    start = max(0, same - _BEFORE) if same > LONGEST_SHOWN // 2 else 0
    return _excerpt(old, start), _excerpt(new, start)


def _shown_cell(cell: CellChange) -> CellChange:
    return CellChange(cell.column, *excerpts(cell.old, cell.new))


def _excerpt(text: str, start: int) -> str:
    """The text, or so much of it from `start` as is shown, and how long it is."""
    if len(text) <= LONGEST_SHOWN:
        return text
    before = "…" if start else ""
    after = "…" if len(text) > start + LONGEST_SHOWN else ""
    return f"{before}{text[start : start + LONGEST_SHOWN]}{after} ({len(text):,} characters)"

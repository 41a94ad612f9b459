"""Cells that a spreadsheet would take for a formula: made harmless going out, exact coming back.

A program that opens CSV computes a cell by its first character (OWASP, “CSV Injection”; the
full-width signs are those of Chinese and Japanese versions). Such a cell gets one apostrophe in
front, and so does one that has apostrophes there already: what is taken off is then what was put
on, for every text. Django-import-export's own escape drops an equals sign for good and knows no
other character.

Knows texts alone; workbooks need none of this, as they say of each cell that it is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

APOSTROPHE = "'"
STARTERS = "=+-@\t\r\n＝＋－＠"
"""The characters by which a spreadsheet takes a cell for something to compute."""

_BOUNDARY = "\0"
"""Set before each cell to search many at once; a cell that holds one costs a closer look only."""
_BEGIN_SO = frozenset(STARTERS + APOSTROPHE)

_LIKE_A_FORMULA = re.compile(f"{APOSTROPHE}*[{re.escape(STARTERS)}]")
_ESCAPED = re.compile(f"{APOSTROPHE}+[{re.escape(STARTERS)}]")
_ANY_ESCAPED = re.compile(_BOUNDARY + _ESCAPED.pattern)


def escaped(cell: str) -> str:
    """The cell as a file has it; `'hello` and all that begins harmlessly is left as it is."""
    return APOSTROPHE + cell if _LIKE_A_FORMULA.match(cell) else cell


def unescaped(cell: str) -> str:
    """The cell that `escaped` was given; `'hello` is left as it is."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def escape_column(cells: Sequence[str]) -> Sequence[str]:
    """Each of the cells `escaped`; the very same sequence where nothing can be to do."""
    if _BEGIN_SO.isdisjoint({cell[:1] for cell in cells}):
        return cells
    return [escaped(cell) for cell in cells]


def unescape_batch(rows: list[list[str]]) -> list[list[str]]:
    """Rows of cells, each `unescaped`; the very same list where nothing is to be done."""
    joined = _BOUNDARY + _BOUNDARY.join([_BOUNDARY.join(row) for row in rows])
    if _ANY_ESCAPED.search(joined):
        return [[unescaped(cell) for cell in row] for row in rows]
    return rows

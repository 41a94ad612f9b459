"""PostgreSQL's own CSV of a query, which COPY makes in half the time that fetching its rows takes.

The text is that of `csv_text`; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import connection, models

from roster.exchange.cells import APOSTROPHE, STARTERS, escaped
from roster.exchange.sheets import BATCH

_NULL = "roster has no cell that is null"
"""A cell of that text gets quotation marks that it does not need; no cell is NULL."""
_CELL = re.compile('(^|[,\n])("(?:[^"]|"")*"|[^,\n]*)')
# A cell that begins with a line break stands between quotation marks.
_STARTER = re.escape(STARTERS.replace("\r", "").replace("\n", ""))
_WANTS_ESCAPE = f'(?:"?{APOSTROPHE}*[{_STARTER}]|"{APOSTROPHE}*[\r\n])'
# Two searches that begin with one character each take a third of the time of one for either.
_MAY_WANT_ESCAPE = re.compile("," + _WANTS_ESCAPE), re.compile("\n" + _WANTS_ESCAPE)


def copied_csv(rows: models.QuerySet[Any]) -> Iterator[tuple[str, int]]:
    """The cells that the query asks for as CSV, in pieces, each with the number of its rows.

    The connection takes no other statement until the last piece is taken.
    """
    sql, values = rows.query.sql_with_params()
    statement = f"COPY ({sql}) TO STDOUT (FORMAT csv, NULL '{_NULL}')"
    # The driver's own cursor: Django's for debugging takes no values for a copy.
    with connection.cursor() as cursor, cursor.cursor.copy(statement, values) as copy:
        lines = iter(copy)  # libpq hands them out one row at a time
        while some := list(islice(lines, BATCH)):
            yield escaped_csv(b"".join(some).decode()), len(some)


def escaped_csv(text: str) -> str:
    """Whole lines of CSV with each cell `escaped`."""
    if any(pattern.search("\n" + text) for pattern in _MAY_WANT_ESCAPE):
        return _CELL.sub(_escaped_cell, text)
    return text


def _escaped_cell(found: re.Match[str]) -> str:
    before, cell = found.groups()
    if cell.startswith('"'):
        return f'{before}"{escaped(cell[1:])}'
    return before + escaped(cell)

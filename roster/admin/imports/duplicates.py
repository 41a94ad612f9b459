"""Possible duplicates as the screen shows them: a new official, and whose name is nearly that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roster.admin.display import Cell, page_url
from roster.admin.imports.shown import excerpt, fitting
from roster.exchange.plans import NearName, PossibleDuplicate
from roster.models import Official

SOMEBODY = "an official who is here"
"""Stands for a name that this user may not view."""


@dataclass(frozen=True)
class ShownDuplicate:
    """A new row of the file, and officials whose name is nearly its own, those here by a link."""

    line: int
    name: str
    ref: str
    near: tuple[Cell, ...]
    has_more: bool


def shown_duplicates(rows: Sequence[PossibleDuplicate], *, may_view: bool) -> list[ShownDuplicate]:
    """The possible duplicates with no longer names than a page bears."""
    return fitting(
        lambda longest: [
            ShownDuplicate(
                row.line,
                excerpt(row.name, longest),
                row.ref,
                tuple(_cell(one, longest, may_view=may_view) for one in row.near),
                row.has_more,
            )
            for row in rows
        ]
    )


def _cell(one: NearName, longest: int, *, may_view: bool) -> Cell:
    if one.key is None:
        return Cell(f"{excerpt(one.name, longest)}, on line {one.line}")
    if not may_view:
        return Cell(SOMEBODY)
    text = f"{excerpt(one.name, longest)} ({one.ref})"
    return Cell(text, page_url(Official, "change", one.key))

"""What one section of the desk shows: numbers that lead to lists, and the first rows of them."""

from __future__ import annotations

from dataclasses import dataclass

from roster.admin.desk.lines import Line
from roster.admin.display import Cell


@dataclass(frozen=True)
class Number:
    """How many rows the list has at the address; `is_more` where there are more than these."""

    label: str
    count: int
    url: str
    is_more: bool = False


@dataclass(frozen=True)
class ShownSection:
    """A section; `nothing` is what it says when there is nothing in it."""

    key: str
    title: str
    sentence: str
    nothing: str
    numbers: tuple[Number, ...]
    lines: tuple[Line, ...]
    more: Cell | None = None
    """A page that tells more of it."""

    @property
    def is_empty(self) -> bool:
        return not any(number.count for number in self.numbers)

"""The rows of a worksheet, as its XML tells them: each cell with its text or what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, NoReturn

from roster.exchange.reading import Limits
from roster.exchange.sheets import MAX_ERRORS
from roster.exchange.workbooks.package import Attributes, Handler, WorkbookRefused
from roster.exchange.workbooks.texts import Said, SharedTexts, decoded
from roster.exchange.workbooks.values import CellRefused, Formats, iso_day
from roster.text.characters import quoted

_LINE_BREAK = re.compile(r"\r\n?")
_PLACE = re.compile("([A-Z]{1,3})([0-9]{1,7})")


@dataclass(slots=True)
class Cell:
    """A cell that says something; `refusal` is the sentence where its text is not certain."""

    column: int
    """Counted from 0."""
    text: str
    refusal: str = ""


@dataclass(slots=True)
class Row:
    """A row by its number in the worksheet, the first being 1; its empty cells left out."""

    number: int
    cells: list[Cell]


class _Told(NamedTuple):
    """A cell as the XML has it."""

    column: int
    kind: str
    style: int
    said: str
    has_formula: bool


def column_letters(column: int) -> str:
    """What a spreadsheet calls the column of this number, counted from 0."""
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters = chr(ord("A") + letter) + letters
        column -= 1
    return letters


@lru_cache(maxsize=1_000)
def column_number(letters: str) -> int:
    """The number, counted from 0, of the column that a spreadsheet calls so."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


class Worksheet:
    """Collects the rows of a worksheet, as a handler of its XML, until they are taken.

    Of a row, one cell at most is kept beyond the limit on columns. Texts that cells share are
    looked up as rows are taken: a piece of XML may name more of them than memory should hold.
    """

    def __init__(self, shared: SharedTexts, formats: Formats, limits: Limits) -> None:
        self.merged: list[str] = []
        self._shared, self._formats, self._limits = shared, formats, limits
        self._rows: list[tuple[int, list[_Told]]] = []
        self._number = 0
        self._cells: list[_Told] = []
        self._column = -1
        self._attributes: Attributes = {}
        self._has_formula = False
        self._said = Said(longest=limits.cell_characters)
        self.handler = Handler(
            {
                "row": self._begin_row,
                "c": self._begin_cell,
                "f": self._note_formula,
                "mergeCell": self._note_merged,
                **self._said.starts,
            },
            {"row": self._end_row, "c": self._end_cell, **self._said.ends},
            self._said.add,
        )

    def take(self) -> Iterator[Row]:
        """The rows so far that say anything; they are not kept."""
        rows, self._rows = self._rows, []
        for number, told in rows:
            cells = [self._cell(number, each) for each in told]
            if saying := [cell for cell in cells if cell.text or cell.refusal]:
                yield Row(number, saying)

    def _begin_row(self, attributes: Attributes) -> None:
        before = self._number
        self._number = int(attributes.get("r") or before + 1)
        self._cells, self._column = [], -1
        if self._number <= before:
            self._refuse_order()

    def _end_row(self) -> None:
        if self._cells:
            self._rows.append((self._number, self._cells))

    def _begin_cell(self, attributes: Attributes) -> None:
        self._said.clear()
        self._attributes, self._has_formula = attributes, False
        place = _PLACE.fullmatch(attributes.get("r", ""))
        self._column = column_number(place[1]) if place else self._column + 1

    def _end_cell(self) -> None:
        if not self._said and not self._has_formula:
            return
        last = self._cells[-1].column if self._cells else -1
        if self._column <= last:
            self._refuse_order()
        if last < self._limits.columns:
            kind, style = self._attributes.get("t", "n"), int(self._attributes.get("s", "0"))
            said = str(self._said)
            self._cells.append(_Told(self._column, kind, style, said, self._has_formula))

    def _note_formula(self, _: Attributes) -> None:
        self._has_formula = True

    def _note_merged(self, attributes: Attributes) -> None:
        if len(self.merged) < MAX_ERRORS:
            self.merged.append(quoted(attributes.get("ref", "")))

    def _refuse_order(self) -> NoReturn:
        raise WorkbookRefused(
            f"Row {self._number} of a sheet has its cells out of order: save the workbook anew."
        )

    def _cell(self, row: int, told: _Told) -> Cell:
        try:
            text = self._text(told)
        except CellRefused as refusal:
            place = f"{column_letters(told.column)}{row}"
            return Cell(told.column, told.said, f"The cell {place}: {refusal}")
        # As in a CSV file, whichever line ends the spreadsheet program has.
        return Cell(told.column, _LINE_BREAK.sub("\n", text) if "\r" in text else text)

    def _text(self, told: _Told) -> str:
        """What the cell shows."""
        if told.has_formula:
            raise CellRefused(
                "it holds a formula, which is not computed here: copy the cells and paste them as "
                "values."
            )
        match told.kind:
            case "s":
                return self._shared.text(told.said)
            case "inlineStr" | "str":
                return decoded(told.said)
            case "b":
                return {"1": "TRUE", "0": "FALSE"}.get(told.said, told.said)
            case "d":
                return iso_day(told.said)
            case "e":
                raise CellRefused(
                    f"it holds the error {quoted(told.said)}: give a text, or leave it empty."
                )
            case _:
                return self._formats.number(told.said, told.style)

"""The rows of a worksheet, as its XML tells them: each cell with its text or what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn

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
    cells: list[Cell] = field(default_factory=list)


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
    """Collects the rows of a worksheet; its reader takes them out of `rows` as they come."""

    def __init__(self, shared: SharedTexts, formats: Formats, *, longest: int) -> None:
        self.rows: list[Row] = []
        self.merged: list[str] = []
        self._shared, self._formats = shared, formats
        self._row = Row(0)
        self._column = -1
        self._attributes: Attributes = {}
        self._has_formula = False
        self._said = Said(longest=longest)
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

    def _begin_row(self, attributes: Attributes) -> None:
        before = self._row.number
        self._row = Row(int(attributes.get("r") or before + 1))
        self._column = -1
        if self._row.number <= before:
            self._refuse_order()

    def _end_row(self) -> None:
        if self._row.cells:
            self.rows.append(self._row)

    def _begin_cell(self, attributes: Attributes) -> None:
        self._said.clear()
        self._attributes, self._has_formula = attributes, False
        place = _PLACE.fullmatch(attributes.get("r", ""))
        self._column = column_number(place[1]) if place else self._column + 1

    def _note_formula(self, _: Attributes) -> None:
        self._has_formula = True

    def _note_merged(self, attributes: Attributes) -> None:
        if len(self.merged) < MAX_ERRORS:
            self.merged.append(attributes.get("ref", ""))

    def _end_cell(self) -> None:
        if not self._said and not self._has_formula:
            return
        if self._row.cells and self._column <= self._row.cells[-1].column:
            self._refuse_order()
        said = str(self._said)
        try:
            text = self._text_of(said)
        except CellRefused as refusal:
            place = f"{column_letters(self._column)}{self._row.number}"
            self._row.cells.append(Cell(self._column, said, f"The cell {place}: {refusal}"))
            return
        # As in a CSV file, whichever line ends the spreadsheet program has.
        plain = _LINE_BREAK.sub("\n", text) if "\r" in text else text
        self._row.cells.append(Cell(self._column, plain))

    def _refuse_order(self) -> NoReturn:
        raise WorkbookRefused(
            f"Row {self._row.number} of a sheet has its cells out of order: save the workbook anew."
        )

    def _text_of(self, said: str) -> str:
        """What the cell shows."""
        if self._has_formula:
            raise CellRefused(
                "it holds a formula, which is not computed here: copy the cells and paste them as "
                "values."
            )
        match self._attributes.get("t", "n"):
            case "s":
                text = self._shared.text(int(said))
                if text is None:
                    raise CellRefused(
                        f"the workbook has no text {quoted(said)}: write the text again."
                    )
                return text
            case "inlineStr" | "str":
                return decoded(said)
            case "b":
                return {"1": "TRUE", "0": "FALSE"}.get(said, said)
            case "d":
                return iso_day(said)
            case "e":
                raise CellRefused(
                    f"it holds the error {quoted(said)}: give a text, or leave it empty."
                )
            case _:
                style = int(self._attributes.get("s", "0"))
                return self._formats.number(said, style)

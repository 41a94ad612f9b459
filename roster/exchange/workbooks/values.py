"""Values of cells as the text that the analyst sees, where that is certain."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, auto

from roster.exchange.workbooks.package import Attributes, Handler
from roster.text.characters import quoted

MAX_DIGITS = 11
"""Digits of a whole number that every spreadsheet shows in full."""
_AS_TEXT = "format the cell as text and write"

# Beyond the codes of these numbers (ECMA-376, part 1, 18.8.30) what is shown depends on the place.
_BUILT_IN = {0: "General", 1: "0", 14: "m/d/yyyy", 15: "d-mmm-yy", 49: "@"}
_FIRST_CERTAIN_DAY = date(1900, 3, 1)
_NOT_SHOWN_AS_IT_IS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


class Shown(Enum):
    """How a cell's format shows a number."""

    PLAINLY = auto()
    AS_DAY = auto()
    OTHERWISE = auto()


class CellRefused(ValueError):
    """A cell whose text is not certain; the message says what would be accepted."""


def shown_by(code: str) -> Shown:
    """How a format with this code shows a number; `General`, `0` and `@` show it plainly."""
    if code.casefold() in ("general", "0", "@"):
        return Shown.PLAINLY
    first_section = _NOT_SHOWN_AS_IT_IS.sub("", code).split(";")[0].casefold()
    letters = set(re.findall("[a-z]", first_section))
    return Shown.AS_DAY if letters == set("ymd") else Shown.OTHERWISE


class Formats:
    """The formats of a workbook's cells, by style numbers; `handler` reads them from its part.

    With `epoch_1904` days count from 1904, as on an early Macintosh.
    """

    def __init__(self, *, epoch_1904: bool = False) -> None:
        self._epoch_1904 = epoch_1904
        self._by_style: list[Shown] = []
        self._codes = dict(_BUILT_IN)
        self._is_of_cells = False
        self.handler = Handler(
            {"numFmt": self._add_code, "cellXfs": self._begin_cells, "xf": self._add_style},
            {"cellXfs": self._end_cells},
        )

    def _add_code(self, attributes: Attributes) -> None:
        self._codes[int(attributes["numFmtId"])] = attributes["formatCode"]

    def _begin_cells(self, _: Attributes) -> None:
        self._is_of_cells = True

    def _end_cells(self) -> None:
        self._is_of_cells = False

    def _add_style(self, attributes: Attributes) -> None:
        if self._is_of_cells:
            code = self._codes.get(int(attributes.get("numFmtId", "0")), "?")
            self._by_style.append(shown_by(code))

    def number(self, said: str, style: int) -> str:
        """A number as the cell of this style shows it: a whole number or an ISO day."""
        shown = self._by_style[style] if 0 <= style < len(self._by_style) else Shown.PLAINLY
        try:
            value = Decimal(said)
            is_whole = abs(value) < 10**MAX_DIGITS and value == value.to_integral_value()
        except ArithmeticError as error:
            raise CellRefused(f"{quoted(said)} is no number: {_AS_TEXT} what it says.") from error
        if shown is Shown.PLAINLY and is_whole:
            return str(int(value))
        if shown is Shown.AS_DAY and is_whole and (day := self._day(int(value))):
            return day.isoformat()
        if shown is Shown.AS_DAY:
            raise CellRefused(
                f"{quoted(said)} is no whole day from 1 March 1900 to 9999: {_AS_TEXT} the date, "
                "such as 2024-07-18."
            )
        raise CellRefused(
            f"{quoted(said)} is a number that the cell may show in another way, as part of a date, "
            f"with decimals or a sign: {_AS_TEXT} what it should say, such as 8 or 2024-07."
        )

    def _day(self, serial: int) -> date | None:
        # Day 60 of 1900 never was; what lies before it differs from program to program.
        begin = date(1904, 1, 1) if self._epoch_1904 else date(1899, 12, 30)
        try:
            day = begin + timedelta(days=serial)
        except OverflowError:
            return None
        return day if day >= (begin if self._epoch_1904 else _FIRST_CERTAIN_DAY) else None


_ISO_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T00:00:00(\.0+)?Z?)?")


def iso_day(said: str) -> str:
    """The day that a cell says in ISO's notation; a time of day is refused."""
    if found := _ISO_DAY.fullmatch(said):
        return found[1]
    raise CellRefused(f"{quoted(said)} is no day: {_AS_TEXT} the date, such as 2024-07-18.")

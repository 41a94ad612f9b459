"""The scale: which days a picture shows, in columns of equal width, and where each day lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Self

from roster.periods import Days

LEAST_LABELLED = 44
"""Units between the labels of two years at least."""
MOST_RULED = 60
"""Columns that each have their line; of more, those that are labelled."""
_MOST_FITTED = 24
"""Columns to which the finest zoom is fitted that needs no more."""
_FINEST_FIRST = ("month", "quarter", "year")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Zoom(StrEnum):
    """What one column holds."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"

    @property
    def months(self) -> int:
        return {Zoom.YEAR: 12, Zoom.QUARTER: 3, Zoom.MONTH: 1}[self]

    @property
    def columns(self) -> int:
        """How many columns a window has: ten years, three years or one."""
        return 10 if self is Zoom.YEAR else 12

    @property
    def step(self) -> int:
        """By how many columns one goes earlier or later: less than a window, to keep in sight."""
        return {Zoom.YEAR: 5, Zoom.QUARTER: 4, Zoom.MONTH: 6}[self]

    def column_of(self, day: date) -> int:
        """The number of the column that holds a day, counted from the year 0."""
        return (day.year * 12 + day.month - 1) // self.months

    def first_day(self, column: int) -> date:
        year, month = divmod(column * self.months, 12)
        return date(year, month + 1, 1)

    @property
    def first_column(self) -> int:
        """The first of the calendar."""
        return self.column_of(date.min)

    @property
    def last_column(self) -> int:
        return self.column_of(date.max)


@dataclass(frozen=True)
class Tick:
    """A column: where it begins, whether a line is drawn there, and its labels or none.

    `year` is told over the first column and where a year begins, if columns are shorter.
    """

    x: int
    width: int
    is_ruled: bool
    label: str
    year: str


@dataclass(frozen=True)
class Scale:
    """`columns` columns from number `first` on, drawn from `left` over `width` units."""

    zoom: Zoom
    first: int
    columns: int
    left: int
    width: int

    @classmethod
    def from_day(cls, zoom: Zoom, day: date, *, left: int, width: int) -> Self:
        """A window that begins with the column of the day, or as near as the calendar allows."""
        latest = zoom.last_column - zoom.columns + 1
        return cls(zoom, min(zoom.column_of(day), latest), zoom.columns, left, width)

    @classmethod
    def fitted(cls, days: Days, *, left: int, width: int) -> Self:
        """All these days with a column of room on each side, as far as the calendar goes."""
        for zoom in map(Zoom, _FINEST_FIRST):
            first = max(zoom.column_of(days.first) - 1, zoom.first_column)
            last = min(zoom.column_of(days.last) + 1, zoom.last_column)
            if last - first < _MOST_FITTED:
                break
        return cls(zoom, first, last - first + 1, left, width)

    @cached_property
    def window(self) -> Days:
        begin, end = self._begins[0], self._begins[-1]
        return Days(date.fromordinal(begin), date.fromordinal(end - 1))

    @property
    def right(self) -> int:
        return self.left + self.width

    def x(self, day: date) -> int:
        """Where a day of the window begins."""
        return self._at(day, 0)

    def x_after(self, day: date) -> int:
        """Where a day of the window ends."""
        return self._at(day, 1)

    def middle(self, day: date) -> int:
        return (self.x(day) + self.x_after(day)) // 2

    def moved(self, columns: int) -> date | None:
        """The first day of the window that begins so many columns later; None beyond the years."""
        column = self.first + columns
        within = self.zoom.first_column <= column <= self.zoom.last_column - self.columns + 1
        return self.zoom.first_day(column) if within else None

    def ticks(self) -> list[Tick]:
        return list(self._ticks())

    def _ticks(self) -> Iterator[Tick]:
        every = _years_between_labels(self.columns, self.width)
        rules_all = self.columns <= MOST_RULED
        for column in range(self.columns):
            year, month = divmod((self.first + column) * self.zoom.months, 12)
            x = self.left + self.width * column // self.columns
            width = self.left + self.width * (column + 1) // self.columns - x
            if self.zoom is Zoom.YEAR:
                labelled = year % every == 0
                yield Tick(x, width, rules_all or labelled, str(year) if labelled else "", "")
            else:
                quarters = self.zoom is Zoom.QUARTER
                label = f"Q{month // 3 + 1}" if quarters else _MONTHS[month]
                told = str(year) if month == 0 or (column == 0 and month < 10) else ""
                yield Tick(x, width, is_ruled=True, label=label, year=told)

    @cached_property
    def _begins(self) -> tuple[int, ...]:
        """On which day each column begins, and the one after the last, in numbers."""
        numbers = range(self.first, self.first + self.columns)
        begins = [self.zoom.first_day(number).toordinal() for number in numbers]
        after = self.first + self.columns
        if after > self.zoom.last_column:  # there is no day after the last one of the calendar
            return (*begins, date.max.toordinal() + 1)
        return (*begins, self.zoom.first_day(after).toordinal())

    def _at(self, day: date, days_later: int) -> int:
        column = self.zoom.column_of(day) - self.first
        begins, ends = self._begins[column], self._begins[column + 1]
        length, passed = ends - begins, day.toordinal() + days_later - begins
        return self.left + self.width * (column * length + passed) // (self.columns * length)


def _years_between_labels(columns: int, width: int) -> int:
    """1, 2, 5, 10, 20, 50 … so that labels do not run into one another."""
    every = 1
    while width * every < LEAST_LABELLED * columns:
        every = every * 5 // 2 if str(every).startswith("2") else every * 2
    return every

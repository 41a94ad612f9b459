"""Partial dates: what a source says about a day, kept as typed, with its earliest and latest day.

The notation is EDTF's (ISO 8601-2) with the meaning of docs/dates.md. Pure Python: it knows
neither Django nor any clock.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import Self

UNKNOWN = ""
OPEN_END = ".."
ACCEPTED_FORMS = (
    "2020, 2020-07 or 2020-07-18; 2020~ (about); ../2024-07-18 (on or before); "
    "2024-07-18/.. (on or after); 2020/2021-03 (between the two); a date after one of the words "
    "by, until, before, since, from, after, about; or unknown"
)

_ATOM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_WORD_AND_DATE = re.compile(
    r"(?:(?P<word>by|until|before|since|from|after|about|circa|c\.)\s+|(?P<short>c\.))(?P<date>\S+)",
    re.ASCII | re.IGNORECASE,
)
_ONE_DAY = timedelta(days=1)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SHOWN_CHARACTERS = 60


class _Unit(Enum):
    """How precise a date is."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True)
class _Atom:
    """One year, month or day, without a word about it."""

    unit: _Unit
    first: date
    last: date

    @classmethod
    def holding(cls, day: date, unit: _Unit) -> Self:
        """The year, the month or the day in which `day` lies."""
        match unit:
            case _Unit.YEAR:
                return cls(unit, date(day.year, 1, 1), date(day.year, 12, 31))
            case _Unit.MONTH:
                days = monthrange(day.year, day.month)[1]
                return cls(unit, day.replace(day=1), day.replace(day=days))
            case _:
                return cls(unit, day, day)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The date that `text` writes; ValueError when it writes none, or none of the calendar."""
        if not (written := _ATOM.fullmatch(text)):
            raise ValueError(text)
        year, month, day = written.groups()
        unit = _Unit.DAY if day else _Unit.MONTH if month else _Unit.YEAR
        return cls.holding(date(int(year), int(month or 1), int(day or 1)), unit)

    def about(self) -> tuple[date, date]:
        """The first and the last day of one unit more on each side, as far as days go."""
        earliest, latest = date.min, date.max
        if self.first > date.min:
            earliest = self.holding(self.first - _ONE_DAY, self.unit).first
        if self.last < date.max:
            latest = self.holding(self.last + _ONE_DAY, self.unit).last
        return earliest, latest

    @property
    def preposition(self) -> str:
        return "on" if self.unit is _Unit.DAY else "in"

    def __str__(self) -> str:
        year, month = str(self.first.year), _MONTHS[self.first.month - 1]
        match self.unit:
            case _Unit.YEAR:
                return year
            case _Unit.MONTH:
                return f"{month} {year}"
            case _:
                return f"{self.first.day} {month} {year}"


@dataclass(frozen=True)
class PartialDate:
    """A day as far as it is known, in the notation of docs/dates.md.

    `earliest` and `latest` are the first and the last day that it may be, both included. Raises
    ValueError, with a sentence, for any other text, the words that `parse` takes included.
    """

    text: str
    earliest: date = field(init=False, compare=False)
    latest: date = field(init=False, compare=False)

    def __post_init__(self) -> None:
        try:
            earliest, latest, _ = _meaning(self.text)
        except ValueError as reason:
            raise _refusal(self.text) from reason
        object.__setattr__(self, "earliest", earliest)
        object.__setattr__(self, "latest", latest)

    def __str__(self) -> str:
        return self.text

    def describe(self) -> str:
        """The date in English, such as “on or before 18 July 2024”."""
        return _meaning(self.text)[2]


def parse(text: str, *, open_end: bool = False) -> PartialDate:
    """The partial date that an analyst typed, in notation or in words such as `before 2020`.

    Case and outer white space do not matter. Only with `open_end` is `..` (no end foreseen) taken.
    Raises ValueError with a sentence that lists the accepted forms.
    """
    typed = text.strip()
    try:
        notation = _notation(typed)
        if notation == OPEN_END and not open_end:
            raise ValueError(notation)
        return PartialDate(notation)
    except ValueError as reason:
        raise _refusal(typed, open_end=open_end) from reason


def _meaning(text: str) -> tuple[date, date, str]:
    """The earliest and the latest day, and the English, of notation; ValueError for other texts."""
    match text.split("/"):
        case [""]:
            meaning = date.min, date.max, "unknown"
        case [".."]:
            meaning = date.max, date.max, "open: no end foreseen"
        case [about] if about.endswith("~"):
            atom = _Atom.from_text(about[:-1])
            meaning = *atom.about(), f"about {atom}"
        case [exact]:
            atom = _Atom.from_text(exact)
            meaning = atom.first, atom.last, str(atom)
        case ["..", limit]:
            atom = _Atom.from_text(limit)
            meaning = date.min, atom.last, f"{atom.preposition} or before {atom}"
        case [limit, ".."]:
            atom = _Atom.from_text(limit)
            meaning = atom.first, date.max, f"{atom.preposition} or after {atom}"
        case [first, second]:
            atom, later = _Atom.from_text(first), _Atom.from_text(second)
            if atom.last >= later.first:
                raise ValueError(text)
            meaning = atom.first, later.last, f"between {atom} and {later}"
        case _:
            raise ValueError(text)
    return meaning


def _notation(typed: str) -> str:
    """`typed` with its words turned into notation; not checked where it has none."""
    if typed.lower() == "unknown":
        return UNKNOWN
    if not (said := _WORD_AND_DATE.fullmatch(typed)):
        return typed
    written = said["date"]
    atom = _Atom.from_text(written)
    match (said["word"] or said["short"]).lower():
        case "by" | "until":
            notation = f"../{written}"
        case "since" | "from":
            notation = f"{written}/.."
        case "before" if atom.first > date.min:
            notation = f"../{atom.first - _ONE_DAY}"
        case "after" if atom.last < date.max:
            notation = f"{atom.last + _ONE_DAY}/.."
        case "about" | "circa" | "c.":
            notation = f"{written}~"
        case _:
            raise ValueError(typed)
    return notation


def _refusal(text: str, *, open_end: bool = True) -> ValueError:
    visible = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
    shown = visible if len(text) <= _SHOWN_CHARACTERS else f"{visible[:_SHOWN_CHARACTERS]}…"
    forms = f"{ACCEPTED_FORMS}; or .. (open, no end foreseen)" if open_end else ACCEPTED_FORMS
    return ValueError(f"“{shown}” is not a date that can be read; accepted are {forms}.")

"""Mappings: files that were made elsewhere, how each column of ours is made of columns of theirs.

Declared, never computed: renames, joins, lists, refs, fixed values, tables of values, and what is
ignored. Knows sheets and texts; no file and no table of the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from operator import itemgetter

from roster.exchange.reading.records import printable
from roster.exchange.report import CellError
from roster.exchange.sheets import Batch, Errors, Sheet
from roster.text.characters import quoted
from roster.text.lists import join_list
from roster.text.refs import made_ref

MOST_NAMED = 8
"""Values of a table that a message names."""


class Making(StrEnum):
    """What cells of theirs become: a text as it stands, a list of ours, or a ref."""

    TEXT = "text"
    LIST = "list"
    REF = "ref"


@dataclass(frozen=True)
class Made:
    """A column of ours that is made of one or several of theirs.

    Blank cells are left out of a join and of a list, and a list has each item once. Of a ref each
    cell is a part, as it stands where it is a ref already; a row whose cells are all blank has
    none. A blank cell stays blank unless the table of values says otherwise.
    """

    sources: tuple[str, ...]
    making: Making = Making.TEXT
    join: str = ""
    """What stands between the texts of several columns."""
    trims: bool = False
    """Whether white space at the edges of a cell goes before anything else happens."""
    values: dict[str, str] = field(default_factory=dict)
    """What the cells of a single column say in ours."""
    keeps_others: bool = False
    """Whether a value that the table has not stays as it is; else it is refused."""


@dataclass(frozen=True)
class Fixed:
    """A column of ours that says the same in every row."""

    value: str


@dataclass(frozen=True)
class Mapping:
    """How the rows of a foreign file become rows of one of ours.

    Every column of theirs is in use or ignored by name: none is dropped silently.
    """

    stem: str
    """The file stem of the model that the rows are for."""
    columns: dict[str, Made | Fixed]
    """By column of ours, in the order of the sheet that comes out."""
    ignored: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[str, ...]:
        """The columns of theirs that are made into ours, each once."""
        made = (each for each in self.columns.values() if isinstance(each, Made))
        return tuple(dict.fromkeys(source for each in made for source in each.sources))

    def applied(self, sheet: Sheet) -> Sheet:
        """The sheet with our columns in place of theirs, read as its batches are taken.

        Where the header does not fit it has no table. A row with a refused cell is left out of
        its batch; the error names line, cell and the column of theirs.
        """
        if not sheet.header:
            return sheet
        misfits = list(self.misfits(sheet.header))
        for error in misfits:
            sheet.errors.add(error)
        if misfits:
            return replace(sheet, header=[], batches=iter(()))
        mapped = replace(sheet, header=list(self.columns), batches=iter(()))
        mapped.batches = self._batches(sheet, mapped)
        return mapped

    def misfits(self, header: Sequence[str]) -> Iterator[CellError]:
        """What is wrong with a header of theirs; an ignored column may be there or not."""
        used = self.used
        named = {*used, *self.ignored}
        counts = Counter(header)
        lacking = [name for name in used if name not in counts]
        for name, count in counts.items():
            if name not in named:
                yield CellError(
                    1,
                    printable(name) or None,
                    f"The mapping does not say what becomes of the column {quoted(name)}."
                    f"{nearest(name, lacking or used)} Map it, or ignore it by name.",
                )
            elif count > 1 and name in used:
                yield CellError(
                    1,
                    printable(name) or None,
                    f"The column {quoted(name)} is there {count} times, so that the mapping cannot "
                    "tell which is meant: leave it once.",
                )
        strange = [name for name in counts if name not in named]
        for name in lacking:
            yield CellError(
                1,
                printable(name) or None,
                f"The file has no column {quoted(name)}, which the mapping uses."
                f"{nearest(name, strange or list(counts))} Its columns are: "
                f"{', '.join(map(quoted, counts))}.",
            )

    def _batches(self, sheet: Sheet, mapped: Sheet) -> Iterator[Batch]:
        places = {name: sheet.header.index(name) for name in self.used}
        for batch in sheet.batches:
            theirs = {name: list(map(itemgetter(at), batch.rows)) for name, at in places.items()}
            refusals = _Refusals(batch.lines, sheet.errors)
            columns = [
                [made.value] * len(batch.rows)
                if isinstance(made, Fixed)
                else _cells(made, theirs, refusals, is_key=column == "ref")
                for column, made in self.columns.items()
            ]
            rows = list(map(list, zip(*columns, strict=True)))
            lines = batch.lines
            if refusals.rows:
                kept = [place for place in range(len(rows)) if place not in refusals.rows]
                lines, rows = [lines[place] for place in kept], [rows[place] for place in kept]
            mapped.row_count, mapped.fraction = sheet.row_count, sheet.fraction
            yield Batch(lines, rows)
        mapped.row_count, mapped.fraction = sheet.row_count, sheet.fraction


@dataclass
class _Refusals:
    """The rows of a batch that have a refused cell, by their place in it."""

    lines: list[int]
    errors: Errors
    rows: set[int] = field(default_factory=set)

    def add(self, row: int, source: str, cell: str, sentence: str) -> None:
        column, value = printable(source), printable(cell)
        self.errors.add(CellError(self.lines[row], column or None, sentence, value))
        self.rows.add(row)


def _cells(
    made: Made, theirs: dict[str, list[str]], refusals: _Refusals, *, is_key: bool
) -> Sequence[str]:
    """One column of ours, of the rows of a batch."""
    parts = [theirs[source] for source in made.sources]
    if made.trims:
        parts = [list(map(str.strip, part)) for part in parts]
    if made.values:
        parts = [_told(made, part, refusals) for part in parts]
    if made.making == Making.LIST:
        return [
            join_list(dict.fromkeys(filter(str.strip, cells))) for cells in zip(*parts, strict=True)
        ]
    if made.making == Making.REF:
        return _refs(made, parts, refusals, is_key=is_key)
    if len(parts) == 1:
        return parts[0]
    return [made.join.join(filter(str.strip, cells)) for cells in zip(*parts, strict=True)]


def _told(made: Made, cells: list[str], refusals: _Refusals) -> list[str]:
    """The cells in our words."""
    if made.keeps_others:
        return [made.values.get(cell, cell) for cell in cells]
    table = {"": "", **made.values}
    told = [table.get(cell) for cell in cells]
    for row, ours in enumerate(told):
        if ours is None:
            listed = list(made.values)
            more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
            refusals.add(
                row,
                made.sources[0],
                cells[row],
                f"{quoted(cells[row])} is not in the mapping's table of values."
                f"{nearest(cells[row], listed)} The table has "
                f"{', '.join(map(quoted, listed[:MOST_NAMED]))}{more}.",
            )
    return [ours or "" for ours in told]


def _refs(made: Made, parts: list[list[str]], refusals: _Refusals, *, is_key: bool) -> list[str]:
    """A ref for each row; as a key it may not be blank, or each import would make a new row."""
    refs = []
    for row, cells in enumerate(zip(*parts, strict=True)):
        refs.append("")
        blank = [place for place, cell in enumerate(cells) if not cell.strip()]
        if blank and (is_key or len(blank) < len(cells)):
            source = made.sources[blank[0]]
            refusals.add(
                row,
                source,
                cells[blank[0]],
                f"No ref can be made while {quoted(source)} is blank: give a value.",
            )
        elif not blank:
            try:
                refs[-1] = made_ref(*cells)
            except ValueError as refusal:
                refusals.add(row, made.sources[0], cells[0], str(refusal))
    return refs


def nearest(name: str, among: Iterable[str]) -> str:
    """A hint, with a space before it, where something of these is called nearly so."""
    near = get_close_matches(name, list(among), n=1)
    return f" Did you mean {quoted(near[0])}?" if near else ""

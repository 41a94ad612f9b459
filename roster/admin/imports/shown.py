"""What is planned as the screen shows it: texts cut to where they differ, the difference marked.

However long the cells of a file are, a page of them has room for so much: the more there is of
them, the less is shown of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TypeVar

from django.utils.html import escape

from roster.exchange.plans import CellChange, PlannedRow
from roster.exchange.report import CellError
from roster.provenance.wording import Stretch, side_by_side

LENGTHS = (300, 100, 40, 15)
"""Characters that are shown of a text, as far as all of them have room."""
MOST_BYTES = 120_000
"""What all texts of a page together may have, written as HTML."""
LONGEST_MESSAGE = 600
"""Characters that are shown of what is said of an error."""
_IN_COMMON, _FEWEST = 0.3, 3
"""The share and the characters of two texts that must be the same for the rest to be marked."""
_BEFORE = 40
"""Characters that are shown before the first difference of two long texts."""

Shown = TypeVar("Shown")


@dataclass(frozen=True)
class ShownText:
    """A text in stretches that are in another one as well or not, and how much it is cut."""

    stretches: tuple[Stretch, ...] = ()
    note: str = ""

    @property
    def text(self) -> str:
        return "".join(stretch.text for stretch in self.stretches) + self.note


@dataclass(frozen=True)
class ShownCell:
    """What a row would say otherwise in one column."""

    column: str
    old: ShownText
    new: ShownText


@dataclass(frozen=True)
class ShownRow:
    """A row of the file as far as a page shows it."""

    row: PlannedRow
    label: str
    cells: tuple[ShownCell, ...] = ()
    errors: tuple[CellError, ...] = ()


def shown_rows(rows: Sequence[PlannedRow], errors: Iterable[CellError] = ()) -> list[ShownRow]:
    """The rows, each with its errors; with no more text than a page bears."""
    of_line: dict[int | None, list[CellError]] = {row.line: [] for row in rows}
    for error in errors:
        if error.line in of_line:
            of_line[error.line].append(error)
    return fitting(
        lambda longest: [
            ShownRow(
                row,
                excerpt(row.label, longest),
                tuple(shown_cell(cell, longest) for cell in row.cells) if row.is_sound else (),
                tuple(_shown_error(error, 2 * longest) for error in of_line[row.line]),
            )
            for row in rows
        ]
    )


def shown_errors(errors: Sequence[CellError]) -> list[CellError]:
    """The errors with no longer texts than a page bears."""
    return fitting(lambda longest: [_shown_error(error, 2 * longest) for error in errors])


def shown_cell(cell: CellChange, longest: int) -> ShownCell:
    """Old and new value, as much of them as is shown."""
    (old, old_note), (new, new_note) = _cut_alike(cell.old, cell.new, longest)
    old_parts, new_parts = told_apart(old, new)
    return ShownCell(cell.column, ShownText(old_parts, old_note), ShownText(new_parts, new_note))


def excerpts(old: str, new: str) -> tuple[str, str]:
    """Two texts as far as a page shows them, long ones from where they begin to differ."""
    one, other = _cut_alike(old, new, LENGTHS[0])
    return "".join(one), "".join(other)


def told_apart(old: str, new: str) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """Two texts in stretches, word by word or, of single words, letter by letter.

    Where they have little in common, nothing is told apart.
    """
    if " " in old and " " in new:
        ours, theirs = side_by_side(old, new)
    else:
        ours, theirs = _by_letters(old, new)
    common = sum(len(stretch.text) for stretch in ours if not stretch.differs)
    if common < max(_FEWEST, _IN_COMMON * max(len(old), len(new))):
        return _whole(old), _whole(new)
    return tuple(ours), tuple(theirs)


def excerpt(text: str, longest: int) -> str:
    """The beginning of a text, and how long it is where that is not all."""
    return "".join(_cut(text, 0, longest))


def fitting(show: Callable[[int], list[Shown]]) -> list[Shown]:
    """What `show` gives for the greatest of the lengths at which a page has room for it."""
    for longest in LENGTHS[:-1]:
        shown = show(longest)
        if sum(len(escape(text).encode()) for text in _texts(shown)) <= MOST_BYTES:
            return shown
    return show(LENGTHS[-1])


def _shown_error(error: CellError, longest: int) -> CellError:
    return CellError(
        error.line,
        excerpt(error.column, longest) if error.column else error.column,
        excerpt(error.message, min(max(longest, 100), LONGEST_MESSAGE)),
        excerpt(error.value, min(longest, 100)),
    )


def _cut_alike(old: str, new: str, longest: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Both texts cut at the same place, where they begin to differ if that is far on."""
    same = _common(old, new)
    start = max(0, same - _BEFORE) if same > longest // 2 else 0
    return _cut(old, start, longest), _cut(new, start, longest)


def _cut(text: str, start: int, longest: int) -> tuple[str, str]:
    """So much of the text from `start` as is shown, and what is said of the rest."""
    if len(text) <= longest:
        return text, ""
    before = "…" if start else ""
    after = "…" if len(text) > start + longest else ""
    return f"{before}{text[start : start + longest]}{after}", f" ({len(text):,} characters)"


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    shorter = min(len(one), len(other))
    return next((place for place, (a, b) in enumerate(pairs) if a != b), shorter)


def _by_letters(old: str, new: str) -> tuple[list[Stretch], list[Stretch]]:
    first = _common(old, new)
    last = _common(old[first:][::-1], new[first:][::-1])
    return _middle(old, first, last), _middle(new, first, last)


def _middle(text: str, first: int, last: int) -> list[Stretch]:
    """A text of which all but the first and the last characters differs."""
    end = len(text) - last
    parts = Stretch(text[:first]), Stretch(text[first:end], differs=True), Stretch(text[end:])
    return [part for part in parts if part.text]


def _whole(text: str) -> tuple[Stretch, ...]:
    return (Stretch(text),) if text else ()


def _texts(value: object) -> Iterator[str]:
    """All texts in what is shown, the rows of the plan aside."""
    match value:
        case str():
            yield value
        case PlannedRow():
            return
        case list() | tuple():
            for each in value:
                yield from _texts(each)
        case _ if is_dataclass(value):
            yield from _texts([getattr(value, one.name) for one in fields(value)])

r"""Lists in one cell: items separated by `|`; `\|` and `\\` stand for `|` and `\` in an item.

The empty text is the empty list. An item is never empty, so each list has one text and each
accepted text one list.
"""

from __future__ import annotations

from collections.abc import Iterable

SEPARATOR = "|"
ESCAPE = "\\"


def join_list(items: Iterable[str]) -> str:
    """The text of a list; ValueError with a sentence when an item is empty."""
    escaped = [_escape(item) for item in items]
    if "" in escaped:
        raise _empty_item(escaped.index("") + 1)
    return SEPARATOR.join(escaped)


def split_list(text: str) -> tuple[str, ...]:
    """The items that `text` lists, in order; ValueError with a sentence when it is malformed."""
    if not text:
        return ()
    items = [""]
    characters = iter(enumerate(text, start=1))
    for position, character in characters:
        if character == SEPARATOR:
            items.append("")
        elif character == ESCAPE:
            items[-1] += _escaped(next(characters, (0, ""))[1], position)
        else:
            items[-1] += character
    if "" in items:
        raise _empty_item(items.index("") + 1)
    return tuple(items)


def _escape(item: str) -> str:
    return item.replace(ESCAPE, ESCAPE * 2).replace(SEPARATOR, ESCAPE + SEPARATOR)


def _escaped(character: str, position: int) -> str:
    if character in (SEPARATOR, ESCAPE):
        return character
    raise ValueError(
        f"The backslash at character {position} stands alone: write \\\\ for a backslash "
        "and \\| for a vertical bar in an item."
    )


def _empty_item(number: int) -> ValueError:
    return ValueError(
        f"Item {number} of the list is empty: separate items by one vertical bar (|), "
        "with none before the first or after the last."
    )

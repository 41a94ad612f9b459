"""Lanes: what overlaps is put below one another, what does not shares a line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TypeVar

GAP = 8
"""Units between two that share a lane at least."""
CHARACTER = 6
"""Units that a character of a label takes, about; one of East Asia takes twice as many."""
_MOST_CHARACTERS = 80

Placed = TypeVar("Placed")


def in_lanes(extents: Iterable[tuple[int, int, Placed]]) -> list[list[Placed]]:
    """What is to be placed, lane by lane, given the left and the right end of each.

    As few lanes as there can be, each in the first that is free; in a lane from left to right.
    """
    lanes: list[list[Placed]] = []
    in_use: list[tuple[int, int]] = []
    free: list[int] = []
    for left, right, one in sorted(extents, key=lambda extent: extent[:2]):
        while in_use and in_use[0][0] + GAP <= left:
            heappush(free, heappop(in_use)[1])
        if not free:
            heappush(free, len(lanes))
            lanes.append([])
        number = heappop(free)
        lanes[number].append(one)
        heappush(in_use, (right, number))
    return lanes


def label_width(text: str) -> int:
    """About how many units a label takes."""
    if text.isascii():
        return CHARACTER * len(text)
    return sum(
        CHARACTER * (1 + (unicodedata.east_asian_width(character) in "WF")) for character in text
    )


def shortened(text: str, width: int) -> str:
    """The text, or as much of it as takes no more than `width` units, with an ellipsis."""
    kept = text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
    while len(kept) > 1 and label_width(kept) > width:
        kept = f"{kept[:-2].rstrip()}…"
    return kept

"""Characters that are not seen where they stand in a text, told apart so that they can be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from roster.text.characters import HIDDEN, forbidden_character

_UNSEEN = re.compile(
    f"[\\x00-\\x08\\x0b-\\x1f{HIDDEN}"  # what may not be kept
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers
    "\u200b-\u200d\u2060-\u206f\u3164\uffa0"  # zero width, operators, fillers
    "\ufe00-\ufe0f\ufff0-\ufffb"  # variation selectors, annotations
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"  # formats, tags
)
"""What may not be kept and what Unicode calls ignorable; white space is seen by its room."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is seen as it is; or one unseen character, by its `unseen` name.

    An unseen character that may not be kept in a text leaves the text of its piece empty, as it
    may reorder what stands around it.
    """

    text: str
    unseen: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """The text in stretches, its unseen characters each by itself."""
    start = 0
    for found in _UNSEEN.finditer(text):
        if found.start() > start:
            yield Piece(text[start : found.start()])
        yield _unseen(found[0])
        start = found.end()
    if start < len(text):
        yield Piece(text[start:])


def _unseen(character: str) -> Piece:
    if forbidden := forbidden_character(character, multiline=True):
        return Piece("", forbidden.name)
    code = f"U+{ord(character):04X}"
    return Piece(character, f"{code} {unicodedata.name(character, 'without a name')}")

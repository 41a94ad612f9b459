"""Characters that no text of a roster may hold, because they hide or reorder what is read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
HIDDEN = (
    "\u007f-\u009f"  # DEL and the C1 controls
    "\u2028\u2029"  # line and paragraph separator
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\ufeff"  # byte order mark
    "\ud800-\udfff" + _NONCHARACTERS  # surrogates
)
"""For a class of a regular expression: characters that no text may hold, white space aside."""
_SEEN = (
    "\u0020-\u007e\u00a0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf"
    "\ufdf0-\ufefe\uff00-\ufffd"
) + "".join(f"{chr(plane << 16)}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17))
# All but the allowed ones: asked for what is common first, a search is ten times as quick.
_FORBIDDEN_IN_A_LINE = re.compile(f"[^{_SEEN}]")
_FORBIDDEN_IN_LINES = re.compile(f"[^{_SEEN}\n\t]")


@dataclass(frozen=True)
class ForbiddenCharacter:
    """A forbidden character and where it stands; positions count from 1."""

    character: str
    position: int

    @property
    def name(self) -> str:
        """Code point and Unicode name, such as “U+202E RIGHT-TO-LEFT OVERRIDE”."""
        code = ord(self.character)
        return f"U+{code:04X} {unicodedata.name(self.character, _unnamed(code))}"

    def __str__(self) -> str:
        return f"{self.name} at character {self.position}"


def forbidden_character(text: str, *, multiline: bool = False) -> ForbiddenCharacter | None:
    """The first character of `text` that may not be kept; None when all may.

    Line feeds and tabs are allowed with `multiline` only.
    """
    pattern = _FORBIDDEN_IN_LINES if multiline else _FORBIDDEN_IN_A_LINE
    found = pattern.search(text)
    return ForbiddenCharacter(found[0], found.start() + 1) if found else None


def without_forbidden(text: str, *, multiline: bool = False) -> str:
    """`text` without the characters that may not be kept."""
    return (_FORBIDDEN_IN_LINES if multiline else _FORBIDDEN_IN_A_LINE).sub("", text)


def quoted(text: str, *, length: int = 60) -> str:
    """`text` as a message quotes it: cut to `length`, with nothing in it that cannot be seen."""
    visible = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
    return f"“{visible}”" if len(visible) <= length else f"“{visible[:length]}…”"


def _unnamed(code: int) -> str:
    """What to call a code point for which Unicode has no name."""
    well_known = {0x00: "NULL", 0x09: "TAB", 0x0A: "LINE FEED", 0x0D: "CARRIAGE RETURN"}
    if code in well_known:
        return well_known[code]
    if 0xD800 <= code <= 0xDFFF:
        return "SURROGATE"
    return "CONTROL CHARACTER" if code <= 0x9F else "NONCHARACTER"

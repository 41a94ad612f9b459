"""Texts of a workbook: characters that XML cannot hold, and the texts that cells share."""

from __future__ import annotations

import re
from functools import lru_cache
from struct import Struct
from tempfile import SpooledTemporaryFile

from roster.exchange.workbooks.package import Attributes, Handler
from roster.exchange.workbooks.values import CellRefused
from roster.text.characters import quoted

_IN_MEMORY = 4 * 1024 * 1024
"""Bytes of shared texts from which on they lie on the disk."""

_NEAR = 64
"""Shared texts that stay in memory for the next cell that names them."""
_NUMBER = re.compile("[0-9]{1,12}")
_PLACE = Struct("<QL")
# A code point between _x and _ (ECMA-376, part 1, 22.9.2.19); half a surrogate pair is none.
_ENCODED = re.compile("_x((?![dD][89a-fA-F])[0-9a-fA-F]{4})_")
_WANTS_CODE = re.compile("[\\x00-\\x08\\x0b-\\x1f\ufffe\uffff]|_(?=x[0-9a-fA-F]{4}_)")
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_PLAIN = re.compile("[^&<>_\\x00-\\x1f\ufffe\uffff]*")


def encoded(text: str) -> str:
    """The text as it stands inside an element."""
    if _PLAIN.fullmatch(text):
        return text
    return _WANTS_CODE.sub(lambda found: f"_x{ord(found[0]):04X}_", text).translate(_XML)


def decoded(text: str) -> str:
    """The text that an element holds."""
    if "_x" not in text:
        return text
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), text)


class SharedTexts:
    """The texts that cells name by number; many of them lie on the disk."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by close()
        self._places = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - as above
        self._end = 0
        self.text = lru_cache(maxsize=_NEAR)(self._text)

    def close(self) -> None:
        self._file.close()
        self._places.close()

    def add(self, text: str) -> None:
        """The next text, in the order of their numbers."""
        size = self._file.write(text.encode())
        self._places.write(_PLACE.pack(self._end, size))
        self._end += size

    def _text(self, said: str) -> str:
        """The text of this number, from 0; CellRefused where there is none."""
        place = b""
        if _NUMBER.fullmatch(said):
            self._places.seek(int(said) * _PLACE.size)
            place = self._places.read(_PLACE.size)
        if not place:
            raise CellRefused(f"the workbook has no text {quoted(said)}: write the text again.")
        start, size = _PLACE.unpack(place)
        self._file.seek(start)
        return self._file.read(size).decode()


class Said:
    """Collects what the text elements of one cell say; how it is pronounced is left out.

    Of each at most `longest` characters and a piece are kept.
    """

    def __init__(self, *, longest: int) -> None:
        self._longest = longest
        self._pieces: list[str] = []
        self._kept = 0
        self._is_text = self._is_aside = False
        self.starts = {"t": self._begin, "v": self._begin, "rPh": self._begin_aside}
        self.ends = {"t": self._end, "v": self._end, "rPh": self._end_aside}

    def clear(self) -> None:
        """Begin with another cell."""
        self._pieces, self._kept = [], 0

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def __str__(self) -> str:
        return "".join(self._pieces)

    def add(self, text: str) -> None:
        if self._is_text and self._kept <= self._longest:
            self._pieces.append(text)
            self._kept += len(text)

    def _begin(self, _: Attributes) -> None:
        self._is_text = not self._is_aside

    def _end(self) -> None:
        self._is_text = False

    def _begin_aside(self, _: Attributes) -> None:
        self._is_aside = True

    def _end_aside(self) -> None:
        self._is_aside = False


def items_of(shared: SharedTexts, *, longest: int) -> Handler:
    """What fills the shared texts from their part."""
    said = Said(longest=longest)

    def begin(_: Attributes) -> None:
        said.clear()

    def end() -> None:
        shared.add(decoded(str(said)))

    return Handler({"si": begin, **said.starts}, {"si": end, **said.ends}, said.add)

"""The physical lines of a file as text, as long as it can be decoded; knows nothing of cells."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from roster.exchange.reading.sniffing import CODECS, encoding_of
from roster.text.characters import forbidden_character

PIECE_BYTES = 1 << 18
_SHOWN = 40
"""Characters that are shown of a line before and after what could not be read."""


class Unreadable(Exception):
    """A file cannot be read further; the message says why, `value` what stands there."""

    def __init__(self, message: str, value: str = "") -> None:
        super().__init__(message)
        self.value = value


class Lines:
    """The lines of a file, decoded piece by piece; each ends in `\\n`, the last one perhaps not.

    Line ends of any kind become `\\n`, those inside of quotes too.
    """

    def __init__(self, stream: BinaryIO, *, encoding: str, longest: int, size_bytes: int) -> None:
        """Reads a stream from its beginning; `encoding` as `Form` has it.

        `longest` is how many characters a line may have before it is given up; it may be set
        anew at any time, and holds for lines that a piece does not end.
        """
        self.encoding = encoding_of(stream, encoding)
        self.longest = longest
        self.has_forbidden = False
        """Whether a piece had a forbidden character since this was last set to False."""
        self.piece_has_forbidden = False
        """Whether the piece has one of which lines were taken last."""
        self._stream = stream
        self._size_bytes = size_bytes
        self._unreadable: tuple[str, str] | None = None

    @property
    def fraction(self) -> float:
        """How much of the file has been taken, from 0 to 1."""
        return min(self._stream.tell() / self._size_bytes, 1.0) if self._size_bytes else 1.0

    def pieces(self) -> Iterator[io.StringIO]:
        """Whole lines, many at a time. Raises Unreadable after the last line that can be read."""
        begun = ""
        number = 1
        for text in self._texts():
            self.piece_has_forbidden = forbidden_character(text, multiline=True) is not None
            self.has_forbidden |= self.piece_has_forbidden
            end = text.rfind("\n") + 1
            number += text.count("\n")
            if end:
                yield io.StringIO(begun + text[:end])
                begun = ""
            begun += text[end:]
            if len(begun) > self.longest:
                raise Unreadable(
                    f"Line {number} has more than {self.longest:,} characters, which is more than "
                    "a row can have: begin each row on a line of its own."
                )
        if self._unreadable:
            problem, there = self._unreadable
            raise Unreadable(problem.format(line=number), begun[-_SHOWN:] + there)
        if begun:
            yield io.StringIO(begun)

    def _texts(self) -> Iterator[str]:
        """The file's text; what ends it early is noted."""
        decoder = codecs.getincrementaldecoder(self.encoding.codec)()
        newlines = io.IncrementalNewlineDecoder(None, translate=True)
        is_last = False
        while not is_last:
            piece = self._stream.read(PIECE_BYTES)
            is_last = not piece
            try:
                text = decoder.decode(piece, is_last)
            except UnicodeDecodeError as error:
                text = error.object[: error.start].decode(self.encoding.codec)
                self._unreadable = self._not_decoded(error)
                is_last = True
            if (nul := text.find("\0")) >= 0:
                self._unreadable = self._nul(text[nul : nul + _SHOWN])
                text = text[:nul]
                is_last = True
            yield newlines.decode(text, is_last)

    def _not_decoded(self, error: UnicodeDecodeError) -> tuple[str, str]:
        byte = error.object[error.start]
        problem = (
            f"The file is not {self._name}: byte 0x{byte:02X} on line {{line}} has no meaning "
            f"there. {_INSTEAD}"
        )
        there = error.object[error.start : error.start + _SHOWN]
        return problem, there.decode("ascii", "backslashreplace").splitlines()[0]

    def _nul(self, there: str) -> tuple[str, str]:
        problem = (
            "The file holds a NUL byte (U+0000) on line {line}: it is not CSV in "
            f"{self._name}. {_INSTEAD}"
        )
        return problem, there.splitlines()[0]

    @property
    def _name(self) -> str:
        """What the encoding is called, without the part of the world that it is for."""
        return CODECS[self.encoding.name].rpartition(", ")[2]


_INSTEAD = (
    "Save it as “CSV UTF-8” and try again, or choose its encoding: in the preview, or with "
    "--encoding."
)

"""Finding out how a file is read: its encoding by its first bytes, its delimiter by its header."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

CODECS = {
    "utf-8": "Unicode, UTF-8",
    "utf-16": "Unicode, UTF-16",
    "cp1252": "Western European, Windows-1252",
    "latin-1": "Western European, ISO 8859-1",
    "iso8859-15": "Western European, ISO 8859-15",
    "mac_roman": "Western European, Mac Roman",
    "cp1250": "Central European, Windows-1250",
    "iso8859-2": "Central European, ISO 8859-2",
    "cp1251": "Cyrillic, Windows-1251",
    "cp1253": "Greek, Windows-1253",
    "cp1254": "Turkish, Windows-1254",
}
"""The encodings that are read, each with its name for people. Only the first two are found out."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
"""The delimiters that are found out, each with its name; of equals the first is taken."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True)
class Encoding:
    """An encoding by its name in `CODECS`, and the codec that decodes what follows the mark."""

    name: str
    codec: str


def encoding_of(stream: BinaryIO, asked: str) -> Encoding:
    """The encoding asked for, else that of the byte order mark, else UTF-8.

    The stream, which is at its beginning, is left behind the mark of that encoding if it has one.
    """
    head = stream.read(3)
    for mark, name, codec in _MARKS:
        if head.startswith(mark) and asked in ("", name):
            stream.seek(len(mark))
            return Encoding(name, codec)
    stream.seek(0)
    name = asked or "utf-8"
    return Encoding(name, "utf-16-le" if name == "utf-16" else name)


def delimiter_of(text: str) -> str:
    """The delimiter that stands most often in the first line of `text`, outside of quotes."""
    header = _QUOTED.sub("", text.lstrip("\n")).partition("\n")[0]
    return max(DELIMITERS, key=header.count)

"""The package that a workbook is: a zip of XML parts, none of it trusted.

Sizes are checked before anything is unpacked and again while it is; an XML part may declare no
entities, nest no deeper and hold no larger tag than a spreadsheet's.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from roster.exchange.reading import Limits
from roster.text.characters import quoted

MAX_PARTS = 1_000
MAX_EXPANSION = 8
"""How many times the bytes of a text file the parts may unpack to: that much of XML is markup."""
MAX_RATIO = 300
"""How many times its packed size the whole may have; a deflated bomb has a thousand."""
_RATIO_FROM = 16 * 1024 * 1024
"""Unpacked bytes from which on the ratio counts."""
_MAX_DEPTH = 64
_MAX_TAG = 1024 * 1024
_MAX_DESCRIPTION = 16 * 1024 * 1024
_CHUNK = 64 * 1024

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS = "save it as .xlsx or as CSV"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    LookupError,
    ValueError,
)

Attributes = dict[str, str]


class WorkbookRefused(Exception):
    """A workbook that cannot be read or written; the message says why, and what would do."""


def is_workbook(first_bytes: bytes) -> bool:
    """Whether a file that begins so is a spreadsheet program's own: a zip, or the older OLE."""
    return first_bytes.startswith((*_ZIP, _OLE))


@dataclass(frozen=True)
class Handler:
    """What is done at elements, by their names without namespace, and with text."""

    starts: Mapping[str, Callable[[Attributes], None]]
    ends: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    text: Callable[[str], None] | None = None


class Package:
    """The parts of a workbook by their names."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        _refuse_other_formats(file, limits)
        try:
            self._zip = zipfile.ZipFile(file)
        except _DAMAGED as error:
            raise WorkbookRefused(
                f"The file is a damaged workbook ({error}): {_SAVE_AS}."
            ) from error
        self._entries = self._checked_entries(limits)

    def _checked_entries(self, limits: Limits) -> dict[str, zipfile.ZipInfo]:
        entries = self._zip.infolist()
        by_name = {entry.filename: entry for entry in entries}
        if len(entries) > MAX_PARTS or len(by_name) < len(entries):
            raise WorkbookRefused(
                f"The file has {len(entries):,} parts; a workbook is read with at most "
                f"{MAX_PARTS:,}, each once."
            )
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        most = MAX_EXPANSION * limits.file_bytes
        if unpacked > most:
            raise WorkbookRefused(
                f"The workbook unpacks to more than {most:,} bytes; it is not read."
            )
        if unpacked > max(_RATIO_FROM, MAX_RATIO * packed):
            raise WorkbookRefused(
                f"The workbook unpacks to more than {MAX_RATIO} times its size; it is not read."
            )
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise WorkbookRefused(f"The file is locked by a password: {_SAVE_AS} without one.")
        return by_name

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Id → kind and name of the parts that this part (`""`: the package) refers to."""
        folder, base = posixpath.split(name)
        links = _Links(folder)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels in self:
            self.read(rels, links.handler)
        return links.found

    def read(self, name: str, handler: Handler) -> None:
        """Hand a whole part to `handler`, one that describes others and is small for that."""
        if name in self and self._entries[name].file_size > _MAX_DESCRIPTION:
            raise WorkbookRefused(
                f"The part {quoted(name)} of the workbook is larger than any that a spreadsheet "
                f"program writes: {_SAVE_AS}."
            )
        for _fraction in self.parse(name, handler):
            pass

    def parse(self, name: str, handler: Handler) -> Iterator[float]:
        """Hand a part to `handler`; after each piece how much of it has been handed over."""
        if name not in self:
            raise WorkbookRefused(f"The workbook lacks its part {quoted(name)}: {_SAVE_AS}.")
        reading, size, taken = _Xml(name, handler), self._entries[name].file_size, 0
        try:
            # The library unpacks no more than the size that was checked, and then its checksum.
            with self._zip.open(self._entries[name]) as part:
                while piece := part.read(_CHUNK):
                    taken += len(piece)
                    reading.feed(piece)
                    yield taken / size
            reading.feed(b"", last=True)
        except expat.ExpatError as error:
            raise WorkbookRefused(
                f"The part {quoted(name)} of the workbook is not sound XML ({error}): {_SAVE_AS}."
            ) from error
        except _DAMAGED as error:
            raise WorkbookRefused(
                f"The file is a damaged workbook ({error}): {_SAVE_AS}."
            ) from error


class _Xml:
    """An XML parser that refuses what no spreadsheet writes."""

    def __init__(self, name: str, handler: Handler) -> None:
        self._name, self._starts, self._ends = name, handler.starts, handler.ends
        self._depth = self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = handler.text
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        self._parser.Parse(piece, last)
        self._fed += len(piece)
        if self._fed - self._parser.CurrentByteIndex > _MAX_TAG:
            self._refuse()

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._refuse()
        if act := self._starts.get(name if ":" not in name else _local(name)):
            act(attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if act := self._ends.get(name if ":" not in name else _local(name)):
            act()

    def _refuse(self, *_: object) -> NoReturn:
        raise WorkbookRefused(
            f"The part {quoted(self._name)} of the workbook holds XML that no spreadsheet program "
            f"writes: {_SAVE_AS}."
        )


class _Links:
    """Collects the relations of a part."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, tuple[str, str]] = {}
        self.handler = Handler({"Relationship": self._add})

    def _add(self, attributes: Attributes) -> None:
        if attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.join("/", self._folder, attributes.get("Target", ""))
            self.found[attributes.get("Id", "")] = kind, posixpath.normpath(target).lstrip("/")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_other_formats(file: BinaryIO, limits: Limits) -> None:
    size = file.seek(0, 2)
    if size > limits.file_bytes:
        raise WorkbookRefused(
            f"The file has {size:,} bytes; at most {limits.file_bytes:,} are read."
        )
    file.seek(0)
    first = file.read(100)
    if first.startswith(_OLE):
        if _holds(file, _OLE_ENCRYPTED):
            raise WorkbookRefused(f"The workbook is locked by a password: {_SAVE_AS} without one.")
        raise WorkbookRefused(f"The file is a workbook of the old kind (.xls): {_SAVE_AS}.")
    if not first.startswith(_ZIP):
        raise WorkbookRefused(f"The file is not a workbook: {_SAVE_AS}.")
    if b"mimetypeapplication/vnd.oasis.opendocument" in first:
        raise WorkbookRefused(f"The file is an OpenDocument one (.ods): {_SAVE_AS}.")


def _holds(file: BinaryIO, words: bytes) -> bool:
    """Whether the bytes stand anywhere in the file, which is read in pieces."""
    file.seek(0)
    before = b""
    while piece := file.read(_CHUNK):
        if words in before + piece:
            return True
        before = piece[-len(words) :]
    return False

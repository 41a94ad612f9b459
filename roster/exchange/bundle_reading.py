"""The files of a bundle, folder or zip, found as their description says before any is read.

Knows names, sizes and checksums, and nothing of what stands in a file.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import IO

from roster.exchange.datapackage import FILE_NAME, MAX_BYTES, BundleError, ListedFile, listed_in
from roster.exchange.reading import limits_in_force
from roster.exchange.resources import RESOURCES
from roster.text.characters import quoted

PIECE_BYTES = 2**20

_Opener = Callable[[], IO[bytes]]
_UNREADABLE = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    RuntimeError,  # encrypted, or compressed in a way that is not known here
)


@contextmanager
def verified(path: Path) -> Iterator[dict[str, Path]]:
    """The files of a bundle by stem, in the order of import, each with the checksum it should have.

    Those of a zip are unpacked to where nobody else reads, and go when the block ends. Raises
    BundleError when any file is missing, not listed, too large or another than is described.
    """
    with tempfile.TemporaryDirectory(prefix="roster-bundle-") as unpacked:
        yield _verify(path, Path(unpacked))


def _verify(path: Path, unpacked: Path) -> dict[str, Path]:
    try:
        if path.is_dir():
            parts = {entry.name: _opener(entry, path) for entry in sorted(path.iterdir())}
            listed = _listed(parts, path)
            for file in listed:
                _check(file, parts[file.name], path)
            return _by_stem(listed, path)
        with zipfile.ZipFile(path) as archive:
            parts = _members(archive, path)
            listed = _listed(parts, path)
            for file in listed:
                _check(file, parts[file.name], path, copy=unpacked / file.name)
            return _by_stem(listed, unpacked)
    except _UNREADABLE as error:
        raise BundleError(
            f"{path} cannot be read as a bundle, a folder or zip of CSV files: {error}."
        ) from error


def _opener(entry: Path, path: Path) -> _Opener:
    """How a file of a folder is opened, of a size that is read."""
    if not entry.is_file():
        raise BundleError(
            f"{path}: {quoted(entry.name)} is no file; a bundle has no folders inside."
        )
    _refuse_size(entry.name, entry.stat().st_size, path)
    return lambda: entry.open("rb")


def _members(archive: zipfile.ZipFile, path: Path) -> dict[str, _Opener]:
    """How each file of a zip is opened; of a size that is read, as far as the zip itself says."""
    parts: dict[str, _Opener] = {}
    for member in archive.infolist():
        if member.filename in parts:
            raise BundleError(f"{path}: {quoted(member.filename)} is in there twice: remove one.")
        _refuse_size(member.filename, member.file_size, path)
        parts[member.filename] = partial(archive.open, member)
    return parts


def _listed(parts: Mapping[str, _Opener], path: Path) -> list[ListedFile]:
    """The files that the description lists; all of them are there, and no others."""
    listed = _described(parts, path)
    names = [file.name for file in listed]
    for name in names:
        if name.removesuffix(".csv") not in RESOURCES or not name.endswith(".csv"):
            raise BundleError(
                f"{path}: {FILE_NAME} names {quoted(name)}, which is no file of a roster; "
                f"those are {', '.join(f'{known}.csv' for known in RESOURCES)}."
            )
        if names.count(name) > 1:
            raise BundleError(f"{path}: {FILE_NAME} lists {name} twice: list each file once.")
        if name not in parts:
            raise BundleError(f"{path}: {name} is missing, though it is listed.")
    if unlisted := sorted(parts.keys() - {*names, FILE_NAME}):
        raise BundleError(f"{path}: {quoted(unlisted[0])} is there, but not listed: remove it.")
    return listed


def _described(parts: Mapping[str, _Opener], path: Path) -> list[ListedFile]:
    if FILE_NAME not in parts:
        raise BundleError(
            f"{path} is not a bundle: it has no {FILE_NAME}. Give a folder or zip that "
            "export_bundle made."
        )
    with parts[FILE_NAME]() as file:
        description = file.read(MAX_BYTES + 1)
    try:
        if len(description) > MAX_BYTES:
            raise ValueError("too long")
        return listed_in(description)
    except ValueError as error:
        raise BundleError(f"{path}: {FILE_NAME} is not the description of a bundle.") from error


def _check(file: ListedFile, opened: _Opener, path: Path, *, copy: Path | None = None) -> None:
    """Read a file through, to a copy where one is wanted; BundleError if it is another."""
    digest, size_bytes = hashlib.sha256(), 0
    with opened() as stream, copy.open("xb") if copy else nullcontext() as out:
        while piece := stream.read(PIECE_BYTES):
            size_bytes += len(piece)
            _refuse_size(file.name, size_bytes, path)
            digest.update(piece)
            if out:
                out.write(piece)
    if digest.hexdigest() != file.sha256:
        raise BundleError(
            f"{path}: {file.name} is not the file that {FILE_NAME} describes: its SHA-256 "
            "differs. To import an edited file by itself, use import_csv."
        )


def _refuse_size(name: str, size_bytes: int, path: Path) -> None:
    most = limits_in_force().file_bytes
    if size_bytes > most:
        raise BundleError(
            f"{path}: {quoted(name)} has more than {most:,} bytes, which is the most that is read."
        )


def _by_stem(listed: Iterable[ListedFile], folder: Path) -> dict[str, Path]:
    found = {file.name.removesuffix(".csv"): folder / file.name for file in listed}
    return {stem: found[stem] for stem in RESOURCES if stem in found}

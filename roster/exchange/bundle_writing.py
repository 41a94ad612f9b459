"""Bundles on their way out: the tables of one moment, streamed to a folder or a zip.

No more than a piece of one table is held; what breaks off leaves nothing that passes for a bundle.
"""

from __future__ import annotations

import io
import secrets
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from roster.exchange.belongings import rows_about
from roster.exchange.datapackage import FILE_NAME, BundleError, PackedFile, describe
from roster.exchange.exports import csv_pieces
from roster.exchange.resources import RESOURCES
from roster.history.ledger import snapshot

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The date of every file in a zip, so that the same roster gives the same archive."""
_UNIX = 3
_NAMES = (*(f"{stem}.csv" for stem in RESOURCES), FILE_NAME)


def export_bundle(path: Path | str, *, officials: Collection[str] = ()) -> dict[str, int]:
    """Write the whole roster to a new or empty folder, or to a file when it ends in `.zip`.

    With the refs of `officials` only what hangs on them, closed under foreign keys: it imports
    into an empty roster. Returns the rows of each file by its stem. The same roster gives the
    same bytes. Raises BundleError when the folder holds anything else than an earlier bundle.
    """
    target, bundle = Path(path), _Bundle(officials)
    try:
        with snapshot():
            if target.suffix == ".zip":
                _write_zip(target, bundle)
            else:
                _write_folder(target, bundle)
    except OSError as error:
        raise BundleError(f"{target} cannot be written: {error.strerror}.") from error
    return {file.stem: file.rows for file in bundle.files}


def bundle_pieces(*, officials: Collection[str] = ()) -> Iterator[bytes]:
    """The zip that `export_bundle` writes, a piece at a time, of the moment of the first piece."""
    with snapshot():
        yield from _zipped(_Bundle(officials))


class _Bundle:
    """The parts of a bundle, each to be taken before the next; `files` tells of those taken."""

    def __init__(self, officials: Collection[str]) -> None:
        self.officials = officials
        self.files: list[PackedFile] = []

    def parts(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The name of each part and the pieces of its content, the description last."""
        chosen = rows_about(self.officials) if self.officials else {}
        for stem in RESOURCES:
            file = PackedFile(stem)
            yield f"{stem}.csv", file.passing(csv_pieces(stem, among=chosen.get(stem)))
            self.files.append(file)
        yield FILE_NAME, iter([describe(self.files)])


class _Outlet(io.RawIOBase):
    """A file that is taken away as it is written; nothing written can be gone back to."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]  # bytes are all that a zip writes
        self._pieces.append(bytes(content))
        return len(content)

    def taken(self) -> bytes:
        """What was written since the last time."""
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content


def _zipped(bundle: _Bundle) -> Iterator[bytes]:
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w") as archive:
        for name, pieces in bundle.parts():
            entry = zipfile.ZipInfo(name, date_time=_MOMENT)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, _UNIX
            # How large a part becomes is not known before: each may have more than 4 GiB.
            with archive.open(entry, "w", force_zip64=True) as part:
                for piece in pieces:
                    part.write(piece)
                    yield outlet.taken()
    yield outlet.taken()


def _write_zip(target: Path, bundle: _Bundle) -> None:
    """Write the archive under another name, and give it its own when it is whole."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.draft")
    try:
        with draft.open("xb") as file:
            file.writelines(_zipped(bundle))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _write_folder(target: Path, bundle: _Bundle) -> None:
    """Write all parts aside, and put them into their places when the last is whole.

    The description leaves first and arrives last: without it, a folder is no bundle.
    """
    with _made(target), tempfile.TemporaryDirectory(prefix=".draft-", dir=target) as folder:
        draft = Path(folder)
        for name, pieces in bundle.parts():
            with (draft / name).open("xb") as file:
                file.writelines(pieces)
        (target / FILE_NAME).unlink(missing_ok=True)
        for name in _NAMES:
            (draft / name).replace(target / name)


@contextmanager
def _made(target: Path) -> Iterator[None]:
    """The folder, which goes again when it was not there and the block fails."""
    is_new = not target.exists()
    target.mkdir(parents=True, exist_ok=True)
    strangers = sorted(entry.name for entry in target.iterdir() if entry.name not in _NAMES)
    if strangers:
        raise BundleError(
            f"{target} holds other files ({strangers[0]}): name a new or empty folder, or a "
            "file that ends in .zip."
        )
    try:
        yield
    except BaseException:
        if is_new:
            with suppress(OSError):  # someone else put something there meanwhile
                target.rmdir()
        raise

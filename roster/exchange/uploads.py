"""Uploads: files that wait between their preview and its confirmation, in a folder of their own.

Each is a CSV file under a random name. Beside it lie a note of whose it is and what it is for, how
it is to be read and mapped, how its conflicts are decided, the digest of what was last shown of it,
and in the end a receipt of what its import wrote. Whoever asks for one gives its token; no name or
path of theirs is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from roster.exchange.plans import Choice, Decision, Decisions
from roster.exchange.reading import limits_in_force
from roster.exchange.sheets import Form
from roster.text.characters import quoted

WAITS_FOR = timedelta(days=1)
"""How long a file waits for its confirmation, and how long the note of an import is kept."""

_TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_FILE, _BEING_IMPORTED, _LOCK, _STOP = ".csv", ".taken", ".lock", ".stop"
_NOTE, _PREVIEWED, _RECEIPT = ".note", ".previewed", ".receipt"
_FORM, _MAPPING, _DECISIONS = ".form", ".mapping", ".decisions"


class UploadRefused(Exception):
    """An upload that cannot be had; the message says why and what to do."""


class UploadGone(UploadRefused):
    """There is no such upload, or there no longer is."""


class UploadOfAnother(UploadRefused):
    """It belongs to another user."""


class UploadAltered(UploadRefused):
    """The file is not the one that was uploaded."""


class UploadTaken(UploadRefused):
    """It is being imported at this moment."""


class UploadImported(UploadRefused):
    """It is imported already."""


class UploadTooLarge(UploadRefused):
    """More bytes than are read."""


@dataclass(frozen=True)
class Receipt:
    """What the import of an upload wrote: the changeset's position, and rows by what they were."""

    changeset: int
    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class Upload:
    """A file that waits to be imported, or did: whose it is, and what it is for."""

    token: str
    owner: str
    """The key of the user who uploaded it and alone can import it."""
    stem: str
    """The file stem of the model that it is to be imported into."""
    file_name: str
    """As the user's system calls it; for display only."""
    sha256: str
    received_at: datetime

    @property
    def shown_name(self) -> str:
        """The file's name as a sentence quotes it."""
        return quoted(self.file_name, length=100)


@dataclass
class Taken:
    """A file while it is imported; it waits again unless a receipt is put here."""

    content: bytes = b""
    receipt: Receipt | None = None


class Uploads:
    """The uploads of one folder, which is made on first use and is its owner's alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def receive(
        self, pieces: Iterable[bytes], *, owner: str, stem: str, file_name: str, now: datetime
    ) -> Upload:
        """Keep the file that comes in `pieces`; what waited for too long goes.

        Raises UploadTooLarge as soon as there are too many bytes; nothing is then kept.
        """
        self._make_folder()
        self.sweep(now)
        token = new_token()
        file = self.folder / f"{token}{_FILE}"
        try:
            sha256 = _write_pieces(file, _few_enough(pieces))
            _set_time(file, now)
            upload = Upload(token, owner, stem, file_name, sha256, now)
            self._keep(upload, _NOTE, json.dumps(asdict(upload), default=datetime.isoformat))
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        return upload

    def find(self, token: str, *, owner: str, stem: str, now: datetime) -> Upload:
        """The upload of this token, of this owner and for this model, waiting or imported.

        Raises UploadGone, UploadOfAnother.
        """
        self.sweep(now)
        upload = self._noted(token)
        if upload is None or upload.stem != stem:
            raise UploadGone(
                "No such file waits here: it was imported, cancelled or removed after a day. "
                "Nothing was written just now. Choose the file again."
            )
        if upload.owner != owner:
            raise UploadOfAnother(
                "This file was uploaded by another user, who alone can import it. Nothing was "
                "written, and it still waits for them. Choose a file of your own."
            )
        return upload

    def content(self, upload: Upload) -> bytes:
        """The bytes of a waiting file.

        Raises UploadGone, UploadAltered, UploadTaken, UploadImported.
        """
        return self._verified(upload, _FILE).read_bytes()

    def file(self, upload: Upload) -> Path:
        """The waiting file, to be read where it lies. Raises as `content` does."""
        return self._verified(upload, _FILE)

    def size_bytes(self, upload: Upload) -> int:
        """Of a waiting file. Raises as `content` does."""
        try:
            return self._path(upload, _FILE).stat().st_size
        except FileNotFoundError:
            raise self._missing(upload) from None

    def previewed(self, upload: Upload) -> str:
        """The digest of the plan that was last shown; empty before the first preview."""
        return self._kept(upload, _PREVIEWED)

    def note_preview(self, upload: Upload, digest: str) -> None:
        """Keep the digest of the plan that is shown."""
        self._keep(upload, _PREVIEWED, digest)

    def mapping(self, upload: Upload) -> str:
        """The JSON of the mapping by which the file is read; empty when its columns are ours."""
        return self._kept(upload, _MAPPING)

    def note_mapping(self, upload: Upload, definition: str) -> None:
        """Keep by which mapping it is read; choices and previews made before count no more."""
        self._keep(upload, _MAPPING, definition)
        self._remove(upload, _DECISIONS, _PREVIEWED)

    def form(self, upload: Upload) -> Form:
        """How the file is to be read; what is left open is found out."""
        kept = self._kept(upload, _FORM)
        return Form(**json.loads(kept)) if kept else Form()

    def note_form(self, upload: Upload, form: Form) -> None:
        """Keep how the file is to be read; choices and previews made before count no more."""
        self._keep(upload, _FORM, json.dumps(asdict(form)))
        self._remove(upload, _DECISIONS, _PREVIEWED)

    def decisions(self, upload: Upload) -> dict[int, Decision]:
        """How conflicts of the file are decided, by line."""
        kept = json.loads(self._kept(upload, _DECISIONS) or "{}")
        return {
            int(line): Decision(Choice(choice), version) for line, (choice, version) in kept.items()
        }

    def note_decisions(self, upload: Upload, decisions: Decisions) -> None:
        """Keep these decisions beside earlier ones; previews made before count no more."""
        every = {**self.decisions(upload), **decisions}
        kept = {line: [one.choice, one.version] for line, one in every.items()}
        self._keep(upload, _DECISIONS, json.dumps(kept))
        self._remove(upload, _PREVIEWED)

    def receipt(self, upload: Upload) -> Receipt | None:
        """What the import of this upload wrote; None while it is not imported."""
        kept = self._kept(upload, _RECEIPT)
        return Receipt(**json.loads(kept)) if kept else None

    @contextmanager
    def taken(self, upload: Upload) -> Iterator[Taken]:
        """The file while it is imported: nobody else can take it, and with a receipt it goes.

        Without a receipt, or when the block raises, it waits as before. Raises as `content` does.
        """
        waiting, being_imported = self._path(upload, _FILE), self._path(upload, _BEING_IMPORTED)
        try:
            waiting.rename(being_imported)  # succeeds for one of any number of requests
        except FileNotFoundError:
            raise self._missing(upload) from None
        taken = Taken()
        try:
            taken.content = self._verified(upload, _BEING_IMPORTED).read_bytes()
            yield taken
        finally:
            if taken.receipt:
                self._keep(upload, _RECEIPT, json.dumps(asdict(taken.receipt)))
                being_imported.unlink(missing_ok=True)
            else:
                with suppress(FileNotFoundError):  # swept meanwhile: its day was over
                    being_imported.rename(waiting)

    def discard(self, upload: Upload) -> None:
        """Remove a waiting file. Raises UploadGone, UploadTaken, UploadImported."""
        try:
            self._path(upload, _FILE).unlink()
        except FileNotFoundError:
            raise self._missing(upload) from None
        self._remove(upload, _PREVIEWED, _FORM, _MAPPING, _DECISIONS, _NOTE)

    def forget(self, token: str) -> None:
        """Remove all that is kept under this token, if anything is."""
        if is_token(token):
            for entry in self.folder.glob(f"{token}.*"):
                entry.unlink(missing_ok=True)

    def lock(self, token: str) -> Path:
        """The file whose lock is held by whoever carries out the import of this token."""
        self._make_folder()
        return self.folder / f"{token}{_LOCK}"

    def stop(self, token: str) -> Path:
        """The file that is there when that import is to stop: it waits for no writer."""
        return self.folder / f"{token}{_STOP}"

    def sweep(self, now: datetime) -> None:
        """Remove everything that was received longer ago than a file waits."""
        oldest = (now - WAITS_FOR).timestamp()
        for entry in self.folder.iterdir() if self.folder.exists() else ():
            with suppress(FileNotFoundError):  # another process sweeps too
                if entry.stat().st_mtime < oldest:
                    entry.unlink()

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def _noted(self, token: str) -> Upload | None:
        if not is_token(token):
            return None
        try:
            noted = json.loads((self.folder / f"{token}{_NOTE}").read_bytes())
        except FileNotFoundError:
            return None
        return Upload(**{**noted, "received_at": datetime.fromisoformat(noted["received_at"])})

    def _verified(self, upload: Upload, suffix: str) -> Path:
        path = self._path(upload, suffix)
        try:
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            raise self._missing(upload) from None
        if sha256 != upload.sha256:
            raise UploadAltered(
                f"The file kept of {upload.shown_name} is not the one that was uploaded: its "
                "SHA-256 differs. Nothing was written. Choose the file again."
            )
        return path

    def _missing(self, upload: Upload) -> UploadRefused:
        """Why there is no waiting file."""
        if self._path(upload, _BEING_IMPORTED).exists():
            return UploadTaken(
                f"{upload.shown_name} is being imported at this moment, and is not imported a "
                "second time. Look at its page again to see what came of it."
            )
        if receipt := self.receipt(upload):
            return UploadImported(
                f"{upload.shown_name} is imported already, in changeset #{receipt.changeset}; "
                "nothing was written a second time."
            )
        return UploadGone(
            f"The file kept of {upload.shown_name} is gone. Nothing was written. Choose the file "
            "again."
        )

    def _path(self, upload: Upload, suffix: str) -> Path:
        return self.folder / f"{upload.token}{suffix}"

    def _remove(self, upload: Upload, *suffixes: str) -> None:
        for suffix in suffixes:
            self._path(upload, suffix).unlink(missing_ok=True)

    def _kept(self, upload: Upload, suffix: str) -> str:
        try:
            return self._path(upload, suffix).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def _keep(self, upload: Upload, suffix: str, text: str) -> None:
        """Write what belongs to an upload, whole or not at all."""
        draft = self._path(upload, f".{secrets.token_hex(8)}.draft")
        _write_pieces(draft, [text.encode()])
        _set_time(draft, upload.received_at)
        draft.replace(self._path(upload, suffix))


def new_token() -> str:
    """A name that nobody guesses."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Whether a text has the form of such a name."""
    return bool(_TOKEN.fullmatch(text))


def _few_enough(pieces: Iterable[bytes]) -> Iterator[bytes]:
    most_bytes = limits_in_force().file_bytes
    size_bytes = 0
    for piece in pieces:
        size_bytes += len(piece)
        if size_bytes > most_bytes:
            raise UploadTooLarge(
                f"The file has more than {most_bytes:,} bytes, which is the most that is read. "
                "Nothing was kept. Split it, and import one part after the other."
            )
        yield piece


def _write_pieces(file: Path, pieces: Iterable[bytes]) -> str:
    """Write a new file that only its owner can read; its SHA-256."""
    digest = hashlib.sha256()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        for piece in pieces:
            digest.update(piece)
            stream.write(piece)
    return digest.hexdigest()


def _set_time(file: Path, moment: datetime) -> None:
    """Date a file by the caller's clock, by which it is swept."""
    os.utime(file, (moment.timestamp(), moment.timestamp()))

"""The uploads of one folder: received, looked at, decided about, taken by one import, removed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from roster.exchange.plans import Choice, Decision, Decisions
from roster.exchange.reading import limits_in_force
from roster.exchange.sheets import Form
from roster.exchange.uploads.folder import Folder, is_token, new_token, write
from roster.exchange.uploads.refusals import (
    UploadAltered,
    UploadGone,
    UploadImported,
    UploadOfAnother,
    UploadRefused,
    UploadTaken,
    UploadTooLarge,
)
from roster.exchange.uploads.upload import Receipt, Upload

_FILE, _BEING_IMPORTED, _LOCK, _STOP = ".csv", ".taken", ".lock", ".stop"
_NOTE, _PREVIEWED, _RECEIPT = ".note", ".previewed", ".receipt"
_FORM, _MAPPING, _DECISIONS = ".form", ".mapping", ".decisions"


@dataclass
class Taken:
    """A file while it is imported; it waits again unless a receipt is put here."""

    content: bytes = b""
    receipt: Receipt | None = None


class Uploads:
    """The uploads of one folder, which is made on first use and is its owner's alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = Folder(folder)

    def receive(
        self, pieces: Iterable[bytes], *, owner: str, stem: str, file_name: str, now: datetime
    ) -> Upload:
        """Keep the file that comes in `pieces`; what waited for too long goes.

        Raises UploadTooLarge as soon as there are too many bytes; nothing is then kept.
        """
        self._files.make()
        self.sweep(now)
        token = new_token()
        file = self._files.file(token, _FILE)
        try:
            sha256 = write(file, _few_enough(pieces), received_at=now)
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
        self._files.forget(token)

    def lock(self, token: str) -> Path:
        """The file whose lock is held by whoever carries out the import of this token."""
        self._files.make()
        return self._files.file(token, _LOCK)

    def stop(self, token: str) -> Path:
        """The file that is there when that import is to stop: it waits for no writer."""
        return self._files.file(token, _STOP)

    def sweep(self, now: datetime) -> None:
        """Remove everything that was received longer ago than a file waits."""
        self._files.sweep(now)

    def _noted(self, token: str) -> Upload | None:
        if not is_token(token):
            return None
        note = self._files.text(token, _NOTE)
        if not note:
            return None
        noted = json.loads(note)
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
        return self._files.file(upload.token, suffix)

    def _remove(self, upload: Upload, *suffixes: str) -> None:
        self._files.remove(upload.token, *suffixes)

    def _kept(self, upload: Upload, suffix: str) -> str:
        return self._files.text(upload.token, suffix)

    def _keep(self, upload: Upload, suffix: str, text: str) -> None:
        self._files.keep(upload.token, suffix, text, received_at=upload.received_at)


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

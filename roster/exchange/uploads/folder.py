"""The folder in which uploads wait: files under random names, their owner's alone, swept by age."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

WAITS_FOR = timedelta(days=1)
"""How long a file waits for its confirmation, and how long the note of an import is kept."""

_TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Folder:
    """Files by token and suffix, in a folder that is made on first use."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    def file(self, token: str, suffix: str) -> Path:
        return self.path / f"{token}{suffix}"

    def text(self, token: str, suffix: str) -> str:
        """What is kept there; empty when nothing is."""
        try:
            return self.file(token, suffix).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def keep(self, token: str, suffix: str, text: str, *, received_at: datetime) -> None:
        """Write a text, whole or not at all, dated as the upload that it belongs to."""
        draft = self.file(token, f".{secrets.token_hex(8)}.draft")
        write(draft, [text.encode()], received_at=received_at)
        draft.replace(self.file(token, suffix))

    def remove(self, token: str, *suffixes: str) -> None:
        for suffix in suffixes:
            self.file(token, suffix).unlink(missing_ok=True)

    def forget(self, token: str) -> None:
        """Remove all that is kept under this token, if anything is."""
        if is_token(token):
            for entry in self.path.glob(f"{token}.*"):
                entry.unlink(missing_ok=True)

    def sweep(self, now: datetime) -> None:
        """Remove everything that was received longer ago than a file waits."""
        oldest = (now - WAITS_FOR).timestamp()
        for entry in self.path.iterdir() if self.path.exists() else ():
            with suppress(FileNotFoundError):  # another process sweeps too
                if entry.stat().st_mtime < oldest:
                    entry.unlink()


def new_token() -> str:
    """A name that nobody guesses."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Whether a text has the form of such a name."""
    return bool(_TOKEN.fullmatch(text))


def write(file: Path, pieces: Iterable[bytes], *, received_at: datetime) -> str:
    """Write a new file that only its owner can read; its SHA-256.

    It is dated by the caller's clock, by which it is swept.
    """
    digest = hashlib.sha256()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        for piece in pieces:
            digest.update(piece)
            stream.write(piece)
    os.utime(file, (received_at.timestamp(), received_at.timestamp()))
    return digest.hexdigest()

"""Anchors: what the ledger's head was at some moment, noted in a file kept elsewhere.

With one, a tail that was cut off and an old copy that was put back show; without one, they look
like a shorter but sound ledger.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Anchor:
    """The head of the ledger: its position, its digest, and how many changes led up to it.

    `line` is the line of the file that it was read from.
    """

    position: int
    digest: str
    changes: int
    line: int | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The anchor as one line of a file, without its end."""
        named = {"position": self.position, "digest": self.digest, "changes": self.changes}
        return json.dumps(named)

    def __str__(self) -> str:
        return "anchor" if self.line is None else f"anchor in line {self.line}"


class AnchorError(ValueError):
    """An anchor file that cannot be read or written; the message says which and why."""


@dataclass(frozen=True)
class Anchors:
    """What a file of anchors holds, in its order; `refused` says which lines are none, and why."""

    found: tuple[Anchor, ...]
    refused: tuple[str, ...]


def read_anchors(path: Path) -> Anchors:
    """Every anchor of a file, and a sentence for each line that is none.

    Raises AnchorError where the file as a whole cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AnchorError(f"The anchor file {path} cannot be read: {error.strerror}.") from error
    return anchors_in(content, name=str(path))


def anchors_in(content: bytes, *, name: str) -> Anchors:
    """Every anchor of what a file of this name holds, one JSON object a line; blank lines aside.

    Raises AnchorError on a file that is empty or no text.
    """
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as error:
        raise AnchorError(f"The anchor file {name} is not text in UTF-8.") from error
    if not any(line.strip() for line in lines):
        raise AnchorError(f"The anchor file {name} is empty: it holds no head to compare with.")
    read = {n: _anchor(line, n) for n, line in enumerate(lines, 1) if line.strip()}
    return Anchors(
        found=tuple(anchor for anchor in read.values() if anchor),
        refused=tuple(f"{name}, line {n} {_EXPECTED}" for n, anchor in read.items() if not anchor),
    )


def append_anchor(path: Path, anchor: Anchor) -> None:
    """Add one line to the file, making it when it is not there.

    A last line that broke off is left as it is, on a line of its own. Raises AnchorError when the
    file cannot be written.
    """
    try:
        is_torn = path.is_file() and path.read_bytes()[-1:] not in (b"", b"\n")
        with path.open("ab") as file:
            file.write(b"\n" * is_torn + f"{anchor.text}\n".encode())
    except OSError as error:
        raise AnchorError(f"The anchor file {path} cannot be written: {error.strerror}.") from error


def _anchor(line: str, number: int) -> Anchor | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match found:
        case {"position": int(position), "digest": str(digest), "changes": int(changes), **more}:
            if position > 0 and changes > 0 and _DIGEST.fullmatch(digest) and not more:
                return Anchor(position, digest, changes, number)
    return None


_DIGEST = re.compile("[0-9a-f]{64}")
_EXPECTED = (
    'is not an anchor: expected {"position": 7, "digest": "64 hexadecimal digits", "changes": 42} '
    "and nothing else."
)

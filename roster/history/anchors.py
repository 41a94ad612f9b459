"""Anchors: what the ledger's head was at some moment, noted in a file kept elsewhere.

With one, a tail that was cut off and an old copy that was put back show; without one, they look
like a shorter but sound ledger.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Anchor:
    """The head of the ledger: its position, its digest, and how many changes led up to it."""

    position: int
    digest: str
    changes: int


class AnchorError(ValueError):
    """An anchor file that cannot be read; the message says where and why."""


def read_anchors(path: Path) -> list[Anchor]:
    """Every anchor of a file, one JSON object a line, in the order written.

    Raises AnchorError, naming the line, on anything else.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise AnchorError(f"The anchor file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise AnchorError(f"The anchor file {path} is not text in UTF-8.") from error
    if not any(line.strip() for line in lines):
        raise AnchorError(f"The anchor file {path} is empty: it holds no head to compare with.")
    return [_anchor(line, f"{path}, line {n}") for n, line in enumerate(lines, 1) if line.strip()]


def append_anchor(path: Path, anchor: Anchor) -> None:
    """Add one line to the file, making it when it is not there.

    Raises AnchorError when it cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(anchor)) + "\n")
    except OSError as error:
        raise AnchorError(f"The anchor file {path} cannot be written: {error.strerror}.") from error


def _anchor(line: str, place: str) -> Anchor:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    match found:
        case {"position": int(position), "digest": str(digest), "changes": int(changes), **more}:
            if position > 0 and changes > 0 and _DIGEST.fullmatch(digest) and not more:
                return Anchor(position, digest, changes)
    raise AnchorError(
        f'{place} is not an anchor: expected {{"position": 7, "digest": "64 hexadecimal digits", '
        '"changes": 42} and nothing else.'
    )


_DIGEST = re.compile("[0-9a-f]{64}")

"""Opening what is to be read, whether it is a file or its bytes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO


def opened(content: bytes | Path) -> BinaryIO:
    """A stream at its beginning. Raises OSError when there is no such file to be read."""
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def size_in_bytes(content: bytes | Path) -> int:
    """How long it is, without reading it."""
    return content.stat().st_size if isinstance(content, Path) else len(content)

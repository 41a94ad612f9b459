"""Progress of an import, told to whoever watches, who may stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["reading", "checking", "writing"]


class Cancelled(Exception):
    """Raised by who watches an import, to stop it; nothing is then written."""


@dataclass(frozen=True)
class Progress:
    """How far an import has come: the rows read, and how much of the file, from 0 to 1."""

    stage: Stage
    rows: int
    fraction: float


Watch = Callable[[Progress], None]

"""Presence: a lock on a file that the operating system frees when its process ends, killed or not.

By it others can tell at once, and without a clock, whether somebody is still at work. Locks of a
folder that several machines share work as far as its file system carries them.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_ASKS_AGAIN_AFTER_SECONDS = 0.1


@contextmanager
def held(file: Path, *, while_waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of `file`, made if need be, to the end of the block or of this process.

    While another holds it, waits, and calls `while_waiting`, which may raise, several times a
    second.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _taken(handle):
            while_waiting()
            time.sleep(_ASKS_AGAIN_AFTER_SECONDS)
        yield
    finally:
        os.close(handle)


def is_held(file: Path) -> bool:
    """Whether anybody, this process included, holds the lock of `file`."""
    try:
        handle = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _taken(handle)
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

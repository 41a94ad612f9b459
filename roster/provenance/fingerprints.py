"""Fingerprints of paragraphs: the same words, however their lines are broken, have the same."""

from __future__ import annotations

import hashlib
import unicodedata


def normalised(text: str) -> str:
    """`text` in NFC on one line: white space collapsed to single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fingerprint(text: str) -> str:
    """The SHA-256 of the normalised text in 64 lower-case hexadecimal digits."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()

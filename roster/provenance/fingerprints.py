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


def fingerprint_refusal(text: str, given: str) -> str | None:
    """Why a paragraph cannot have both this text and this fingerprint; None when it can."""
    if not text or not given or fingerprint(text) == given:
        return None
    return (
        f"The fingerprint is that of another text; the one of this text is {fingerprint(text)}. "
        "Give the text that the fingerprint was taken of, or leave the fingerprint blank."
    )

"""Refs: stable, human-readable public keys such as `mike-pompeo/protection/1`."""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import count

from anyascii import anyascii

from roster.text.characters import quoted

MAX_LENGTH = 200
REF_FORM = (
    "lower-case letters a–z, digits and hyphens, in parts separated by /, each part beginning and "
    f"ending with a letter or digit, at most {MAX_LENGTH} characters, "
    "such as mike-pompeo/protection/1"
)

_SEGMENT = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_REF = re.compile(f"{_SEGMENT}(?:/{_SEGMENT})*")
_JOINING = re.compile(r"['`]")  # an apostrophe joins: O'Brien is one word
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def is_ref(text: str) -> bool:
    return len(text) <= MAX_LENGTH and _REF.fullmatch(text) is not None


def slug(name: str) -> str:
    """One segment made from a name in any script; empty when it has no letter and no digit."""
    letters = _JOINING.sub("", anyascii(name)).lower()
    return _cut(_NOT_WORD.sub("-", letters).strip("-"), MAX_LENGTH)


def made_ref(*parts: str | int) -> str:
    """A ref of the given parts: a part that is a ref stays as it is, any other becomes a slug.

    What is too long is cut at the end. Raises ValueError when a part has no letter and no digit.
    """
    segments = []
    for part in map(str, parts):
        segment = part if is_ref(part) else slug(part)
        if not segment:
            raise ValueError(
                f"No ref can be made from {quoted(part)}, which has no letter and no digit: "
                f"give a ref ({REF_FORM})."
            )
        segments.append(segment)
    return _cut("/".join(segments), MAX_LENGTH)


def numbered_ref(base: str, number: int) -> str:
    """`base` itself for 1, then `base-2`, `base-3` and so on, cut so that the number fits."""
    ending = "" if number == 1 else f"-{number}"
    return _cut(base, MAX_LENGTH - len(ending)) + ending


def free_ref(base: str, taken: Container[str]) -> str:
    """The first of `base`, `base-2`, `base-3` … that is not taken."""
    candidates = (numbered_ref(base, number) for number in count(1))
    return next(ref for ref in candidates if ref not in taken)


def _cut(ref: str, length: int) -> str:
    return ref[:length].rstrip("-/")

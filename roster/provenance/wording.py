"""Two wordings of a paragraph, told apart word by word; knows text, no tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

_WORDS = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Stretch:
    """Words in a row that the other wording has as well, or has not (`differs`)."""

    text: str
    differs: bool = False


def side_by_side(old: str, new: str) -> tuple[list[Stretch], list[Stretch]]:
    """Both wordings in stretches; where one is empty, nothing of the other differs."""
    if not old or not new:
        return [Stretch(old)] if old else [], [Stretch(new)] if new else []
    ours, theirs = _WORDS.findall(old), _WORDS.findall(new)
    steps = LCSseq.opcodes([word.rstrip() for word in ours], [word.rstrip() for word in theirs])
    pairs = [
        (
            Stretch("".join(ours[step.src_start : step.src_end]), step.tag != "equal"),
            Stretch("".join(theirs[step.dest_start : step.dest_end]), step.tag != "equal"),
        )
        for step in steps
    ]
    return list(_said(one for one, _ in pairs)), list(_said(other for _, other in pairs))


def _said(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    return (stretch for stretch in stretches if stretch.text)

"""Quotes placed in a text of 1 MB, and documents that are too much: time, and peak memory."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import django

from roster.provenance.passages import searchable
from tests.bench._figures import Figures, once

if TYPE_CHECKING:
    from collections.abc import Callable

MEGABYTE = 1_000_000
QUOTES = 1_000
PLACING_GOAL = 2.0
READING_GOAL = 10.0
MEMORY_GOAL_MB = 300
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CHANCE = random.Random(20240718)


def main(arguments: list[str]) -> int:
    """Measure, each document in a process of its own; 1 if a goal was missed."""
    if arguments:
        return _read_alone(arguments[0])
    django.setup()
    figures = Figures("quotes and documents")
    paragraphs = _text(MEGABYTE)
    _place(figures, "paragraphs of 1,000 characters", paragraphs)
    _place(figures, "ten paragraphs of 100,000", _joined(paragraphs, 100))
    for name in DOCUMENTS:
        _measure_reading(figures, name)
    return int(figures.missed)


def _place(figures: Figures, where: str, paragraphs: list[str]) -> None:
    """Quotes that stand there, that do but for a letter, and that are nowhere; then all kinds."""
    kinds = {kind: _quotes(paragraphs, changed) for kind, changed in CHANGES.items()}
    third = QUOTES // len(kinds) + 1
    mixed = [pair for kind in kinds.values() for pair in kind[:third]][:QUOTES]
    for name, asked in {**kinds, "mixed": mixed}.items():
        placed = _Placed(sorted(asked, key=lambda pair: paragraphs.index(pair[0])))
        plain = once(placed.look_plainly)
        figures.seconds(
            f"{QUOTES:,} quotes, {name}: {where}",
            once(placed.place),
            goal=PLACING_GOAL if name == "mixed" else None,
            baseline=plain,
        )
        if name in kinds and (placed.found > QUOTES * 0.9) != (name != "absent"):
            raise RuntimeError(f"{placed.found} of {QUOTES} {name} quotes were placed.")


class _Placed:
    """Quotes with their paragraphs, those of one paragraph together, as the roster places them."""

    def __init__(self, asked: list[tuple[str, str]]) -> None:
        self.asked = asked
        self.found = 0

    def look_plainly(self) -> list[int]:
        return [text.find(quote) for text, quote in self.asked]

    def place(self) -> None:
        searchable.cache_clear()
        self.found = sum(bool(searchable(text).place(quote)) for text, quote in self.asked)


def _quotes(paragraphs: list[str], changed: Callable[[str], str]) -> list[tuple[str, str]]:
    """Paragraphs by chance, each with a quote of eight of its words, changed."""
    return [(text, changed(_words_of(text))) for text in CHANCE.choices(paragraphs, k=QUOTES)]


def _words_of(text: str) -> str:
    """Eight words from somewhere in the text."""
    words = text.split(" ")
    start = CHANCE.randrange(len(words) - 8)
    return " ".join(words[start : start + 8])


def _edited(quote: str) -> str:
    middle = len(quote) // 2
    return f"{quote[:middle]}x{quote[middle + 1 :]}"


def _absent(quote: str) -> str:
    return " ".join(_word() for _ in quote.split())


CHANGES: dict[str, Callable[[str], str]] = {
    "exact": str,
    "edited": _edited,
    "absent": _absent,
}


def _text(characters: int) -> list[str]:
    """Paragraphs of about 1,000 characters, that many in all."""
    return [" ".join(_word() for _ in range(155))[:1_000] for _ in range(characters // 1_000)]


def _joined(paragraphs: list[str], size: int) -> list[str]:
    """The paragraphs, `size` of them made one, none longer than may be kept."""
    return [
        " ".join(paragraphs[start : start + size])[:100_000]
        for start in range(0, len(paragraphs), size)
    ]


def _word() -> str:
    return "".join(CHANCE.choices(LETTERS, k=CHANCE.randrange(2, 10)))


DOCUMENTS: dict[str, Callable[[], str]] = {
    "paragraph of 5 MB": lambda: "words of a kind " * (5 * MEGABYTE // 16),
    "100,000 paragraphs": lambda: "A paragraph of a few words.\n\n" * 100_000,
    "5 MB of blank lines": lambda: "a\n" + " \n" * (5 * MEGABYTE // 2) + "b",
    "20 MB of one paragraph with accents": lambda: "e\u0301 " * (20 * MEGABYTE // 4),
}


def _measure_reading(figures: Figures, name: str) -> None:
    """Seconds and megabytes of a process that reads this document, or refuses it."""
    command = [sys.executable, "-m", "tests.bench._texts", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, megabytes, outcome = done.stdout.strip().split(" ", 2)
    figures.seconds(f"{name}: {outcome}", float(seconds), goal=READING_GOAL)
    figures.amount(f"{name}: memory at most", int(megabytes), "MB", goal=MEMORY_GOAL_MB)


def _read_alone(name: str) -> int:
    """Read one document in this process and print what it took."""
    django.setup()
    from roster.provenance.documents import DocumentError, read_document

    content = DOCUMENTS[name]().encode()
    outcome = "taken"

    def read() -> None:
        nonlocal outcome
        try:
            read_document(content)
        except DocumentError:
            outcome = "refused"

    seconds = once(read)
    # In kilobytes on Linux, in bytes on macOS.
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    print(seconds, peak, outcome)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

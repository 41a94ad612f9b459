"""Reading an analyst's copy of a document: plain text in, its date and its paragraphs out.

Paragraphs are told apart by blank lines alone and numbered by their order: whatever number a text
puts before one is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from roster.models.sources import PARAGRAPH_LENGTH
from roster.provenance.fingerprints import normalised
from roster.text.characters import forbidden_character, without_forbidden

MAX_BYTES = 20 * 1024 * 1024
MAX_PARAGRAPHS = 10_000

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_ENDS = re.compile(r"\r\n?")
_DATE = re.compile(r"\s*date\s+(\d{4}-\d{2}-\d{2})(?=\s|$)")


class DocumentError(ValueError):
    """A text that cannot be taken; the message says where, why and what could be."""


@dataclass(frozen=True)
class Document:
    """A text as paragraphs, normalised as for their fingerprints, the first being number 1.

    `published` is the day that a leading `date YYYY-MM-DD` gives, else empty; `removed` says how
    many characters were taken out because they hide or reorder what is read.
    """

    paragraphs: tuple[str, ...]
    published: str = ""
    removed: int = 0


def read_document(content: bytes | str, *, remove_hidden: bool = False) -> Document:
    """The document that a file or a pasted text holds.

    A byte order mark and the kind of line ends do not matter. Raises DocumentError for what is
    not UTF-8, too long, or empty, and, unless `remove_hidden`, for characters that hide or reorder
    text, with the paragraph in which the first stands.
    """
    text = _LINE_ENDS.sub("\n", _decoded(content)).removeprefix("\ufeff")
    published, text = _dated(text)
    kept = without_forbidden(text, multiline=True) if remove_hidden else text
    paragraphs = tuple(_paragraphs(kept))
    for refusal in _refusals(paragraphs):
        raise DocumentError(refusal)
    return Document(paragraphs, published, removed=len(text) - len(kept))


def _decoded(content: bytes | str) -> str:
    if len(content) > MAX_BYTES:
        raise DocumentError(
            f"The text has more than {MAX_BYTES:,} bytes, which is the most that is taken."
        )
    if isinstance(content, str):
        return content
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            f"The text is not UTF-8: byte 0x{content[error.start]:02X} on line {line} has no "
            "meaning there. Save it as plain text in UTF-8 and try again."
        ) from None


def _dated(text: str) -> tuple[str, str]:
    """The publication date before the text, if there is one, and the text without it."""
    found = _DATE.match(text)
    if found is None:
        return "", text
    try:
        date.fromisoformat(found[1])
    except ValueError:
        return "", text
    return found[1], text[found.end() :]


def _paragraphs(text: str) -> Iterator[str]:
    pieces = (normalised(piece) for piece in _BLANK_LINES.split(text))
    return (piece for piece in pieces if piece)


def _refusals(paragraphs: Iterable[str]) -> Iterator[str]:
    number = 0
    for number, text in enumerate(paragraphs, 1):
        if number > MAX_PARAGRAPHS:
            yield f"The text has more than {MAX_PARAGRAPHS:,} paragraphs: give it in parts."
        if len(text) > PARAGRAPH_LENGTH:
            yield (
                f"Paragraph {number} has {len(text):,} characters; at most {PARAGRAPH_LENGTH:,} "
                "are taken. Paragraphs are told apart by blank lines: are they missing?"
            )
        if found := forbidden_character(text, multiline=True):
            yield (
                f"Paragraph {number} holds {found}, which can hide or reorder text: remove it, or "
                "have such characters removed."
            )
    if not number:
        yield "The text is empty: give paragraphs of plain text with blank lines between them."

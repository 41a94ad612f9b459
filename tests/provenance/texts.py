"""A made-up notice with its paragraphs, for tests that attach and revise texts."""

from __future__ import annotations

from roster.models import Source
from roster.provenance.fingerprints import fingerprint
from tests.factories import ParagraphFactory, SourceFactory

NOTICE = (
    "The harbour master of Quimby, Odile Farrow, was given two guards on Monday.",
    "Her deputy said that “nobody saw the letter” before it was read out.",
    "The guards stay until the spring fair, the council decided by nine votes.",
    "A second letter named the lighthouse keeper, Bram Teasel, as well.",
    "The council of Quimby meets again in March.",
)


def as_text(paragraphs=NOTICE) -> str:
    return "\n\n".join(paragraphs)


def fingerprinted(paragraphs=NOTICE, *, with_text=False, **values) -> Source:
    """A source whose paragraphs have the fingerprints of these texts, in order."""
    source = SourceFactory(**{"ref": "notice", "title": "Notice of Quimby"} | values)
    for number, text in enumerate(paragraphs, 1):
        ParagraphFactory(
            source=source,
            number=number,
            summary=f"Summary {number}",
            fingerprint=fingerprint(text),
            text=text if with_text else "",
        )
    return source

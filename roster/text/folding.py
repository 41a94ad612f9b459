"""Search that does not mind case, accents, script or word order.

The key of a record holds the words of all its names, folded to ASCII letters and digits, sorted
and without repetition. A query folds to words too; a record is found when each of them stands
anywhere in its key. As a word holds no space, it is never found across two words of the key.

What punctuation joins is one word of a key (`al-Qaeda`: `alqaeda`) but separate words of a query
(`al`, `qaeda`), so that a name is found with or without its hyphens, apostrophes and stops.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anyascii import anyascii

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def search_key(*names: str) -> str:
    """The folded words of `names`, sorted, each once, with a space between; empty if none."""
    words = {_NOT_WORD.sub("", word) for name in names for word in _ascii(name).split()}
    return " ".join(sorted(words - {""}))


def fold(query: str) -> list[str]:
    """The words of `query`, each to be looked for anywhere in a search key, in their order.

    Empty when the query has no letter and no digit. Words hold nothing that LIKE would read.
    """
    return [word for word in _NOT_WORD.split(_ascii(query)) if word]


def folded_words(text: str) -> Iterator[tuple[str, list[int]]]:
    """Each word of `text` as a search key has it, and the place in `text` of each of its letters.

    In the order of the text, and as often as it stands there.
    """
    letters, places = "", list[int]()
    for place, character in enumerate(f"{text} "):
        for part in _ascii(character):
            if _NOT_WORD.fullmatch(part) is None:
                letters += part
                places.append(place)
            elif part.isspace() and letters:
                yield letters, places
                letters, places = "", []


def _ascii(text: str) -> str:
    return anyascii(text).lower()

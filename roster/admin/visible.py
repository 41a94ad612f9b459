"""Text from outside as a page shows it: escaped, with what is not seen made visible."""

from __future__ import annotations

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from roster.text.unseen import Piece, pieces

_UNSEEN = '<bdi class="unseen" role="img" title="{0}" aria-label="{0}">{1}</bdi>'


def visible(text: str) -> SafeString:
    """The text for a page, without a line break more or less than it has.

    The style sheet draws a sign where a character is not seen. The character stays in the text,
    so that words which are copied are those that stand there, and is isolated from its direction.
    """
    return SafeString("".join(map(_shown, pieces(text))))  # each of them is escaped


def _shown(piece: Piece) -> SafeString:
    if piece.unseen:
        return format_html(_UNSEEN, piece.unseen, piece.text)
    return escape(piece.text)

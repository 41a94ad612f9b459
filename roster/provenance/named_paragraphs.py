"""Paragraphs by their name: the source's ref, `#` and the number, as in `a-notice#7`."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from roster.fields.ordinals import written_ordinal
from roster.models import Paragraph
from roster.text.characters import quoted

FORM = "SOURCE#PARAGRAPH, such as 2024-07-18-notice#7"


def paragraph_named(name: str) -> Paragraph:
    """The paragraph, with its source; ValidationError with a sentence where there is none."""
    ref, _, written = name.strip().removeprefix("paragraph:").rpartition("#")
    number = written_ordinal(written)
    if not ref or number is None:
        raise ValidationError(f"{quoted(name)} names no paragraph: give {FORM}.")
    found = Paragraph.objects.filter(source__ref=ref, number=number)
    if paragraph := found.select_related("source").first():
        return paragraph
    raise ValidationError(
        f"There is no paragraph {quoted(f'{ref}#{number}')} here: give one that is here, as the "
        "source's page lists them, or add it first."
    )

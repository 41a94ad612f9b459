"""Passages in a file of records: a row may name the words that its values rest on.

The passage is cited for every factual field that the row sets or changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from roster.exchange.columns import no_such_paragraph
from roster.fields.ordinals import written_ordinal
from roster.models import Citation, Paragraph
from roster.models.citations import Stance
from roster.provenance.placing import place, quote_refusal

SOURCE, PARAGRAPH, QUOTE, STANCE = "cite_source", "cite_paragraph", "cite_quote", "cite_stance"
CITE_COLUMNS = (SOURCE, PARAGRAPH, QUOTE, STANCE)
"""Columns that a file of records may have beside the contract's; never exported."""
REMEMBERED = 20_000
"""Passages and paragraphs that are remembered: one which many rows bring is checked once."""


@dataclass(frozen=True)
class Passage:
    """The words of a paragraph that a row brings, and where they stand; all blank where none."""

    paragraph_id: int | None = None
    quote: str = ""
    """Empty means all of the paragraph."""
    stance: str = ""
    anchor_quote: str = ""
    anchor_words: str = ""


@dataclass(frozen=True)
class PassageRefused:
    """Cells that name no passage, with what is said of each column."""

    sentences: Mapping[str, Sequence[str]]


def brings_evidence(header: Iterable[str]) -> bool:
    """Whether a file has any of the columns."""
    return not set(CITE_COLUMNS).isdisjoint(header)


class Passages:
    """The passages that rows name; their paragraphs are fetched for many rows at once."""

    def __init__(self) -> None:
        self._paragraphs: dict[tuple[str, int | None], Paragraph] = {}
        self._sources: set[str] = set()
        self._read: dict[tuple[str, ...], Passage | PassageRefused] = {}

    def of(self, rows: Sequence[tuple[str, ...]]) -> Iterator[Passage | PassageRefused]:
        """The passage of each row, whose cells come in the order of `CITE_COLUMNS`."""
        self._fetch({row[0] for row in rows})
        if len(self._read) >= REMEMBERED:
            self._read.clear()
        for cells in rows:
            if cells not in self._read:
                self._read[cells] = self._passage(cells)
            yield self._read[cells]

    def _fetch(self, sources: set[str]) -> None:
        if len(self._paragraphs) >= REMEMBERED:
            self._paragraphs.clear()
            self._sources.clear()
        wanted = sources - self._sources
        if wanted:
            self._sources |= wanted
            found = Paragraph.objects.filter(source__ref__in=wanted).select_related("source")
            self._paragraphs |= {(each.source.ref, each.number): each for each in found}

    def _passage(self, cells: tuple[str, ...]) -> Passage | PassageRefused:
        if not any(cells):
            return Passage()
        try:
            return self._checked(dict(zip(CITE_COLUMNS, cells, strict=True)))
        except ValidationError as error:
            return PassageRefused(error.message_dict)

    def _checked(self, given: Mapping[str, str]) -> Passage:
        """The passage. Raises ValidationError by column for what is missing, unknown, or not in
        the text.
        """
        for column in (SOURCE, PARAGRAPH):
            if not given[column]:
                raise ValidationError(
                    {column: f"Evidence needs {SOURCE} and {PARAGRAPH}: give {column} as well."}
                )
        paragraph = self._paragraphs.get((given[SOURCE], written_ordinal(given[PARAGRAPH])))
        if paragraph is None:
            sentence = no_such_paragraph(given[SOURCE], given[PARAGRAPH])
            raise ValidationError({PARAGRAPH: sentence})
        quote = _cleaned(QUOTE, "quote", given[QUOTE])
        stance = _cleaned(STANCE, "stance", given[STANCE] or Stance.SUPPORTS.value)
        if refusal := quote_refusal(quote, paragraph):
            raise ValidationError({QUOTE: refusal})
        citation = Citation(paragraph=paragraph, quote=quote)
        place(citation)
        return Passage(paragraph.pk, quote, stance, citation.anchor_quote, citation.anchor_words)


def _cleaned(column: str, field: str, value: str) -> Any:
    """What the field of a citation makes of a cell; its refusal as one of the column."""
    model_field: Any = Citation._meta.get_field(field)
    try:
        return model_field.clean(value, None)
    except ValidationError as error:
        raise ValidationError({column: error.messages}) from error

"""Evidence in a file of records: a row may name the passage that its values rest on.

The passage is cited for every factual field that the row sets or changes. Also finds which
citations the new values leave stale.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError

from roster.exchange.columns import CHUNK, Lookups, plain_number
from roster.exchange.plans import Plan, PlannedRow
from roster.exchange.report import CellError
from roster.models import Citation, Paragraph
from roster.models.citations import Stance
from roster.models.records import Record
from roster.provenance.placing import place, quote_refusal
from roster.provenance.states import with_states

SOURCE, PARAGRAPH, QUOTE, STANCE = "cite_source", "cite_paragraph", "cite_quote", "cite_stance"
CITE_COLUMNS = (SOURCE, PARAGRAPH, QUOTE, STANCE)
"""Columns that a file of records may have beside the contract's; never exported."""


@dataclass(frozen=True)
class Passage:
    """The words of a paragraph that a row brings; an empty quote means all of it."""

    paragraph: Paragraph
    quote: str
    stance: str


def brings_evidence(header: Iterable[str]) -> bool:
    """Whether a file has any of the columns."""
    return not set(CITE_COLUMNS).isdisjoint(header)


class Passages:
    """The passages that the rows of a file name, whose paragraphs are fetched at once."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._lookups = Lookups()
        self._lookups.fetch_paragraphs({row[SOURCE] for row in rows if row.get(SOURCE)})

    def of(self, cells: Mapping[str, str]) -> Passage | None:
        """The passage of one row; None when its cells are blank.

        Raises ValidationError by column for what is missing, unknown, or not in the text.
        """
        given = {column: cells.get(column, "") for column in CITE_COLUMNS}
        if not any(given.values()):
            return None
        for column in (SOURCE, PARAGRAPH):
            if not given[column]:
                raise ValidationError(
                    {column: f"Evidence needs {SOURCE} and {PARAGRAPH}: give {column} as well."}
                )
        passage = Passage(
            _checked(
                PARAGRAPH, self._lookups.paragraph, given[SOURCE], plain_number(given[PARAGRAPH])
            ),
            _checked(QUOTE, Citation._meta.get_field("quote").clean, given[QUOTE], None),
            _checked(
                STANCE,
                Citation._meta.get_field("stance").clean,
                given[STANCE] or Stance.SUPPORTS.value,
                None,
            ),
        )
        if refusal := quote_refusal(passage.quote, passage.paragraph):
            raise ValidationError({QUOTE: refusal})
        return passage


def plan_evidence(plan: Plan, passages: Mapping[int, Passage]) -> None:
    """Add to a plan of records what its rows cite, and which citations they leave stale."""
    rows = {row.line: row for row in plan.rows}
    for chunk in _chunks(plan.origins):
        stored = _citations_of([record for record, _line in chunk])
        for record, line in chunk:
            planner = _RowEvidence(plan, rows[line], record, stored[record.pk])
            rows[line] = planner.planned(passages.get(line))
    plan.rows = [rows[row.line] for row in plan.rows]


class _RowEvidence:
    """The evidence of one row of the plan, and of its record's citations so far."""

    def __init__(
        self, plan: Plan, row: PlannedRow, record: Record, stored: Iterable[Citation]
    ) -> None:
        self.plan, self.row, self.record = plan, row, record
        changed = {cell.column for cell in row.cells}
        self.stored = [citation for citation in stored if citation.field in changed]

    def planned(self, passage: Passage | None) -> PlannedRow:
        """The row with the columns that it cites and those whose evidence becomes stale."""
        cites = tuple(self._cited(passage)) if passage else ()
        stale = tuple(sorted(citation.field for citation in self._left_stale()))
        return replace(self.row, cites=cites, makes_stale=stale)

    def _cited(self, passage: Passage) -> Iterator[str]:
        factual = self.record.factual_columns()
        for cell in self.row.cells:
            if cell.column in factual and cell.new not in ("", "unknown"):
                self._cite(cell.column, cell.new, passage)
                yield cell.column

    def _cite(self, column: str, value: str, passage: Passage) -> None:
        citation = self._same_words(column, passage)
        if citation is None:
            citation = Citation(field=column, stance=passage.stance, quote=passage.quote)
            setattr(citation, self.record.record_kind, self.record)
            self.plan.cited.append(citation)
        elif citation.stance != passage.stance:
            self._refuse_other_stance(citation)
        else:
            self.plan.recited.append(citation)
        citation.paragraph, citation.value = passage.paragraph, value
        place(citation)

    def _same_words(self, column: str, passage: Passage) -> Citation | None:
        return next(
            (
                citation
                for citation in self.stored
                if (citation.field, citation.paragraph_id, citation.quote)
                == (column, passage.paragraph.pk, passage.quote)
            ),
            None,
        )

    def _refuse_other_stance(self, citation: Citation) -> None:
        self.plan.errors.append(
            CellError(
                self.row.line,
                STANCE,
                f"These words are cited for {citation.field} already, with the stance "
                f"{citation.stance}: give that stance, or other words.",
            )
        )

    def _left_stale(self) -> Iterator[Any]:
        """Citations of the value so far that are not of the new one."""
        for citation in self.stored:
            was_stale: bool = citation.is_stale  # type: ignore[attr-defined]  # by with_states
            if not was_stale and citation.value != self.record.cell(citation.field):
                yield citation


def _citations_of(records: Iterable[Record]) -> dict[int | None, list[Citation]]:
    """The citations of records of one kind that are in the database, by the record's key."""
    found: dict[int | None, list[Citation]] = defaultdict(list)
    keys = [record.pk for record in records if record.pk]
    if keys:
        kind = next(iter(records)).record_kind
        for citation in with_states(Citation.objects.filter(**{f"{kind}__in": keys})):
            found[getattr(citation, f"{kind}_id")].append(citation)
    return found


def _chunks(origins: list[tuple[Any, int]]) -> Iterator[list[tuple[Any, int]]]:
    for start in range(0, len(origins), CHUNK):
        yield origins[start : start + CHUNK]


def _checked(column: str, check: Any, *given: Any) -> Any:
    """What the check makes of what is given; its refusal as one of the column."""
    try:
        return check(*given)
    except ValidationError as error:
        raise ValidationError({column: error.messages}) from error

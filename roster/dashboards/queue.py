"""Queues: the citations and the fields whose evidence wants work, by state, over all models.

A queue is asked of the database as one set, in one order, and counted as it is listed; knows no
screen and no address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from roster.fields import has_word
from roster.models import Citation, Source
from roster.models.asking import Asked
from roster.models.citations import CITABLE
from roster.provenance.states import EvidenceState, cell_now, citations_in
from roster.text.characters import quoted

QUEUES = tuple(state for state in EvidenceState if state is not EvidenceState.CURRENT)
"""The states that want work, the gravest first."""
NAMES = {
    "official": ("ref", "search_key"),
    "role": ("ref", "title", "official__search_key"),
    "threat_source": ("ref", "search_key"),
    "threat": ("ref", "official__search_key", "threat_source__search_key"),
    "protection": ("ref", "official__search_key"),
    "extension": ("ref", "protection__official__search_key"),
}
"""Where a record of each kind has its names, and those of whom it is about."""
SOURCE_NAMES = ("ref", "title", "publisher")
ROWS_AT_A_TIME = 500


class Order(StrEnum):
    """What a queue is ordered by first."""

    RECORD = "record"
    FIELD = "field"
    PASSAGE = "passage"


@dataclass(frozen=True)
class Narrowing:
    """What a queue is narrowed to: a kind of record, words of its names, words of a source."""

    kind: str = ""
    record: str = ""
    source: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.kind,) if self.kind else tuple(CITABLE)


EVERYTHING = Narrowing()


@dataclass(frozen=True)
class CitedPassage:
    """Where a citation of a queue stands, and the value that it was made for."""

    key: int
    value: str
    quote: str
    paragraph: int
    source: str
    source_key: int

    @property
    def label(self) -> str:
        return f"paragraph:{self.source}#{self.paragraph}"


@dataclass(frozen=True)
class Entry:
    """One citation in a state, or one unsourced field, which has none."""

    state: EvidenceState
    kind: str
    key: int
    ref: str
    field: str
    says: str
    """The CSV cell of the field today."""
    citation: CitedPassage | None = None

    @property
    def record(self) -> str:
        return f"{self.kind}:{self.ref}"

    @property
    def message(self) -> str:
        """What is the case and what mends it, as one sentence."""
        about, says = f"{self.field} of {self.record}", _said(self.says)
        if self.citation is None:
            return (
                f"{about} says {says} and no citation supports it: cite the passage that it rests "
                "on."
            )
        quote, paragraph = quoted(self.citation.quote), self.citation.label
        match self.state:
            case EvidenceState.STALE:
                return (
                    f"{about} says {says} now; it was cited for {_said(self.citation.value)} "
                    f"from {paragraph}: cite it again, cite another passage, or set it right."
                )
            case EvidenceState.UNANCHORED:
                return (
                    f"{about} is cited for {quote}, which is not in the text of {paragraph}: "
                    "quote the words as they stand there, or cite another passage."
                )
            case EvidenceState.DISPUTED:
                return (
                    f"{about} says {says}, which {paragraph} supports and another citation "
                    "disputes: weigh both, and change the value if the other is right."
                )
        return (
            f"{about} is cited from {paragraph}, whose text is not here: attach the text to the "
            "source, so that the quote can be found in it."
        )

    def as_json(self) -> dict[str, Any]:
        """As `check_citations` gives it; source, paragraph and quote are null where unsourced."""
        cited = self.citation
        return {
            "state": self.state.value,
            "record": self.record,
            "field": self.field,
            "source": cited.source if cited else None,
            "paragraph": cited.paragraph if cited else None,
            "quote": cited.quote if cited else None,
            "message": self.message,
        }


def _said(cell: str) -> str:
    return quoted(cell) if cell else "nothing"


class Queue:
    """What is in one state, narrowed and ordered: counted, cut into pages, or read to the end."""

    def __init__(
        self,
        state: EvidenceState,
        narrowing: Narrowing = EVERYTHING,
        order: Order = Order.RECORD,
    ) -> None:
        self.state = state
        unsourced = state is EvidenceState.UNSOURCED
        self._found = _unsourced(narrowing) if unsourced else cited_in(state, narrowing)
        self._rows = self._found if unsourced else described(self._found)
        self._rows = self._rows.order_by(*ORDERS[order][: 3 if unsourced else None])

    def count(self) -> int:
        """How many entries there are, in one query."""
        return int(self._found.count())

    def __getitem__(self, cut: slice) -> list[Entry]:
        return [entry_of(self.state, row) for row in self._rows[cut]]

    def newest(self, count: int) -> list[Entry]:
        """A few entries without sorting all: of citations the newest, of fields any."""
        unsourced = self.state is EvidenceState.UNSOURCED
        rows = self._rows.order_by() if unsourced else self._rows.order_by("-pk")
        return [entry_of(self.state, row) for row in rows[:count]]

    def __iter__(self) -> Iterator[Entry]:
        """Every entry, from one query, a few rows in memory at a time."""
        rows = self._rows.iterator(chunk_size=ROWS_AT_A_TIME)
        return (entry_of(self.state, row) for row in rows)


def entry_of(state: EvidenceState, row: tuple[Any, ...]) -> Entry:
    """The entry of a row of columns, those of its record and, if it is cited, of its citation."""
    position, key, ref, field, says, *cited = row
    kind = list(CITABLE)[position]
    return Entry(state, kind, key, ref, field, says, CitedPassage(*cited) if cited else None)


_OF_RECORD = ("kind_position", "record_key", "record_ref", "cited_field", "says")
_OF_CITATION = (
    "pk",
    "value",
    "quote",
    "paragraph__number",
    "paragraph__source__ref",
    "paragraph__source",
)
_BY_RECORD = ("kind_position", "record_ref", "cited_field")
PASSAGE = ("paragraph__source__ref", "paragraph__number", "pk")
ORDERS = {
    Order.RECORD: (*_BY_RECORD, *PASSAGE),
    Order.FIELD: ("cited_field", "kind_position", "record_ref", *PASSAGE),
    Order.PASSAGE: (*PASSAGE[:2], *_BY_RECORD, "pk"),
}
"""The columns of each order; those of unsourced fields, which have no passage, are three."""


def cited_in(state: EvidenceState, narrowing: Narrowing) -> models.QuerySet[Any]:
    """The citations in the state."""
    found = Citation.objects.order_by()
    if narrowing.kind:
        found = found.filter(**{f"{narrowing.kind}__isnull": False})
    if narrowing.record:
        # Asked of each citation: there are far fewer of them than of records.
        records = (
            Q(Asked(records_of(kind, narrowing).filter(pk=OuterRef(f"{kind}_id"))))
            for kind in narrowing.kinds
        )
        found = found.filter(reduce(or_, records))
    if narrowing.source:
        sources = Source.objects.filter(_has_words(SOURCE_NAMES, narrowing.source))
        found = found.filter(paragraph__source__in=sources.order_by().values("pk"))
    return citations_in(found, state)


def described(citations: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Each citation as a row of columns: those of its record, then its own."""
    positions = [When(**{f"{kind}__isnull": False}, then=n) for n, kind in enumerate(CITABLE)]
    rows: models.QuerySet[Any] = citations.annotate(
        kind_position=Case(*positions, output_field=models.IntegerField()),
        record_key=Coalesce(*(F(f"{kind}_id") for kind in CITABLE)),
        record_ref=Coalesce(*(F(f"{kind}__ref") for kind in CITABLE)),
        cited_field=F("field"),
        says=F("value_now"),
    ).values_list(*_OF_RECORD, *_OF_CITATION)
    return rows


def _unsourced(narrowing: Narrowing) -> models.QuerySet[Any]:
    """Each factual field that wants a citation and has none, as a row of columns."""
    first, *others = (
        _unsourced_in(kind, column, narrowing)
        for kind in narrowing.kinds
        for column in CITABLE[kind].factual_columns()
    )
    return first.union(*others, all=True)  # type: ignore[no-any-return]  # of rows of any kind


def _unsourced_in(kind: str, column: str, narrowing: Narrowing) -> Any:
    model = CITABLE[kind]
    found = records_of(kind, narrowing).unsourced_in(column)
    return found.annotate(
        kind_position=Value(list(CITABLE).index(kind), models.IntegerField()),
        record_key=F("pk"),
        record_ref=F("ref"),
        cited_field=Value(column, models.TextField()),
        says=cell_now(model, column),
    ).values_list(*_OF_RECORD)


def records_of(kind: str, narrowing: Narrowing) -> Any:
    """The records of one kind that have each word that is asked for in one of their names."""
    rows = CITABLE[kind]._default_manager.order_by()
    return rows.filter(_has_words(NAMES[kind], narrowing.record))


def _has_words(paths: tuple[str, ...], words: str) -> Q:
    found = (reduce(or_, (has_word(path, word) for path in paths)) for word in words.split())
    return reduce(and_, found, Q())

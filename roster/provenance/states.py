"""The state of evidence, computed from the data in sets; nothing of it is stored.

A citation may be in several states at once, as one that is both stale and unverified; it is
current when it is in none of the others. A record's field has the states of its citations, and is
unsourced when it wants evidence and none of them supports it: a denial alone is no evidence.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Coalesce

from roster.models import Citation
from roster.provenance.state_sql import IsDisputed, IsStale, IsUnanchored, IsUnverified, ValueNow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from roster.models.records import Record, RecordQuerySet

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")
MOST_KEYS = 1_000
"""Records in a state that are told by their keys; of more each is asked."""


class EvidenceState(StrEnum):
    """How a citation, or a field by its citations, stands; the gravest first."""

    STALE = "stale"
    UNANCHORED = "unanchored"
    DISPUTED = "disputed"
    UNSOURCED = "unsourced"
    UNVERIFIED = "unverified"
    CURRENT = "current"

    @property
    def meaning(self) -> str:
        """What the state says, as one sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    EvidenceState.STALE: "The field no longer has the value that was cited.",
    EvidenceState.UNANCHORED: "The quote is not in the text of its paragraph.",
    EvidenceState.DISPUTED: "Another citation of the same field disputes it.",
    EvidenceState.UNSOURCED: "No citation supports a value that wants evidence.",
    EvidenceState.UNVERIFIED: "The text of the paragraph is not here.",
    EvidenceState.CURRENT: "The value is the one cited, and nothing speaks against it.",
}

FLAGS = {
    EvidenceState.STALE: "is_stale",
    EvidenceState.UNANCHORED: "is_unanchored",
    EvidenceState.DISPUTED: "is_disputed",
    EvidenceState.UNVERIFIED: "is_unverified",
}
"""The states that citations are told by, each with the column that `with_states` adds for it."""


def with_states(citations: Rows) -> Rows:
    """Each citation with `value_now`, the field's CSV cell today, and the columns of `FLAGS`."""
    return citations.annotate(
        value_now=ValueNow(),
        is_stale=IsStale(),
        is_unanchored=IsUnanchored(),
        is_disputed=IsDisputed(),
        is_unverified=IsUnverified(),
    )


def citations_in(citations: Rows, state: EvidenceState) -> Rows:
    """Those of the citations that are in the state; none is ever unsourced."""
    found = with_states(citations)
    if state in FLAGS:
        return found.filter(**{FLAGS[state]: True})
    if state is EvidenceState.CURRENT:
        return found.filter(**dict.fromkeys(FLAGS.values(), False))
    return found.none()


def records_in(records: RecordQuerySet, state: EvidenceState) -> Any:
    """Those of the records of one kind that have a field in the state; asks for few at once."""
    if state is EvidenceState.UNSOURCED:
        return records.unsourced()
    kind = records.model.record_kind
    found = citations_in(Citation.objects.filter(**{f"{kind}__isnull": False}), state)
    keys = list(found.order_by().values_list(f"{kind}_id", flat=True).distinct()[: MOST_KEYS + 1])
    if len(keys) <= MOST_KEYS:  # looked up, however many records there are
        return records.filter(pk__in=keys)
    of_record = Citation.objects.filter(**{kind: OuterRef("pk")})
    return records.filter(Exists(citations_in(of_record, state)))


def states_of(citation: Any) -> tuple[EvidenceState, ...]:
    """The states of a citation that `with_states` fetched, the gravest first."""
    found = tuple(state for state, flag in FLAGS.items() if getattr(citation, flag))
    return found or (EvidenceState.CURRENT,)


def gravest(states: Iterable[EvidenceState]) -> EvidenceState:
    """The gravest of these states, of which there is one at least."""
    return min(states, key=list(EvidenceState).index)


def state_of_field(
    record: Record, column: str, citations: Iterable[tuple[bool, tuple[EvidenceState, ...]]]
) -> EvidenceState | None:
    """The gravest state of a field, by its citations: whether each disputes it, and its states.

    None of a field that is not cited and wants no evidence.
    """
    listed = list(citations)
    states = [state for _disputes, of_citation in listed for state in of_citation]
    if record.wants_evidence(column) and all(disputes for disputes, _states in listed):
        states.append(EvidenceState.UNSOURCED)
    return gravest(states) if states else None


def cell_now(model: type[models.Model], column: str, *, path: str = "") -> Any:
    """SQL: the CSV cell that a column has today, of the record at the end of `path`."""
    field = model._meta.get_field(column)
    text = _Text(F(f"{path}{column}__ref" if field.is_relation else f"{path}{column}"))
    return Coalesce(text, Value(""), output_field=models.TextField()) if field.null else text


class _Text(Cast):
    """A value as text of one collation, whichever its column has."""

    def __init__(self, value: Any) -> None:
        super().__init__(value, models.TextField())

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        sql, values = super().as_postgresql(compiler, connection, **context)
        return f'{sql} COLLATE "C"', values

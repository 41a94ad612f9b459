"""The state of evidence, computed from the data in sets; nothing of it is stored.

A citation may be in several states at once, as one that is both stale and unverified; it is
current when it is in none of the others. A record's field has the states of its citations, and is
unsourced when it has none though it wants evidence.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, StrIndex

from roster.models import RECORDS, Change, Citation
from roster.models.citations import CITABLE, Stance, citable_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from roster.models.records import Record, RecordQuerySet

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


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
    EvidenceState.UNSOURCED: "A value that wants evidence has no citation.",
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
    found = citations.annotate(value_now=_value_now())
    found = found.annotate(
        is_stale=_is_stale(), is_unanchored=_is_unanchored(), is_unverified=_has_no_text()
    )
    return found.annotate(is_disputed=_is_disputed())


def citations_in(citations: Rows, state: EvidenceState) -> Rows:
    """Those of the citations that are in the state; none is ever unsourced."""
    found = with_states(citations)
    if state in FLAGS:
        return found.filter(**{FLAGS[state]: True})
    if state is EvidenceState.CURRENT:
        return found.filter(**dict.fromkeys(FLAGS.values(), False))
    return found.none()


def records_in(records: RecordQuerySet, state: EvidenceState) -> Any:
    """Those of the records of one kind that have a field in the state."""
    if state is EvidenceState.UNSOURCED:
        return records.unsourced()
    kind = records.model.record_kind
    of_record = Citation.objects.filter(**{kind: OuterRef("pk")})
    return records.filter(Exists(citations_in(of_record, state)))


def states_of(citation: Any) -> tuple[EvidenceState, ...]:
    """The states of a citation that `with_states` fetched, the gravest first."""
    found = tuple(state for state, flag in FLAGS.items() if getattr(citation, flag))
    return found or (EvidenceState.CURRENT,)


def gravest(states: Iterable[EvidenceState]) -> EvidenceState:
    """The gravest of the states of a field's citations; unsourced where there are none."""
    order = list(EvidenceState)
    return min(states, key=order.index, default=EvidenceState.UNSOURCED)


def counts() -> dict[EvidenceState, int]:
    """How many citations are in each state, and how many fields are unsourced."""
    flags = list(FLAGS.values())
    rows = with_states(Citation.objects.order_by()).values_list(*flags)
    none = " AND ".join(f"NOT {flag}" for flag in flags)
    sums = ", ".join(f"sum(CASE WHEN {test} THEN 1 ELSE 0 END)" for test in (*flags, none))
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sums} FROM ({sql}) citation", values)  # noqa: S608 - names of our own
        found = dict(zip((*FLAGS, EvidenceState.CURRENT), cursor.fetchone(), strict=True))
    records: list[Any] = [model._default_manager for model in RECORDS]
    found[EvidenceState.UNSOURCED] = sum(rows.unsourced_count() for rows in records)
    return {state: found[state] or 0 for state in EvidenceState}


def cell_now(model: type[Record], column: str, *, path: str = "") -> Any:
    """SQL: the CSV cell that a column has today, of the record at the end of `path`."""
    field = model._meta.get_field(column)
    text = _Text(F(f"{path}{column}__ref" if field.is_relation else f"{path}{column}"))
    return Coalesce(text, Value(""), output_field=models.TextField()) if field.null else text


def _value_now() -> Case:
    """SQL: the CSV cell that the cited field of the cited record has today."""
    return Case(
        *(When(**{f"{kind}__isnull": False}, then=_cell_of(kind)) for kind in CITABLE),
        default=Value(""),
        output_field=models.TextField(),
    )


def _cell_of(kind: str) -> Case:
    return Case(
        *(
            When(field=column, then=cell_now(CITABLE[kind], column, path=f"{kind}__"))
            for column in citable_columns(CITABLE[kind])
        ),
        default=Value(""),
        output_field=models.TextField(),
    )


class _Text(Cast):
    """A value as text of one collation, whichever its column has."""

    def __init__(self, value: Any) -> None:
        super().__init__(value, models.TextField())

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        sql, values = super().as_postgresql(compiler, connection, **context)
        return f'{sql} COLLATE "C"', values


def _is_stale() -> Case:
    """SQL: that the value is another now; a row that was given another ref is the same row."""
    return Case(
        When(value=F("value_now"), then=Value(False)),
        *(When(_names_the_same_row(kind, column), then=Value(False)) for kind, column in _ROWS),
        default=Value(True),
        output_field=models.BooleanField(),
    )


_ROWS = tuple(
    (kind, column)
    for kind, model in CITABLE.items()
    for column in citable_columns(model)
    if model._meta.get_field(column).is_relation
)
"""The fields whose value is another row, by kind and column."""


def _names_the_same_row(kind: str, column: str) -> Q:
    target: Any = CITABLE[kind]._meta.get_field(column).related_model
    once_so_called = (
        Change.objects.filter(table=target._meta.db_table, key=OuterRef(f"{kind}__{column}"))
        .annotate(at=StrIndex("before", _quoted_ref()))
        .filter(at__gt=0)
    )
    return Q(**{f"{kind}__isnull": False}) & Q(field=column) & Q(Exists(once_so_called))


def _quoted_ref() -> Concat:
    """SQL: the value that was cited, as the ledger's JSON holds it for a ref."""
    parts = (Value('"ref":"'), OuterRef("value"), Value('"'))
    return Concat(*parts, output_field=models.TextField())


def _is_disputed() -> Case:
    """SQL: that it supports the value of today, and another citation disputes that value."""
    return Case(
        *(
            When(
                Q(**{f"{kind}__isnull": False}),
                then=Q(stance=Stance.SUPPORTS) & Q(Exists(_disputing(kind))) & Q(is_stale=False),
            )
            for kind in CITABLE
        ),
        default=Value(False),
        output_field=models.BooleanField(),
    )


def _disputing(kind: str) -> models.QuerySet[Citation]:
    """Citations of the same field that dispute the value which the outer one was cited for.

    Where the value is a row, whichever value they dispute: a row may have been renamed.
    """
    names_a_row = [column for of, column in _ROWS if of == kind]
    same_value = Q(value=OuterRef("value")) | Q(field__in=names_a_row)
    return Citation.objects.filter(
        same_value, stance=Stance.DISPUTES, field=OuterRef("field"), **{kind: OuterRef(kind)}
    )


def _is_unanchored() -> Case:
    """SQL: that the paragraph has a text, and the quote stands nowhere in it."""
    return Case(
        When(Q(paragraph__text="") | Q(quote=""), then=Value(False)),
        When(_stands_in_text("quote"), then=Value(False)),
        When(
            Q(anchor_quote=F("quote")) & ~Q(anchor_words="") & _stands_in_text("anchor_words"),
            then=Value(False),
        ),
        default=Value(True),
        output_field=models.BooleanField(),
    )


def _stands_in_text(words: str) -> Any:
    return models.lookups.GreaterThan(StrIndex("paragraph__text", F(words)), 0)


def _has_no_text() -> Case:
    return Case(
        When(paragraph__text="", then=Value(True)),
        default=Value(False),
        output_field=models.BooleanField(),
    )

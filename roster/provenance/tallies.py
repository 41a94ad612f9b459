"""Evidence counted in buckets: records of one kind whose keys lie together.

How a field stands follows from its record, the citations of that record and their paragraphs, so
that a bucket can be counted by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Sum, Value, When

from roster.history.marks import Written
from roster.models import RECORDS, Citation, Official, Paragraph, Protection, ThreatSource
from roster.models.citations import CITABLE
from roster.provenance.states import FLAGS, EvidenceState, with_states

KEYS_A_BUCKET = 1_000
_KINDS = list(CITABLE)
_NAMED = (Official, ThreatSource, Protection)
"""Models whose refs are values of cited fields."""

Bucket = tuple[str, int]
"""A kind of record, and which thousand of its keys."""
Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def count_states(buckets: Collection[Bucket] | None = None) -> dict[tuple[Any, Bucket], int]:
    """How many citations are in each state, and how many fields are unsourced, by bucket.

    Of all buckets, or of these alone; in two queries. What is nowhere is left out.
    """
    found = Counter[tuple[Any, Bucket]]()
    for bucket, *sums in _sums_of_states(buckets):
        for state, number in zip((*FLAGS, EvidenceState.CURRENT), sums, strict=True):
            found[state, _bucket(bucket)] = number
    for bucket, unsourced in _unsourced(buckets):
        found[EvidenceState.UNSOURCED, _bucket(bucket)] += unsourced or 0
    return {place: number for place, number in found.items() if number}


def counts() -> dict[EvidenceState, int]:
    """How many citations are in each state, and how many fields are unsourced."""
    found = dict.fromkeys(EvidenceState, 0)
    for (state, _bucket_of), number in count_states().items():
        found[state] += number
    return found


def touched_states(written: list[Written]) -> set[Bucket] | None:
    """The buckets in which evidence may stand otherwise after these writes; None: in any.

    A new ref is another value wherever it is named.
    """
    tables = {model._meta.db_table: model for model in RECORDS}
    touched: set[Bucket] = set()
    paragraphs = set()
    for one in written:
        if model := tables.get(one.table):
            if model in _NAMED and len(one.both("ref")) > 1:
                return None
            touched.add((model.record_kind, one.key // KEYS_A_BUCKET))
        elif one.table == Citation._meta.db_table:
            for kind in _KINDS:
                keys = one.both(f"{kind}_id")
                touched |= {(kind, key // KEYS_A_BUCKET) for key in keys}
        elif one.table == Paragraph._meta.db_table:
            paragraphs.add(one.key)
    if paragraphs:
        resting = Citation.objects.order_by().filter(paragraph__in=paragraphs)
        found = resting.values_list(_bucket_of_citation()).distinct()
        touched |= {_bucket(number) for (number,) in found}
    return touched


def _sums_of_states(buckets: Collection[Bucket] | None) -> Iterable[tuple[int, ...]]:
    citations = Citation.objects.order_by()
    if buckets is not None:
        of_buckets = Q(pk__in=())
        for kind, number in buckets:
            of_buckets |= _in_bucket(kind, number)
        citations = citations.filter(of_buckets)
    flags = list(FLAGS.values())
    rows = with_states(citations).annotate(bucket=_bucket_of_citation())
    sql, values = rows.values_list("bucket", *flags).query.sql_with_params()
    none = " AND ".join(f"NOT {flag}" for flag in flags)
    sums = ", ".join(f"sum(CASE WHEN {test} THEN 1 ELSE 0 END)" for test in (*flags, none))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT bucket, {sums} FROM ({sql}) citation GROUP BY bucket",  # noqa: S608 - names of our own
            values,
        )
        return list(cursor.fetchall())


def _unsourced(buckets: Collection[Bucket] | None) -> Iterable[tuple[int, int | None]]:
    """Of records that are not cited at all, fields are not looked up one by one."""
    counted = []
    for kind, model in CITABLE.items():
        of_kind = [number for name, number in buckets or () if name == kind]
        if buckets is not None and not of_kind:
            continue
        records: Any = model._default_manager.order_by()
        if buckets is not None:
            in_buckets = Q(pk__in=())
            for number in of_kind:
                in_buckets |= _in_bucket("pk", number)
            records = records.filter(in_buckets)
        cited = Exists(Citation.objects.filter(**{kind: OuterRef("pk")}))
        place = Value(_KINDS.index(kind) * _STEP) + F("pk") / KEYS_A_BUCKET
        for some, is_counted in (
            (records.filter(~cited), records.says_something),
            (records.filter(cited), partial(records.is_unsourced, among=Exists)),
        ):
            fields: Any = sum(
                Case(When(is_counted(column), then=1), default=0, output_field=IntegerField())
                for column in model.factual_columns()
            )
            counted.append(
                some.values(bucket=place).annotate(n=Sum(fields)).values_list("bucket", "n")
            )
    if not counted:
        return []
    first, *others = counted
    return first.union(*others, all=True)  # type: ignore[no-any-return]  # of two numbers


_STEP = 10**12
"""Buckets of one kind are numbered from a multiple of it."""


def _bucket_of_citation() -> Case:
    return Case(
        *(
            When(
                **{f"{kind}__isnull": False},
                then=Value(place * _STEP) + F(f"{kind}_id") / KEYS_A_BUCKET,
            )
            for place, kind in enumerate(_KINDS)
        ),
        output_field=models.BigIntegerField(),
    )


def _bucket(number: int) -> Bucket:
    place, thousand = divmod(number, _STEP)
    return _KINDS[place], thousand


def _in_bucket(key: str, number: int) -> Q:
    first = number * KEYS_A_BUCKET
    return Q(**{f"{key}__gte": first, f"{key}__lte": first + KEYS_A_BUCKET - 1})

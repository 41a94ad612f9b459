"""Refs for rows that were given none: never one that the ledger has ever seen."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from django.db import connection

from roster.history.values import chunks
from roster.models import Change
from roster.models.records import Referable


def unused_ref(
    row: Referable, *, taken: Container[str] | None = None, given: Container[str] = ()
) -> str:
    """The first of the row's ref candidates that no row has or ever had.

    `taken` is `taken_refs` of the model, for many rows at once; without it the database is asked
    for each candidate. `given` are refs of rows that are about to be written as well.
    """
    is_taken = taken.__contains__ if taken is not None else _RefsInUse(type(row)).__contains__
    return next(ref for ref in row.ref_candidates() if ref not in given and not is_taken(ref))


def unused_refs(rows: Sequence[Referable], *, given: Iterable[str] = ()) -> list[str]:
    """A ref for each of these new rows of one model, as `unused_ref` finds it, none twice.

    `given` are refs that are known to be taken. The database is asked for all rows at once, again
    only where a ref that seemed free once was another's.
    """
    taken = set(given)
    while rows:
        refs, found = set[str](), list[str]()
        for row in rows:
            found.append(unused_ref(row, taken=taken, given=refs))
            refs.add(found[-1])
        if not (used := _used(type(rows[0]), refs)):
            return found
        taken |= used
    return []


def _used(model: type[Referable], refs: set[str]) -> set[str]:
    """Those of the refs that a row of the model has or once had."""
    used = set[str]()
    for some in chunks(sorted(refs)):
        used |= set(model._default_manager.filter(ref__in=some).values_list("ref", flat=True))
        places = ", ".join(["%s"] * len(some))
        recorded = _RECORDED_REF[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT {recorded} FROM roster_change "
                f"WHERE \"table\" = %s AND act IN ('d', 'u') AND {recorded} IN ({places})",
                [model._meta.db_table, *some],
            )
            used |= {ref for (ref,) in cursor.fetchall()}
    return used


def taken_refs(model: type[Referable]) -> set[str]:
    """Every ref that a row of the model has or once had."""
    live = set(model._default_manager.values_list("ref", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT {_RECORDED_REF[connection.vendor]} FROM roster_change "
            "WHERE \"table\" = %s AND act IN ('d', 'u')",
            [model._meta.db_table],
        )
        return live | {ref for (ref,) in cursor.fetchall() if ref}


class _RefsInUse:
    """Asks the database for one ref at a time."""

    def __init__(self, model: type[Referable]) -> None:
        self.model = model

    def __contains__(self, ref: object) -> bool:
        return (
            self.model._default_manager.filter(ref=ref).exists()
            or Change.objects.filter(
                table=self.model._meta.db_table,
                act__in=("d", "u"),
                before__contains=f'"ref":"{ref}"',
            ).exists()
        )


_RECORDED_REF = {
    "sqlite": "json_extract(before, '$.ref')",
    "postgresql": "before::json ->> 'ref'",
}

"""The rows that the ledger records: is each as recorded, and was each write seen and named?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from roster.fields import SearchKeyField
from roster.history.diffs import in_words, row_label, source_ref, state
from roster.history.digests import PAGE
from roster.history.engines import engine_of
from roster.history.verifying.problems import Problem
from roster.history.verifying.replay import differences
from roster.models import DOMAIN, Row
from roster.models.changes import ChangeQuerySet, ChangesetKind


def broken_rows(connection: BaseDatabaseWrapper) -> Iterator[Problem]:
    """Changes whose `before` is not what the row's change before it left behind.

    Something was written in between while no trigger stood. Left aside are the changes of a
    migration, which alters rows without writing them, and columns that came or went meanwhile,
    as the mark of a changed password does.
    """
    engine = engine_of(connection)
    history = (
        'SELECT id, "table", "key", before, after, changeset_id, '
        'lag(after) OVER (PARTITION BY "table", "key" ORDER BY id) AS was FROM roster_change'
    )
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT q.id, q."table", q."key", q.before, q.after, q.was, s.position '
            f"FROM ({history}) q LEFT JOIN roster_changeset s ON s.id = q.changeset_id "
            f"WHERE {engine.differs('q.before', 'q.was')} "
            "AND coalesce(s.kind, '') <> %s ORDER BY q.id",
            [ChangesetKind.MIGRATION.value],
        )
        for number, table, key, before, after, was, position in iter(cursor.fetchone, None):
            if _agree(was, before):
                continue
            label = _label(table, key, after or before)
            yield Problem(
                "replay",
                f"Change {number} of {label} starts from values that the change before it did "
                "not leave: something was written in between and not recorded.",
                changeset=position,
                change=number,
                record=label,
            )


def unlike_the_record(connection: BaseDatabaseWrapper) -> Iterator[Problem]:
    """Rows that are not as their last change left them."""
    for difference in differences(connection):
        recorded, found = difference.recorded, difference.found
        label = _label(difference.table, difference.key, found or recorded)
        yield Problem(
            "replay",
            f"{label} is not as the ledger last recorded it ({_words(recorded, found)}): it was "
            "written where no trigger saw it.",
            record=label,
        )


def written_outside(changes: ChangeQuerySet) -> Iterator[Problem]:
    """What to say of changes that belong to no changeset, whether an entry binds them or not."""
    ref_of = cache(source_ref)
    columns = ("id", "table", "key", "before", "after", "database_user")
    rows = changes.values_list(*columns).iterator(chunk_size=PAGE)
    for number, table, key, before, after, user in map(_readable, rows):
        label = _label(table, key, after or before, ref_of)
        yield Problem(
            "outside",
            f"{label} was written outside any changeset by database user "
            f"{user or 'unknown'} ({_words(before, after)}).",
            change=number,
            record=label,
        )


def stale_search_keys() -> Iterator[Problem]:
    """Records whose names were written past the code that makes their search keys."""
    for model in DOMAIN:
        for field in model._meta.local_fields:
            if isinstance(field, SearchKeyField):
                yield from _stale(model, field)


def _stale(model: type[Row], field: SearchKeyField) -> Iterator[Problem]:
    try:
        for row in model._default_manager.iterator(chunk_size=2_000):
            if getattr(row, field.attname) != field.key_of(row):
                yield Problem(
                    "search_key",
                    f"{row.label} cannot be found by its present name: its search key is "
                    "out of date; save the record again.",
                    record=row.label,
                )
    except ValueError as error:
        yield Problem(
            "search_key",
            f"The search keys of {model.file_stem} cannot be checked, because a row holds what "
            f"the database should have refused: {error}",
        )


def _readable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row of bytes as the database holds them, as text."""
    return tuple(
        value.decode(errors="replace") if isinstance(value, bytes) else value for value in row
    )


def _agree(was: str | None, before: str | None) -> bool:
    """Whether two states have different columns, and the same values in those of both."""
    if was is None or before is None:
        return False
    try:
        left, right = state(was), state(before)
    except ValueError:
        return False
    common = left.keys() & right.keys()
    return left.keys() != right.keys() and all(left[name] == right[name] for name in common)


def _label(
    table: str, key: int, recorded: str | None, ref_of: Callable[[int], str | None] = source_ref
) -> str:
    try:
        return row_label(table, key, recorded, ref_of)
    except (ValueError, TypeError):
        return f"{table}:{key}"


def _words(before: str | None, after: str | None) -> str:
    try:
        return in_words(before, after)
    except ValueError:
        return "what is recorded of it cannot be read"

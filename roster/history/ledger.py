"""Verification of the ledger: is every entry as it was written, and every row as recorded?

Reads in one snapshot and in constant memory but for the problems found; changes nothing and holds
up no one's writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from roster.history import capture
from roster.history.verifying.anchors import Anchor
from roster.history.verifying.chain import chain_problems
from roster.history.verifying.problems import Problem, Verdict
from roster.history.verifying.rows import (
    broken_rows,
    stale_search_keys,
    unlike_the_record,
    written_outside,
)
from roster.models import Change
from roster.models.acknowledgements import acknowledged_by_changeset, awaiting_acknowledgement

__all__ = ["Problem", "Verdict", "verify"]


def verify(anchors: Iterable[Anchor] = ()) -> Verdict:
    """Check the whole ledger of the default database, the first bad entry first."""
    verdict = Verdict()
    if not capture.is_migrated(connection):
        verdict.problems.append(Problem("trigger", capture.MISSING))
        return verdict
    with snapshot():
        verdict.problems += chain_problems(connection, verdict, anchors)
        verdict.problems += (
            Problem(fault.kind, fault.message) for fault in capture.faults(connection)
        )
        verdict.problems += broken_rows(connection)
        verdict.problems += unlike_the_record(connection)
        verdict.problems += written_outside(awaiting_acknowledgement())
        verdict.problems += stale_search_keys()
        verdict.acknowledged = acknowledged_by_changeset()
        verdict.changes = Change.objects.count()
    return verdict


@contextmanager
def snapshot() -> Iterator[None]:
    """One view of the database throughout, for reading only; that of a transaction already open."""
    if connection.vendor == "sqlite":
        with _any_text(), connection.cursor() as cursor:
            if connection.in_atomic_block:
                yield
                return
            cursor.execute("PRAGMA query_only = ON")
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
                cursor.execute("PRAGMA query_only = OFF")
    elif connection.in_atomic_block:
        yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


@contextmanager
def _any_text() -> Iterator[None]:
    """SQLite keeps bytes that are no text in a column of text: shown, not fallen over."""
    connection.ensure_connection()
    session = connection.connection
    usual, session.text_factory = session.text_factory, lambda text: text.decode(errors="replace")
    try:
        yield
    finally:
        session.text_factory = usual

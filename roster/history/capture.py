"""Capture: the triggers that write history and the guards that keep it, on either engine.

What a trigger says stands in `engines`; here is when they are put on, taken off and required.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from roster.history.engines import Fault, engine_of
from roster.models import Changeset

MISSING = "The database has no ledger yet: run `manage.py migrate`."

_stands: WeakKeyDictionary[BaseDatabaseWrapper, object] = WeakKeyDictionary()
"""For which session of a connection all triggers were seen to stand."""


class LedgerMissing(RuntimeError):
    """The database would not record what is written to it."""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put on every trigger and guard, replacing what is there."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        engine_of(connection).install(cursor)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take off every trigger and guard: what is written now goes unrecorded until reconciled."""
    forget(connection)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        engine_of(connection).remove(cursor)


def faults(connection: BaseDatabaseWrapper) -> list[Fault]:
    """Every trigger or guard that is missing, altered or disabled; empty when all stand."""
    with connection.cursor() as cursor:
        return engine_of(connection).faults(cursor)


def require(connection: BaseDatabaseWrapper) -> None:
    """Refuse to go on without the triggers. Asked once a session, before its first act.

    Raises LedgerMissing with a sentence that names the first fault.
    """
    connection = connections[connection.alias]
    connection.ensure_connection()
    if _stands.get(connection) is connection.connection:
        return
    if not is_migrated(connection):
        raise LedgerMissing(MISSING)
    if found := faults(connection):
        raise LedgerMissing(
            f"{found[0].message} Nothing is written without the ledger: run `manage.py migrate`, "
            "then `manage.py verify_history`."
        )
    _stands[connection] = connection.connection


def forget(connection: BaseDatabaseWrapper) -> None:
    """Ask anew before the next act."""
    _stands.pop(connections[connection.alias], None)


def is_migrated(connection: BaseDatabaseWrapper) -> bool:
    """Whether the ledger's tables exist."""
    return Changeset._meta.db_table in connection.introspection.table_names()


@contextmanager
def guards_lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """For tests that empty a database: no triggers inside, all of them after.

    What is written inside is not recorded; it is for the caller to reconcile, if anything is left.
    """
    remove(connection)
    try:
        yield
    finally:
        install(connection)

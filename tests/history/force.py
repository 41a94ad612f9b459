"""What a hostile hand does: SQL past Django's models, past the guards, or on one engine only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from roster.history import capture
from roster.history.ledger import verify
from roster.history.verifying.anchors import Anchor

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite only")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL only")

FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE contype = 'f' AND conrelid IN ('roster_changeset'::regclass, 'roster_boundchange'::regclass)
"""


@contextmanager
def by_force() -> Iterator[None]:
    """Inside, neither triggers nor guards stand; afterwards they do as if nothing had been."""
    settle()
    with capture.guards_lifted(connection):
        if connection.vendor == "postgresql":
            for table, name in run(FOREIGN_KEYS):
                run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        settle()


def settle() -> None:
    """PostgreSQL alters no table for which checks of foreign keys are still to come."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


def run(sql: str, *params: object) -> list[tuple]:
    """One statement through Django's connection; its rows, if it gives any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall() if cursor.description else []


def forced(*statements: str) -> None:
    """Statements that no guard stops and no trigger sees."""
    with by_force():
        for sql in statements:
            run(sql)


def kinds(*anchors: Anchor) -> set[str]:
    """The kinds of problems that verification finds."""
    return {problem.kind for problem in verify(anchors).problems}

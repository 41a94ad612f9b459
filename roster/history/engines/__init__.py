"""The two database engines behind one face: how each captures, guards, and knows its act."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from roster.history.engines.face import PASSWORD_MARK, Engine, Fault
from roster.history.engines.postgresql import PostgreSQL
from roster.history.engines.sqlite import SQLite

__all__ = ["PASSWORD_MARK", "Engine", "Fault", "engine_of"]


def engine_of(connection: BaseDatabaseWrapper) -> Engine:
    """The engine of a connection. Raises NotImplementedError for any but SQLite and PostgreSQL."""
    match connection.vendor:
        case "sqlite":
            return SQLite()
        case "postgresql":
            return PostgreSQL()
        case other:
            raise NotImplementedError(f"Roster keeps no ledger on {other}.")

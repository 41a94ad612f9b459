"""What is said when an import could not be written for what others write at the same time."""

from __future__ import annotations

from django.db import DatabaseError, IntegrityError

from roster.exchange.report import CellError

WRITTEN_MEANWHILE = (
    "While this file was imported, someone else wrote or deleted rows that it names: nothing of "
    "it was written. Import it again."
)
OTHERS_WRITE = (
    "Others have been writing for so long that this file did not get its turn: nothing of it was "
    "written. Import it again in a while."
)


def written_meanwhile(error: DatabaseError) -> CellError:
    """What is said of a statement that failed for what another session writes or wrote meanwhile.

    Raises the error where it failed for anything else: a row that a table's own rule refuses has
    been refused with its sentence before, or else the planner is wrong.
    """
    cause = error.__cause__
    code = getattr(cause, "sqlstate", "") or getattr(cause, "sqlite_errorname", "")
    if code == "SQLITE_BUSY":
        return CellError(None, None, OTHERS_WRITE)
    if (isinstance(error, IntegrityError) and code not in _BROKEN_RULES) or code in _IN_CONFLICT:
        return CellError(None, None, WRITTEN_MEANWHILE)
    raise error


_BROKEN_RULES = ("23502", "23514", "SQLITE_CONSTRAINT_CHECK", "SQLITE_CONSTRAINT_NOTNULL")
_IN_CONFLICT = ("40001", "40P01")
"""Of PostgreSQL: two transactions that cannot both go on."""

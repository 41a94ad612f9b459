"""One entry of the ledger: a changeset's header, in the very values that its digest covers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from typing import get_type_hints

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from roster.history.digests import fetched, ranges_of, sealed
from roster.history.engines import engine_of
from roster.models import Changeset


@dataclass(frozen=True)
class Header:
    """The columns of an entry but its digest; `closed_at` as text of the engine, UTC."""

    id: int
    position: int
    kind: str
    user_id: int | None
    reason: str
    closed_at: str
    first_change: int
    last_change: int
    change_count: int
    outside: str
    previous_digest: str
    review_reasons: str | None

    def digest(self, changes: str) -> str:
        """The digest of the entry, given that of its changes.

        An entry that need not be reviewed is digested as if there was no such column, which those
        closed before there was did not have.
        """
        covered = astuple(self) if self.review_reasons is not None else astuple(self)[:-1]
        return sealed((*covered, changes))

    @property
    def outside_runs(self) -> list[tuple[int, int]]:
        """The ids of the changes made outside that it binds, as runs, both ends included."""
        return ranges_of(self.outside)


COLUMNS = tuple(field.name for field in fields(Header))
_TYPES = get_type_hints(Header)
_RANGES = re.compile(r"(\d{1,18}(-\d{1,18})?(,|$))*")


class UnreadableEntry(ValueError):
    """A row that cannot be an entry, and why; `position` is None where not even that is known."""

    def __init__(self, row: tuple[object, ...], why: str) -> None:
        super().__init__(f"The entry of the ledger with id {row[0]!r} was altered: {why}")
        place = row[COLUMNS.index("position")]
        self.position = place if isinstance(place, int) else None


def insert(
    connection: BaseDatabaseWrapper, cursor: CursorWrapper, header: Header, digest: str
) -> Changeset:
    """Add the entry to the ledger, complete."""
    engine = engine_of(connection)
    values = ["%s"] * len(COLUMNS)
    values[COLUMNS.index("closed_at")] = engine.clock_of("%s")
    cursor.execute(
        f"INSERT INTO roster_changeset ({', '.join(COLUMNS)}, digest) "
        f"VALUES ({', '.join(values)}, %s)",
        [*astuple(header), digest],
    )
    columns = {name: getattr(header, name) for name in COLUMNS}
    columns["closed_at"] = datetime.fromisoformat(header.closed_at).replace(tzinfo=UTC)
    return Changeset(**columns, digest=digest)


def head(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> tuple[int, str, str]:
    """Position and digest of the last entry, zero and empty where there is none; the time now.

    The time is never before that of the last entry.
    """
    engine = engine_of(connection)
    cursor.execute(f"SELECT {engine.clock_text(engine.clock())}")
    (now,) = cursor.fetchone()
    cursor.execute(
        f"SELECT position, digest, {engine.clock_text('closed_at')} FROM roster_changeset "
        "ORDER BY position DESC LIMIT 1"
    )
    position, digest, closed_at = cursor.fetchone() or (0, "", "")
    return position, digest, max(now, closed_at)


def entries(connection: BaseDatabaseWrapper) -> Iterator[tuple[Header, str] | UnreadableEntry]:
    """Every entry by position with its digest, a page at a time."""
    engine = engine_of(connection)
    columns = [engine.clock_text(column) if column == "closed_at" else column for column in COLUMNS]
    sql = f"SELECT {', '.join(columns)}, digest FROM roster_changeset ORDER BY position"
    for row in fetched(connection, sql):
        try:
            yield _header(row), str(row[-1])
        except UnreadableEntry as error:
            yield error


def _header(row: tuple[object, ...]) -> Header:
    for name, value in zip(COLUMNS, row, strict=False):
        if not isinstance(value, _TYPES[name]):
            raise UnreadableEntry(row, f"its {name} is of a kind that Roster never writes.")
    header = Header(*row[:-1])  # type: ignore[arg-type]  # checked one by one
    if not _RANGES.fullmatch(header.outside):
        raise UnreadableEntry(row, "its list of changes made outside cannot be read.")
    return header

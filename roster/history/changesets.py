"""Changesets: all writes of one act in one transaction, closed by one chained row.

The database learns the act's id before the first write; the row that says who, when and why is
inserted at the end, complete, as the last statement before COMMIT, and never touched again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from roster.history.capture import require
from roster.history.digests import ChangesDigest, change_rows, id_ranges
from roster.history.engines import engine_of
from roster.history.entries import Header, head, insert
from roster.history.reviewing import ReviewReasons
from roster.models import Changeset
from roster.models.changes import ChangesetKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


@dataclass
class OpenChangeset:
    """An act under way. `closed` is its row in the ledger, once there is one."""

    id: int
    below: int
    kind: str
    user_id: int | None
    reason: str
    closed: Changeset | None = None

    @property
    def position(self) -> int | None:
        """Its place in the ledger; None while open, and for good when nothing was written."""
        return self.closed.position if self.closed else None


_open: WeakKeyDictionary[BaseDatabaseWrapper, OpenChangeset] = WeakKeyDictionary()
"""The act of each connection: a thread has its own connection and takes no part in another's."""

Check = Callable[[OpenChangeset], None]
_checks: dict[Check, None] = {}
"""In the order in which they were given, each once."""


def check_before_closing(check: Check) -> None:
    """Have `check` look at every act that is about to close; what it raises undoes the act whole.

    For rules on what an act as a whole may leave behind, whichever path its writes took. Said
    once, when Roster starts.
    """
    _checks[check] = None


@contextmanager
def changeset(
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None = None,
    kind: str = "edit",
    unfinished: tuple[int, int] | None = None,
) -> Iterator[OpenChangeset]:
    """One transaction whose writes form one changeset; inside another, a savepoint of that one.

    Nothing is added to the ledger when nothing changed, or when the block raises: its writes are
    then undone whole. Before it closes, the checks of `check_before_closing` look at it: what they
    raise is raised here. Must be outermost: inside a transaction opened elsewhere it raises
    RuntimeError. Raises ValueError on a blank reason or another kind than those of
    `ChangesetKind`, LedgerMissing without triggers.

    `unfinished` goes on with an act some of whose writes were committed without it, as those of a
    migration are: its id, and an id below those of its changes.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection in _open:
        with transaction.atomic():
            yield _open[connection]
        return
    if not reason.strip():
        raise ValueError("A changeset needs a reason: say in a few words why this is written.")
    if kind not in ChangesetKind.values:
        raise ValueError(f"“{kind}” is no kind of changeset: give {_KINDS}.")
    require(connection)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        engine = engine_of(connection)
        number, below = unfinished or engine.begin(cursor)
        engine.attribute(cursor, number)
        act = OpenChangeset(number, below, kind, user.pk if user else None, reason.strip())
        _open[connection] = act
        try:
            yield act
        finally:
            del _open[connection]
        for check in _checks:
            check(act)
        act.closed = close(connection, cursor, act)


_KINDS = f"{', '.join(ChangesetKind.values[:-1])} or {ChangesetKind.values[-1]}"


def close(
    connection: BaseDatabaseWrapper, cursor: CursorWrapper, act: OpenChangeset
) -> Changeset | None:
    """Chain the act's row to the ledger; None when the act changed nothing.

    Binds every change made outside any changeset that is to be seen and not bound yet.
    """
    engine = engine_of(connection)
    engine.attribute(cursor, None)
    digest = ChangesDigest()
    review = ReviewReasons(act.kind, act.user_id)
    own = "c.id > %s AND c.changeset_id = %s"
    for row in change_rows(connection, where=own, params=[act.below, act.id]):
        digest.add(row)
        review.see(row)
    if not digest.count:
        return None
    engine.lock_chain(cursor, act.user_id)
    position, previous_digest, closed_at = head(connection, cursor)
    header = Header(
        id=act.id,
        position=position + 1,
        kind=act.kind,
        user_id=act.user_id,
        reason=act.reason,
        closed_at=closed_at,
        first_change=digest.first,
        last_change=digest.last,
        change_count=digest.count,
        outside=_bind_outside(connection, cursor, act, digest),
        previous_digest=previous_digest,
        review_reasons=review.names(),
    )
    return insert(connection, cursor, header, header.digest(digest.hexdigest()))


def _bind_outside(
    connection: BaseDatabaseWrapper,
    cursor: CursorWrapper,
    act: OpenChangeset,
    digest: ChangesDigest,
) -> str:
    """Note and digest the changes made outside that no act has bound yet; their ids.

    All are looked through, not those above the last bound alone: one with a lower id may have
    been in flight until now.
    """
    cursor.execute(
        "INSERT INTO roster_boundchange (change_id, changeset_id) "
        "SELECT c.id, %s FROM roster_change c WHERE c.changeset_id IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM roster_boundchange b WHERE b.change_id = c.id)",
        [act.id],
    )
    if not cursor.rowcount:
        return ""

    def ids() -> Iterator[int]:
        for row in change_rows(connection, where=_BOUND_NOW, params=[act.id]):
            digest.bind(row)
            yield row[0]

    return id_ranges(ids())


_BOUND_NOW = (
    "c.changeset_id IS NULL AND EXISTS (SELECT 1 FROM roster_boundchange b "
    "WHERE b.change_id = c.id AND b.changeset_id = %s)"
)

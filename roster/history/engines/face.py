"""What the ledger asks of a database engine, and what all engines say alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from django.db.backends.utils import CursorWrapper

from roster.history.tracked import Catalog, Tracked

PREFIX = "roster_ledger_"
"""Begins the name of everything that the ledger puts into a database beside its tables."""
REFUSAL = "The ledger cannot be changed: its entries are written once and kept."
CLEARING_REFUSAL = "A table that the ledger tracks cannot be truncated: delete its rows."
PASSWORD_MARK = ',"password":"changed"'  # noqa: S105 - says that one changed, not which
"""Closes the JSON of a change in which a password was replaced; no value is kept."""


@dataclass(frozen=True)
class Fault:
    """A trigger that is not as installed: one that captures, or a guard."""

    kind: Literal["trigger", "guard"]
    message: str


class Engine(Protocol):
    """One database engine: how it captures, guards, and knows the act under way."""

    captures_migrations: bool
    """Whether triggers go on recording while tables change."""

    def catalog(self, cursor: CursorWrapper) -> Catalog:
        """The tracked tables that the database has, with their columns."""

    def install(self, cursor: CursorWrapper) -> None:
        """Put on every capture trigger and guard, replacing what is there."""

    def remove(self, cursor: CursorWrapper) -> None:
        """Take off every capture trigger and guard."""

    def faults(self, cursor: CursorWrapper) -> list[Fault]:
        """Everything that stands otherwise than `install` leaves it."""

    def begin(self, cursor: CursorWrapper) -> tuple[int, int]:
        """A new changeset's id, which no one else gets, and an id below all its changes to come."""

    def attribute(self, cursor: CursorWrapper, changeset: int | None) -> None:
        """Until told otherwise, the transaction's writes belong to this changeset, or to none."""

    def begin_migration(self, cursor: CursorWrapper, changeset: int) -> None:
        """Make ready for changes of the tables themselves, made as part of this changeset."""

    def end_migration(self, cursor: CursorWrapper) -> None:
        """What is written from now on belongs to no migration; triggers are not put back."""

    def lock_chain(self, cursor: CursorWrapper, user: int | None) -> None:
        """Wait for every other closing changeset; held until the transaction ends.

        All that COMMIT would still wait for, such as a check that `user` exists, is done before.
        """

    def clock(self) -> str:
        """SQL for the moment now, as the ledger's clock columns hold it."""

    def clock_text(self, column: str) -> str:
        """SQL for a clock column as the text that goes into digests, UTC."""

    def clock_of(self, text: str) -> str:
        """SQL for the moment that `clock_text` gave as `text`."""

    def exact(self, column: str) -> str:
        """SQL for a text column such that it is read byte by byte, whatever is in it."""

    def rows(self, cursor: CursorWrapper, tracked: Tracked, catalog: Catalog) -> str:
        """SELECT of `key`, `json` and `official` for each row as capture would record it."""

    def differs(self, left: str, right: str) -> str:
        """SQL that is true where two values differ, NULL being a value like any other."""

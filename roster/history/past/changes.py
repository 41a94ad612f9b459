"""What became of rows: their changes, each with the act that it belongs to and who made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models

from roster.history.diffs import state
from roster.history.values import chunks
from roster.models import Change
from roster.models.changes import ChangesetKind

Place = tuple[str, int]
"""A row by its table and key."""


@dataclass(frozen=True)
class PastChange:
    """One change; `position`, `kind` and `user` are those of its changeset, if it has any."""

    id: int
    table: str
    key: int
    act: str
    before: str | None
    after: str | None
    position: int | None
    kind: str | None
    user: str | None
    database_user: str | None

    @property
    def place(self) -> Place:
        return self.table, self.key

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns that it changed; of a row that came or went, all."""
        old, new = self.old.items(), self.new.items()
        return frozenset(name for name, _ in [*(old - new), *(new - old)])

    @cached_property
    def old(self) -> dict[str, Any]:
        """What `before` says by column; nothing of a row that was not there."""
        return state(self.before)

    @cached_property
    def new(self) -> dict[str, Any]:
        """What `after` says."""
        return state(self.after)

    @property
    def puts_back(self) -> bool:
        """Whether it belongs to an undo or a restore, which add no value of their own."""
        return self.kind == ChangesetKind.UNDO

    @property
    def act_name(self) -> str:
        """How messages name the act that it belongs to."""
        if self.position is not None:
            return f"changeset {self.position}"
        return "a write outside any changeset" if self.database_user else "the changeset under way"

    @property
    def author(self) -> str:
        """The act and who did it."""
        if self.position is not None:
            return f"{self.act_name} ({self.user or 'no user'})"
        by = f" (database user {self.database_user})" if self.database_user else ""
        return f"{self.act_name}{by}"


def past_changes(changes: models.QuerySet[Change]) -> list[PastChange]:
    """The changes, oldest first, with one query."""
    rows = changes.order_by("id").values_list(
        "id",
        "table",
        "key",
        "act",
        "before",
        "after",
        "changeset__position",
        "changeset__kind",
        "changeset__user__username",
        "database_user",
    )
    return [PastChange(*row) for row in rows.iterator(chunk_size=2_000)]


def pasts_of(places: Iterable[Place], *, since: int = 0) -> Mapping[Place, list[PastChange]]:
    """The changes with ids above `since` of each of these rows, oldest first."""
    found: dict[Place, list[PastChange]] = defaultdict(list)
    for table, keys in by_table(places).items():
        for some in chunks(sorted(keys)):
            changes = Change.objects.filter(table=table, key__in=some, id__gt=since)
            for change in past_changes(changes):
                found[change.place].append(change)
    return found


def by_table(places: Iterable[Place]) -> dict[str, set[int]]:
    """The keys of each table."""
    found: dict[str, set[int]] = defaultdict(set)
    for table, key in places:
        found[table].add(key)
    return found


def last_writer(past: Iterable[PastChange], columns: Collection[str]) -> PastChange | None:
    """The newest of a row's changes that wrote one of the columns."""
    return next((c for c in reversed(list(past)) if not c.columns.isdisjoint(columns)), None)


def place_of(model: type[models.Model], key: Any) -> Place:
    return model._meta.db_table, int(key)

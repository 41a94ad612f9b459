"""Acts, their undo, and all rows as they are, for the tests of undo and restore."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import models

from roster.actions.carry_out import PlanRefused
from roster.actions.undo_changeset import undo_changeset
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.history.tracked import tracked_tables


def rows_now() -> dict[str, list[tuple]]:
    """Every row of every tracked table, with all its columns, keys and bounds included."""
    return {
        tracked.table: list(
            tracked.model._base_manager.order_by("pk").values_list(
                *(field.attname for field in tracked.model._meta.concrete_fields)
            )
        )
        for tracked in tracked_tables()
    }


def act(write: Callable[[], object], **options) -> int:
    """Do something in a changeset of its own; its position."""
    with changeset(**{"reason": "A test writes.", **options}) as opened:
        write()
    return opened.position


def edit(row: models.Model, **values) -> int:
    """Change these fields of a row, in a changeset of its own; its position."""

    def write() -> None:
        fresh = type(row)._base_manager.get(pk=row.pk)
        for name, value in values.items():
            setattr(fresh, name, value)
        fresh.save()

    return act(write)


def delete(*rows: models.Model) -> int:
    """Delete rows in one changeset; its position."""
    # Fresh copies: Django takes the key off an instance that it deletes.
    return act(lambda: [type(row)._base_manager.get(pk=row.pk).delete() for row in reversed(rows)])


def undo(position: int, **options) -> int:
    """Undo a changeset; the position of the undo. The ledger is sound after it."""
    done = undo_changeset(position, **{"reason": "A test undoes.", **options})
    assert [problem for problem in verify().problems if problem.kind != "outside"] == []
    return done.position


def refusals(attempt: Callable[[], object]) -> list[str]:
    """The sentences with which an act is refused; it writes nothing."""
    before = rows_now()
    with pytest.raises(PlanRefused) as refused:
        attempt()
    assert rows_now() == before
    return refused.value.messages


def undo_refusals(position: int, **options) -> list[str]:
    return refusals(lambda: undo(position, **options))

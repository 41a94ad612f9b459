"""Reconciling: what was written while no trigger stood is recorded after all."""

from __future__ import annotations

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from roster.history.changesets import OpenChangeset, changeset
from roster.history.replay import record_differences
from roster.models.changes import ChangesetKind


def reconcile(connection: BaseDatabaseWrapper, *, reason: str) -> OpenChangeset:
    """Record every row that is not as last recorded, in one changeset of kind `migration`."""
    with (
        changeset(reason=reason, kind=ChangesetKind.MIGRATION) as act,
        connection.cursor() as cursor,
    ):
        record_differences(connection, cursor, changeset=act.id)
    return act


def record_unseen(connection: BaseDatabaseWrapper) -> None:
    """Record what no trigger saw as written outside any changeset, by whom is unknown.

    Done before a migration, whose own reconciling would take it for the migration's work.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        record_differences(connection, cursor, changeset=None, new_tables=False)

"""Reconciling: what was written while no trigger stood is recorded after all."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from roster.history.changesets import OpenChangeset, changeset
from roster.history.verifying.replay import record_differences
from roster.models.changes import ChangesetKind


def reconcile(connection: BaseDatabaseWrapper, *, reason: str) -> OpenChangeset:
    """Record every row that is not as last recorded, in one changeset of kind `migration`.

    Inside another changeset, as part of that one.
    """
    with (
        changeset(reason=reason, kind=ChangesetKind.MIGRATION) as act,
        connection.cursor() as cursor,
    ):
        record_differences(connection, cursor, changeset=act.id)
    return act

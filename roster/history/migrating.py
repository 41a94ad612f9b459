"""Migrations and the ledger: nothing that they write is lost, nothing is taken for theirs.

Connected to `pre_migrate` and `post_migrate`. While tables change, SQLite's triggers are off and
PostgreSQL's go on capturing; afterwards every row is reconciled, and all that the migration wrote
forms one changeset. A migration that breaks off leaves a note in the database, by which the next
run of `migrate` finishes it.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.backends.utils import CursorWrapper

from roster.access.groups import keep_promises
from roster.history import capture
from roster.history.changesets import changeset
from roster.history.digests import sealed
from roster.history.engines import engine_of
from roster.history.engines.face import PREFIX
from roster.history.reconcile import reconcile
from roster.history.verifying.replay import record_unseen
from roster.models import Change, Changeset
from roster.models.changes import ChangesetKind

REASON = "Migrate the database."
_NOTE = f"{PREFIX}migration"
"""The table that stands while a migration is under way: the changeset's id and one below it."""


def before_migrating(*, sender: AppConfig, using: str, plan: list[Any], **_: Any) -> None:
    """`pre_migrate`: record what no trigger saw until now, and note that a migration begins."""
    if not plan or not _is_first(sender, using) or not capture.is_migrated(connection):
        return
    engine = engine_of(connection)
    with transaction.atomic(), connection.cursor() as cursor:
        begun = _begun(cursor)
        if begun is None:
            record_unseen(connection, cursor)
            begun = engine.begin(cursor)
            _note(cursor, *begun)
        engine.begin_migration(cursor, begun[0])
    capture.forget(connection)


def after_migrating(*, sender: AppConfig, using: str, **options: Any) -> None:
    """`post_migrate`: triggers on, every row reconciled, permissions recorded as they are made.

    Django makes permissions as a receiver of the same signal; ours comes first and leaves it none
    to make.
    """
    if not _is_first(sender, using):
        return
    engine = engine_of(connection)
    if not capture.is_migrated(connection):
        with connection.cursor() as cursor:
            engine.end_migration(cursor)
            engine.remove(cursor)
        _forget_note()
        return
    with connection.cursor() as cursor:
        begun = _begun(cursor)
        if begun:
            engine.end_migration(cursor)
    found_whole = not capture.faults(connection)
    is_first_run = not found_whole and not Change.objects.exists()
    if not found_whole:
        with transaction.atomic(), connection.cursor() as cursor:
            if not begun:
                record_unseen(connection, cursor)
            engine.install(cursor)
    unfinished = begun if engine.captures_migrations else None
    with changeset(reason=REASON, kind=ChangesetKind.MIGRATION, unfinished=unfinished):
        _create_permissions(using, options.get("apps", apps))
        keep_promises()
        if begun or is_first_run:
            reconcile(connection, reason=REASON)
            _forget_note()


def _is_first(sender: AppConfig, using: str) -> bool:
    """Whether this is the first of the signals that Django sends, one for each app with models."""
    first = next(config for config in apps.get_app_configs() if config.models_module)
    return sender is first and using == DEFAULT_DB_ALIAS


def _create_permissions(using: str, present_apps: Apps) -> None:
    for config in apps.get_app_configs():
        if config.models_module:
            create_contenttypes(config, verbosity=0, using=using, apps=present_apps)
            create_permissions(config, verbosity=0, using=using, apps=present_apps)


def _note(cursor: CursorWrapper, changeset_id: int, below: int) -> None:
    """Leave word in the database that a migration is under way, sealed with the ledger's key."""
    _forget_note()
    cursor.execute(f"CREATE TABLE {_NOTE} (changeset bigint, below bigint, seal text)")
    seal = sealed((_NOTE, changeset_id, below))
    cursor.execute(f"INSERT INTO {_NOTE} VALUES (%s, %s, %s)", [changeset_id, below, seal])


def _forget_note() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_NOTE}")


def _begun(cursor: CursorWrapper) -> tuple[int, int] | None:
    """What the note of a migration under way says; None without one.

    One that we did not write, or of a migration that was finished, is none.
    """
    if _NOTE not in connection.introspection.table_names(cursor):
        return None
    cursor.execute(f"SELECT changeset, below, seal FROM {_NOTE}")
    changeset_id, below, seal = cursor.fetchone() or (0, 0, "")
    finished = Changeset.objects.filter(kind=ChangesetKind.MIGRATION, first_change__gt=below)
    if seal != sealed((_NOTE, changeset_id, below)) or finished.exists():
        return None
    return changeset_id, below

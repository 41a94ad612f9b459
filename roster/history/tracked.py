"""Which tables the ledger tracks, which of their columns it leaves out, and whom a row concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db import models

from roster.models import (
    DOMAIN,
    Acknowledgement,
    BoundChange,
    Change,
    Changeset,
    Citation,
    ImportMapping,
    Official,
    Protection,
    ProtectionExtension,
    Review,
    Role,
    Threat,
)

LEDGER: tuple[type[models.Model], ...] = (Change, Changeset, BoundChange)
"""The ledger's own tables: guarded, not tracked."""

ROWS: tuple[type[models.Model], ...] = (*DOMAIN, Review, Acknowledgement, ImportMapping)
"""The tables of the CSV contract, the verdicts on what was written to them, who answers for
what was written outside, and the saved mappings of files to import."""

ACCOUNTS: tuple[type[models.Model], ...] = (
    User,
    Group,
    Permission,
    User.groups.through,
    User.user_permissions.through,
    Group.permissions.through,
)

Catalog = Mapping[str, Mapping[str, str]]
"""What the database has: table → column → declared type, generated columns left out.

Triggers follow the database, not the models, which are ahead of it while a migration runs.
"""

OFFICIAL_PATHS: dict[type[models.Model], tuple[tuple[str, ...], ...]] = {
    Official: (("id",),),
    Role: (("official",),),
    Threat: (("official",),),
    Protection: (("official",),),
    ProtectionExtension: (("protection", "official"),),
    Citation: (
        ("official",),
        ("role", "official"),
        ("threat", "official"),
        ("protection", "official"),
        ("extension", "protection", "official"),
    ),
}
"""By which foreign keys a row leads to the official whom it concerns."""


@dataclass(frozen=True)
class Tracked:
    """One tracked table.

    `left_out` are columns whose values never enter the ledger; of these, a change of `marked`
    is recorded as having happened.
    """

    model: type[models.Model]
    left_out: tuple[str, ...] = ()
    marked: str | None = None

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def columns(self, catalog: Catalog) -> list[str]:
        """The columns recorded, in the order of the table; none where there is no table."""
        return [name for name in catalog.get(self.table, ()) if name not in self.left_out]

    def official_sql(self, row: str, catalog: Catalog, schema: str = "") -> str:
        """SQL for the key of the official whom the row with alias `row` concerns, or NULL.

        Follows only columns that the database has; `schema` is put before table names, with its
        dot.
        """
        paths = (self._steps(path) for path in OFFICIAL_PATHS.get(self.model, ()))
        found = [
            _follow(steps, row, schema)
            for steps in paths
            if all(column in catalog.get(table, ()) for table, column in steps)
        ]
        if not found:
            return "CAST(NULL AS bigint)"
        return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"

    def _steps(self, path: tuple[str, ...]) -> list[tuple[str, str]]:
        """Each foreign key of the path as its table and column."""
        model: Any = self.model
        steps = []
        for name in path:
            field = model._meta.get_field(name)
            steps.append((model._meta.db_table, field.column))
            model = field.related_model
        return steps


def _follow(steps: list[tuple[str, str]], row: str, schema: str) -> str:
    sql = f'{row}."{steps[0][1]}"'
    for number, (table, column) in enumerate(steps[1:]):
        alias = f"{row}_{number}"
        sql = (
            f'(SELECT {alias}."{column}" FROM {schema}"{table}" {alias} WHERE {alias}."id" = {sql})'
        )
    return sql


@cache
def tracked_tables() -> tuple[Tracked, ...]:
    """Every table whose writes the ledger records: `ROWS`, and who may do what."""
    accounts = (
        Tracked(model, left_out=("last_login", "password"), marked="password")
        if model is User
        else Tracked(model)
        for model in ACCOUNTS
    )
    return (*(Tracked(model) for model in ROWS), *accounts)

"""The four groups and what their names promise: data, and one function that makes it so."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission, User
from django.db import models
from django.db.models import Q

from roster.models import (
    DOMAIN,
    Acknowledgement,
    Change,
    Changeset,
    ImportMapping,
    ImportRun,
    Review,
)

LEDGER: tuple[type[models.Model], ...] = (Changeset, Change)
ACCOUNTS: tuple[type[models.Model], ...] = (User, Group)


@dataclass(frozen=True)
class Promise:
    """What a group may do with the rows of the CSV contract and with the tables around them."""

    rows: tuple[str, ...]
    ledger: tuple[str, ...] = ("view",)
    accounts: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    acknowledgements: tuple[str, ...] = ()
    mappings: tuple[str, ...] = ()
    others_runs: tuple[str, ...] = ()
    """With the import runs of others; one's own go with the permission to import."""

    def permissions(self) -> models.QuerySet[Permission]:
        """Every permission that is promised."""
        promised = Q(pk__in=())
        for tables, acts in (
            (DOMAIN, self.rows),
            (LEDGER, self.ledger),
            (ACCOUNTS, self.accounts),
            ((Review,), self.reviews),
            ((Acknowledgement,), self.acknowledgements),
            ((ImportMapping,), self.mappings),
            ((ImportRun,), self.others_runs),
        ):
            for table in tables:
                options = table._meta
                promised |= Q(
                    content_type__app_label=options.app_label,
                    content_type__model=options.model_name,
                    codename__in=[get_permission_codename(act, options) for act in acts],
                )
        return Permission.objects.filter(promised)


GROUPS = {
    "Viewer": Promise(rows=("view",)),
    "Analyst": Promise(
        rows=("view", "add", "change", "delete", "import", "export"),
        mappings=("view", "add", "change", "delete"),
    ),
    "Reviewer": Promise(rows=("view", "export"), reviews=("add",), others_runs=("view",)),
    "Administrator": Promise(
        rows=("view", "add", "change", "delete", "import", "export"),
        accounts=("view", "add", "change", "delete"),
        reviews=("add",),
        acknowledgements=("add",),
        mappings=("view", "add", "change", "delete"),
        others_runs=("view",),
    ),
}


def keep_promises() -> None:
    """Make the four groups and give each exactly what it is promised.

    Writes nothing where that is so already. What was given or taken by hand is set right again:
    who needs more or less than a name promises gets a group of another name.
    """
    for name, promise in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(promise.permissions())

"""The ledger's tables: changesets and the changes inside them.

The database's triggers write `Change`; `roster.history` inserts `Changeset`, once, when an act
closes. Both refuse UPDATE, DELETE and TRUNCATE in the database. The two foreign keys of a Change
carry no database constraint: the changeset's row comes last, and the official may be gone.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from roster.fields import CodeField
from roster.models.officials import Official


class ChangesetKind(models.TextChoices):
    EDIT = "edit", "Edit"
    IMPORT = "import", "Import"
    UNDO = "undo", "Undo"
    COMMAND = "command", "Command"
    SEED = "seed", "Seed"
    MIGRATION = "migration", "Migration"


class Act(models.TextChoices):
    INSERT = "i", "Insert"
    UPDATE = "u", "Update"
    DELETE = "d", "Delete"


def _has_key(table: str) -> models.CheckConstraint:
    """Keys count from 1: SQLite's guard against REPLACE knows a key to be made by its being -1."""
    return models.CheckConstraint(condition=Q(id__gte=1), name=f"{table}_id_is_positive")


class ChangesetQuerySet(models.QuerySet["Changeset"]):
    def newest_first(self) -> ChangesetQuerySet:
        return self.order_by("-position")


class Changeset(models.Model):
    """All the writes of one act: who, when, why; chained to the one before."""

    id = models.BigAutoField(primary_key=True)
    position = models.BigIntegerField(unique=True, help_text="1, 2, 3 … without a gap.")
    kind = CodeField(choices=ChangesetKind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="changesets",
    )
    reason = models.TextField()
    closed_at = models.DateTimeField()
    first_change = models.BigIntegerField(help_text="The lowest id of its own changes.")
    last_change = models.BigIntegerField(help_text="The highest id of its own changes.")
    change_count = models.BigIntegerField(help_text="How many changes are its own.")
    outside = models.TextField(
        blank=True, help_text="Ids of the changes made outside that it binds: 7-9,12."
    )
    previous_digest = models.CharField(max_length=64, blank=True)
    # NULL where there is none: SQLite takes a partial index only for a condition without values.
    review_reasons = models.TextField(
        null=True,
        blank=True,
        help_text="Names of the rules for which it must be reviewed, with commas.",
    )
    digest = models.CharField(max_length=64)

    objects = ChangesetQuerySet.as_manager()

    class Meta:
        ordering = ("-position",)
        indexes = (
            models.Index(
                fields=("position",),
                name="changeset_to_review",
                condition=Q(review_reasons__isnull=False),
            ),
        )
        constraints = (_has_key("changeset"),)

    def __str__(self) -> str:
        return f"#{self.position}"

    @property
    def changes_in_order(self) -> models.QuerySet[Change]:
        """Its own changes as they were written; found by id range, not by scanning."""
        return Change.objects.filter(
            id__range=(self.first_change, self.last_change), changeset=self
        ).order_by("id")


class ChangeQuerySet(models.QuerySet["Change"]):
    def of_row(self, row: models.Model) -> ChangeQuerySet:
        """The changes of one row of one table, oldest first."""
        return self.filter(table=row._meta.db_table, key=row.pk).order_by("id")

    def of_act(self, act: Act) -> ChangeQuerySet:
        """The changes of one kind of act, told by which of the two sides there is."""
        return self.filter(
            before__isnull=act == Act.INSERT,
            after__isnull=act == Act.DELETE,
        )

    def outside(self) -> ChangeQuerySet:
        """Changes written outside any changeset."""
        return self.filter(changeset__isnull=True)


class Change(models.Model):
    """One row of one table before and after, as the database's trigger wrote it."""

    id = models.BigAutoField(primary_key=True)
    changeset = models.ForeignKey(
        Changeset,
        on_delete=models.PROTECT,
        null=True,
        related_name="changes",
        db_constraint=False,
        db_index=False,
    )
    clock = models.DateTimeField()
    table = models.CharField(max_length=63)
    key = models.BigIntegerField()
    act = models.CharField(max_length=1, choices=Act)
    before = models.TextField(null=True)
    after = models.TextField(null=True)
    official = models.ForeignKey(
        Official,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="changes",
        db_constraint=False,
        db_index=False,
    )
    database_user = models.CharField(
        max_length=63, null=True, help_text="Set only for a change outside any changeset."
    )

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("table", "key", "id"), name="change_by_row"),
            models.Index(
                fields=("official", "id"),
                name="change_by_official",
                condition=Q(official__isnull=False),
            ),
            models.Index(
                fields=("id",), name="change_outside", condition=Q(changeset__isnull=True)
            ),
            # For lists of the newest. Inserts, the bulk of imports, need no index of their own.
            models.Index(fields=("table", "id"), name="change_by_table"),
            models.Index(fields=("id",), name="change_of_older", condition=Q(before__isnull=False)),
            models.Index(fields=("id",), name="change_gone", condition=Q(after__isnull=True)),
        )
        constraints = (_has_key("change"),)

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.table} {self.key}"


class BoundChange(models.Model):
    """A change made outside any changeset and the changeset whose digest binds it.

    Written before the changeset's row, to which its foreign key therefore is no constraint.
    """

    change = models.OneToOneField(
        Change, on_delete=models.PROTECT, primary_key=True, db_constraint=False
    )
    changeset = models.ForeignKey(
        Changeset, on_delete=models.PROTECT, related_name="bound", db_constraint=False
    )

    def __str__(self) -> str:
        return f"{self.change_id} bound by {self.changeset_id}"

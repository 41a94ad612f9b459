"""Import runs: every import that was begun, what came of it, and how far it is while it runs.

Kept for those who run Roster: what was written is evidence in the ledger, and a run's row is not.
No trigger follows it, and it may be written while the import itself is a transaction of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from roster.fields import CodeField
from roster.models.changes import Changeset
from roster.text.characters import quoted

BUNDLE = "bundle"
"""Stands for the file stem of a model where a whole roster is imported."""


class RunState(models.TextChoices):
    """What has become of a run. Only one that is done has written anything."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    CANCELLED = "cancelled", "Cancelled"
    LOST = "lost", "Lost"


class RunStage(models.TextChoices):
    """What a run is at. What it writes is seen by nobody before it is done."""

    READING = "reading", "Reading the file"
    CHECKING = "checking", "Checking the rows and writing them"
    WRITING = "writing", "Writing"


UNDER_WAY = (RunState.WAITING, RunState.RUNNING)
STANDING = (*UNDER_WAY, RunState.DONE)
"""Those after which the same upload is not imported again."""


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def newest_first(self) -> Self:
        return self.order_by("-id")

    def under_way(self) -> Self:
        """Those that have not ended."""
        return self.filter(state__in=UNDER_WAY)

    def ended(self) -> Self:
        return self.exclude(state__in=UNDER_WAY)

    def standing(self) -> Self:
        """Those that are under way or done: their upload is taken."""
        return self.filter(state__in=STANDING)


class ImportRun(models.Model):
    """One import: of which file, by whom and why; how far it is; what came of it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="import_runs",
    )
    stem = models.CharField(max_length=63, help_text="The file stem of its model, or bundle.")
    file_name = models.CharField(max_length=255, help_text="As the user's system calls it.")
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    reason = models.TextField()
    token = models.CharField(max_length=43, help_text="That of its upload; otherwise made up.")
    as_previewed = models.CharField(
        max_length=64,
        null=True,
        blank=True,
        help_text="Digest of the plan that was shown and confirmed; none where none was shown.",
    )

    state = CodeField(choices=RunState, default=RunState.WAITING)
    stage = CodeField(choices=RunStage, blank=True)
    rows_done = models.BigIntegerField(default=0, help_text="In this stage.")
    fraction = models.FloatField(default=0.0, help_text="How much of this stage is done, 0 to 1.")
    begun_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    stage_began_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    rows = models.BigIntegerField(default=0)
    new = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    conflicts = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0)
    citations = models.BigIntegerField(default=0)
    listed_errors = models.JSONField(
        default=list, help_text="Line, column and message of the first errors."
    )
    message = models.TextField(blank=True, help_text="What is said of how it ended.")
    changeset = models.ForeignKey(
        Changeset,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="import_runs",
        db_constraint=False,  # named before its row is there, which comes last
    )

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("token",),
                condition=Q(state__in=STANDING),
                name="import_run_of_an_upload_is_one",
            ),
        )

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def shown_name(self) -> str:
        """The file's name as a sentence quotes it."""
        return quoted(self.file_name, length=100)

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    def seconds_in_stage(self) -> float:
        """From the beginning of its stage to the last sign of life."""
        first: datetime | None = self.stage_began_at
        last: datetime | None = self.heartbeat_at
        return (last - first).total_seconds() if first and last else 0.0

    def error_rows(self) -> list[dict[str, Any]]:
        """Its listed errors, each with `line`, `column` and `message`."""
        return [
            dict(zip(("line", "column", "message"), one, strict=True)) for one in self.listed_errors
        ]

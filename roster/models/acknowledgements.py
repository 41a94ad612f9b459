"""Acknowledgements: a write from outside any changeset that somebody looked into and answers for.

Who and why are those of the changeset that wrote the acknowledgement. One that was itself written
outside counts for nothing, so that nobody clears their own tracks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Subquery

from roster.models.changes import Change, ChangeQuerySet, Changeset


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    def counted(self) -> Self:
        """Those that stand as a changeset left them, written after what they acknowledge.

        Each with `made_by`, the id of that changeset.
        """
        recorded = Change.objects.filter(
            table=Acknowledgement._meta.db_table, key=OuterRef("pk")
        ).order_by("-id")
        return self.annotate(
            made_by=Subquery(recorded.values("changeset_id")[:1]),
            recorded_as=Subquery(recorded.values("id")[:1]),
        ).filter(made_by__isnull=False, recorded_as__gt=F("change_id"))


class Acknowledgement(models.Model):
    """A change made outside any changeset, acknowledged by the changeset that wrote this row.

    Not unique: a row that somebody forced in, which counts for nothing, would bar a true one.
    """

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="acknowledgements")

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        default_permissions = ("add",)
        ordering = ("id",)

    def __str__(self) -> str:
        return f"change {self.change_id}"


@dataclass(frozen=True)
class Acknowledged:
    """What one changeset acknowledged: how many changes made outside, by whom and why."""

    changeset_id: int
    position: int
    user: str | None
    reason: str
    count: int


def awaiting_acknowledgement() -> ChangeQuerySet:
    """The changes made outside any changeset that nobody has acknowledged, oldest first."""
    acknowledged = Acknowledgement.objects.counted().filter(change=OuterRef("pk"))
    return Change.objects.outside().filter(~Exists(acknowledged)).order_by("id")


def acknowledged_by_changeset() -> list[Acknowledged]:
    """What was acknowledged, by changeset, oldest first; two queries."""
    counted: models.QuerySet[Any] = Acknowledgement.objects.counted().filter(
        change__changeset__isnull=True
    )
    counts = dict(
        counted.order_by()
        .values("made_by")
        .annotate(count=Count("change", distinct=True))
        .values_list("made_by", "count")
    )
    acts = Changeset.objects.filter(pk__in=counts).order_by("position")
    return [
        Acknowledged(key, position, user, reason, counts[key])
        for key, position, user, reason in acts.values_list(
            "pk", "position", "user__username", "reason"
        )
    ]

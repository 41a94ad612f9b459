"""Protections and the decisions that prolonged them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Least

from roster.dates import PartialDate
from roster.fields import (
    CodeField,
    DayBefore,
    LineField,
    OrdinalField,
    PartialDateField,
    PeriodRule,
    ProseField,
    Rule,
)
from roster.models.officials import Official
from roster.models.records import (
    NAME_LENGTH,
    SUMMARY_LENGTH,
    PeriodQuerySet,
    Record,
    may_be_in_force,
    surely_in_force,
)
from roster.models.threats import Threat
from roster.periods import Period
from roster.text.refs import numbered_ref

OPEN_END = ".."
NO_LAST_DAY = date.max.isoformat()
"""The latest day of an end that is open, unknown, or on or after some day."""


class ProtectionLevel(models.TextChoices):
    ROUND_THE_CLOCK = "round_the_clock", "Round the clock"
    PART_TIME = "part_time", "Part time"
    EVENT = "event", "At events"
    UNKNOWN = "unknown", "Unknown"


class EndReason(models.TextChoices):
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Revoked"
    DECLINED = "declined", "Declined"
    DIED = "died", "Died"
    OTHER = "other", "Other"


class ProtectionQuerySet(PeriodQuerySet):
    def ended_by(self, day: date) -> Self:
        """Whose latest possible end is on or before `day`; open and unknown ends are not."""
        return self.filter(end_latest__lte=day.isoformat())

    def after_gap(self, day: date) -> Self:
        """Before whose start the official is surely not covered, though covered earlier on.

        The eve of its start is `day` or later, and lies in a gap of `roster.periods.breaks`: each
        such gap ends before a protection that this finds.
        """
        return (
            self.filter(start_earliest__gt=day.isoformat())
            .annotate(eve=DayBefore("start_earliest"))
            .filter(Exists(_others().filter(end_latest__lt=OuterRef("eve"))))
            .exclude(Exists(_others().filter(may_be_in_force(OuterRef("eve")))))
        )

    def after_possible_gap(self, day: date) -> Self:
        """The same of gaps that are there in some reading: `after_gap` and more.

        A protection of which neither start nor end is known opens no gap.
        """
        text = day.isoformat()
        eve, others = OuterRef("eve"), _others()
        earlier = others.filter(_DATED, start_earliest__lt=eve, end_earliest__lt=eve)
        return (
            self.filter(_DATED, start_latest__gt=text, end_latest__gt=text)
            .annotate(eve=DayBefore(Least("start_latest", "end_latest")))
            .filter(Exists(earlier.exclude(pk=OuterRef("pk"))))
            .exclude(Exists(others.filter(surely_in_force(eve))))
        )

    def lapsed_on(self, day: date) -> Self:
        """Not said to end, though the last of the extensions ended before `day`.

        In force, in some reading, without a last day: the end is unknown, open, or on or after
        some day. Each extension surely ended.
        """
        extensions = ProtectionExtension.objects.filter(protection=OuterRef("pk"))
        return self.filter(
            Exists(extensions),
            ~Exists(extensions.filter(end_latest__gte=day.isoformat())),
            start_earliest__lte=day.isoformat(),
            end_latest=NO_LAST_DAY,
        )

    def unthreatened_on(self, day: date) -> Self:
        """In force, in some reading, though no threat that lives on `day` names the official."""
        threats = Threat.objects.live_on(day).filter(official=OuterRef("official"))
        return self.maybe_in_force_on(day).filter(~Exists(threats))


_DATED = ~Q(start="", end="")


def _others() -> ProtectionQuerySet:
    """All protections of the official whose protection the outer query is at."""
    return Protection.objects.order_by().filter(official=OuterRef("official"))


class Protection(Record):
    """A protective arrangement for one official.

    Its own start and end state the whole arrangement and alone decide who is protected.
    """

    record_kind = "protection"
    file_stem = "protections"
    columns: ClassVar = (
        "ref",
        "official",
        "level",
        "provider",
        "authority",
        "reason",
        "start",
        "end",
        "end_reason",
        "ended_by",
        "summary",
    )
    parent_column = "official"

    official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="protections")
    level = CodeField(choices=ProtectionLevel)
    provider = LineField(max_length=NAME_LENGTH, blank=True, help_text="Who protects.")
    authority = LineField(
        max_length=NAME_LENGTH, blank=True, help_text="Law, order or office that it rests on."
    )
    reason = ProseField(max_length=SUMMARY_LENGTH, blank=True)
    start = PartialDateField()
    end = PartialDateField(open_end=True, help_text="The last day, included.")
    end_reason = CodeField(choices=EndReason, blank=True)
    ended_by = LineField(max_length=NAME_LENGTH, blank=True, help_text="Who ended it.")
    summary = ProseField(max_length=SUMMARY_LENGTH, blank=True)

    objects = ProtectionQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ("ref",)
        indexes = (models.Index(fields=("end_latest", "end_earliest"), name="protection_by_end"),)
        constraints = (
            PeriodRule(name="protection_period_is_possible"),
            Rule(
                name="protection_open_end_has_no_reason",
                condition=~Q(end=OPEN_END) | Q(end_reason="", ended_by=""),
                sentence=(
                    "An open end (..) has neither a reason nor anyone who ended it: "
                    "give the end, or leave both empty."
                ),
                field="end",
                holds=lambda protection: (
                    protection.end != OPEN_END
                    or (protection.end_reason == "" and protection.ended_by == "")
                ),
            ),
        )

    @property
    def period(self) -> Period:
        return Period(PartialDate(self.start), PartialDate(self.end))

    def ref_base(self) -> str:
        return f"{self.official.ref}/protection"


class ProtectionExtensionQuerySet(PeriodQuerySet):
    pass


class ProtectionExtension(Record):
    """One decision to prolong a protection; it explains the protection's end, no more."""

    record_kind = "extension"
    file_stem = "extensions"
    columns: ClassVar = (
        "ref",
        "protection",
        "number",
        "decided",
        "notified",
        "start",
        "end",
        "granted_by",
        "signed_by",
        "reason",
        "summary",
    )
    parent_column = "protection"

    protection = models.ForeignKey(Protection, on_delete=models.PROTECT, related_name="extensions")
    number = OrdinalField(
        null=True,
        blank=True,
        help_text="The ordinal that the source gives (8 for an eighth determination).",
    )
    decided = PartialDateField()
    notified = PartialDateField()
    start = PartialDateField()
    end = PartialDateField(open_end=True, help_text="The last day, included.")
    granted_by = LineField(max_length=NAME_LENGTH, blank=True)
    signed_by = LineField(max_length=NAME_LENGTH, blank=True)
    reason = ProseField(max_length=SUMMARY_LENGTH, blank=True)
    summary = ProseField(max_length=SUMMARY_LENGTH, blank=True)

    objects = ProtectionExtensionQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ("ref",)
        verbose_name = "extension"
        constraints = (PeriodRule(name="extension_period_is_possible"),)

    @property
    def period(self) -> Period:
        return Period(PartialDate(self.start), PartialDate(self.end))

    def ref_base(self) -> str:
        return f"{self.protection.ref}/{self.number or 1}"

    def ref_candidates(self) -> Iterator[str]:
        """By its ordinal; where the source gives none, by the first number that is free."""
        if self.number:
            return super().ref_candidates()
        return (numbered_ref(f"{self.protection.ref}/{number}", 1) for number in count(1))

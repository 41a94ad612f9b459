"""Roles: one official's tenure of one position in one organization."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from roster.fields import LineField, PartialDateField, PeriodRule, ProseField
from roster.models.officials import Official
from roster.models.records import NAME_LENGTH, SUMMARY_LENGTH, PeriodQuerySet, Record
from roster.text.refs import slug


class RoleQuerySet(PeriodQuerySet):
    pass


class Role(Record):
    """One official's tenure of one position in one organization."""

    record_kind = "role"
    file_stem = "roles"
    columns: ClassVar = (
        "ref",
        "official",
        "title",
        "organization",
        "start",
        "end",
        "summary",
    )
    parent_column = "official"

    official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="roles")
    title = LineField(max_length=NAME_LENGTH)
    organization = LineField(max_length=NAME_LENGTH, blank=True)
    start = PartialDateField()
    end = PartialDateField(open_end=True)
    summary = ProseField(max_length=SUMMARY_LENGTH, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ("ref",)
        constraints = (PeriodRule(name="role_period_is_possible"),)

    def ref_base(self) -> str:
        return f"{self.official.ref}/{slug(self.title)}"

"""Saved mappings: how the columns of files that were made elsewhere become ours, under a name."""

from __future__ import annotations

from django.db import models

from roster.fields import LineField, ProseField

DEFINITION_LENGTH = 100_000
"""Characters that a mapping may have as JSON."""


class ImportMapping(models.Model):
    """A mapping that can be used again; what it declares is read by the exchange."""

    name = LineField(
        max_length=100, unique=True, help_text="What to call it, such as where the files are from."
    )
    stem = LineField(
        "model", max_length=40, help_text="The model that its files are for, by its file stem."
    )
    definition = ProseField(
        max_length=DEFINITION_LENGTH,
        help_text="JSON: of which columns of the file each of ours is made, and what is ignored.",
    )

    class Meta:
        default_permissions = ("view", "add", "change", "delete")
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)

"""What belongs to a row in the ledger: its own changes and those of the rows that hang on it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from roster.models import (
    RECORDS,
    Change,
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Source,
)
from roster.models.changes import ChangeQuerySet

_CHILDREN: dict[type[models.Model], tuple[tuple[type[models.Model], str], ...]] = {
    **{model: ((Citation, f"{model.record_kind}_id"),) for model in RECORDS},
    Protection: ((Citation, "protection_id"), (ProtectionExtension, "protection_id")),
    Source: ((Paragraph, "source_id"),),
    Paragraph: ((Citation, "paragraph_id"),),
}
"""Which rows hang on a row of a model, and by which column; an official has a column of its own."""


def changes_about(row: models.Model) -> ChangeQuerySet:
    """The changes of a row and of what hangs on it, rows deleted since included; oldest first.

    An official's are all that concern the official; a protection's include its extensions' and
    the citations of both.
    """
    if isinstance(row, Official):
        return Change.objects.filter(official=row.pk).order_by("id")
    wanted = Q(table=row._meta.db_table, key=row.pk)
    for child, column in _CHILDREN.get(type(row), ()):
        theirs = _within_officials_of(row) & naming(child, column, [row.pk])
        wanted |= theirs
        if child is ProtectionExtension:
            keys = Change.objects.filter(theirs).order_by().values_list("key", flat=True).distinct()
            wanted |= _within_officials_of(row) & naming(Citation, "extension_id", keys)
    return Change.objects.filter(wanted).order_by("id")


def naming(child: type[models.Model], column: str, keys: Iterable[int]) -> Q:
    """Changes of rows of `child` that point, before or after, at one of the rows `keys`.

    What a trigger wrote is compact JSON, in which a number is followed by a comma or a brace, and
    quotation marks inside a text are escaped.
    """
    named = Q(pk__in=())
    for key in keys:
        for end in ",}":
            text = f'"{column}":{key}{end}'
            named |= Q(before__contains=text) | Q(after__contains=text)
    return Q(table=child._meta.db_table) & named


def _within_officials_of(row: models.Model) -> Q:
    """Changes that concern an official of the row, now or once; for an index to find them."""
    officials = set(
        Change.objects.of_row(row).order_by().values_list("official", flat=True).distinct()
    )
    return Q() if None in officials else Q(official__in=officials)

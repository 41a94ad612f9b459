"""Revise a source: its new version takes over what is cited, as far as it still says it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from roster.actions.attach_text import attach_text
from roster.history.changesets import changeset
from roster.history.refs import unused_ref
from roster.models import Citation, Source
from roster.provenance.aligning import Fate
from roster.provenance.documents import Document
from roster.provenance.placing import ANCHOR, BATCH, place
from roster.provenance.revisions import CarriedCitation, Revision, revise

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

CHANGED_SINCE = (
    "The paragraphs of one of the versions, or the citations of them, were changed by someone "
    "after the preview: nothing was written. Look at the preview again."
)
TAKEN_OVER = ("title", "publisher", "published", "url", "language", "reliability")
"""The columns that a new version has of the old until somebody says otherwise."""


@dataclass(frozen=True)
class Revised:
    """What a revision wrote: the new version, citations moved to it and left on the old.

    `changeset` is a position, None when everything was so already.
    """

    newer: Source
    moved: int
    left: int
    changeset: int | None


def revise_source(
    old: Source,
    *,
    reason: str,
    document: Document | None = None,
    newer: Source | None = None,
    user: AbstractBaseUser | AnonymousUser | None = None,
    leave: Collection[int] = (),
    as_previewed: str | None = None,
) -> Revised:
    """Make the text the new version of the source, or take one that is here; move the citations.

    Those of `leave`, by key, and those that are lost stay on the old version. `as_previewed` is
    the digest of the revision that was shown: when it would be another by now, it is refused.

    Raises ValidationError; nothing is then written.
    """
    with changeset(user=user, reason=reason) as act:
        held = Source.objects.select_for_update().get(pk=old.pk)
        taken = Source.objects.select_for_update().get(pk=newer.pk) if newer else None
        if taken and (refusal := refusal_of(held, taken)):
            raise ValidationError(refusal)
        revision = revise(held, document=document, newer=taken, lock=True)
        if as_previewed not in (None, revision.digest()):
            raise ValidationError(CHANGED_SINCE)
        target = taken or _new_version(held, revision, reason)
        if target.supersedes_id is None:
            target.supersedes = held
            target.full_clean()
            target.save(update_fields=["supersedes"])
        unwanted = set(leave)
        moved = [
            one
            for one in revision.citations
            if one.number is not None and one.citation.pk not in unwanted
        ]
        _move(moved, target)
    return Revised(target, len(moved), len(revision.citations) - len(moved), act.position)


def refusal_of(old: Source, newer: Source) -> str | None:
    """Why this source cannot be the new version of that one; None when it can."""
    if newer.pk == old.pk:
        return "A source cannot be its own new version: choose another."
    if newer.supersedes_id not in (None, old.pk):
        return f"{newer.ref} is the new version of another source: choose one that is of none."
    earlier, seen = old.supersedes, {old.pk}
    while earlier and earlier.pk not in seen:
        if earlier.pk == newer.pk:
            return f"{newer.ref} is an earlier version of {old.ref}: choose a later one."
        seen.add(earlier.pk)
        earlier = earlier.supersedes
    if not newer.paragraphs.exists():
        return f"{newer.ref} has no paragraphs yet: attach its text first, or give the text here."
    return None


def _new_version(old: Source, revision: Revision, reason: str) -> Source:
    """The source that the text becomes; paragraphs that are the same keep their summary."""
    document = revision.document or Document(())
    new = Source(**{column: getattr(old, column) for column in TAKEN_OVER}, supersedes=old)
    new.published = document.published or new.published
    new.ref = unused_ref(new)
    new.full_clean()
    new.save()
    attach_text(new, document, reason=reason)
    kept = {
        pair.new.number: pair.old.number
        for pair in revision.pairs
        if pair.new and pair.old and pair.fate is not Fate.CHANGED
    }
    said = dict(old.paragraphs.exclude(summary="").values_list("number", "summary"))
    summarised = [row for row in new.paragraphs.all() if kept.get(row.number) in said]
    for row in summarised:
        row.summary = said[kept[row.number]]
    new.paragraphs.bulk_update(summarised, ["summary"], batch_size=BATCH)
    return new


def _move(moved: list[CarriedCitation], target: Source) -> None:
    rows: dict[Any, Any] = {row.number: row for row in target.paragraphs.all()}
    citations: list[Citation] = []
    for one in moved:
        citation = one.citation
        citation.paragraph = rows[one.number]
        place(citation)
        citations.append(citation)
    Citation.objects.bulk_update(citations, ["paragraph", *ANCHOR], batch_size=BATCH)

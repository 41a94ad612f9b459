"""Attach a text to a source: store its paragraphs and place the quotes that rest on them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from roster.history.changesets import changeset
from roster.models import Paragraph, Source
from roster.provenance.attaching import ComparedParagraph, Comparison, Standing, compare
from roster.provenance.documents import Document
from roster.provenance.fingerprints import fingerprint
from roster.provenance.placing import BATCH, place_quotes

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

UPDATED_AT_ONCE = 100
"""Rows that one statement updates: for each of them it looks through all."""
CHANGED_SINCE = (
    "The paragraphs of this source, or the citations of them, were changed by someone after the "
    "preview: nothing was written. Look at the preview again."
)


@dataclass(frozen=True)
class Attached:
    """What attaching a text wrote: paragraphs stored, and those of text or source left as is.

    `changeset` is a position, None when everything was there already.
    """

    source: Source
    stored: int
    left: int
    changeset: int | None


def attach_text(
    source: Source,
    document: Document,
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None = None,
    kind: str = "edit",
    accept: Collection[int] = (),
    leave_others: bool = False,
    as_previewed: str | None = None,
) -> Attached:
    """Store the paragraphs that match, and those accepted by number with their new fingerprint.

    Unless `leave_others`, one that neither matches nor is accepted refuses the whole. The source
    takes the publication date of the text where it has none. `as_previewed` is the digest of the
    comparison that was shown: when it would be another by now, that refuses it too.

    Raises ValidationError; nothing is then written.
    """
    with changeset(user=user, reason=reason, kind=kind) as act:
        held = Source.objects.select_for_update().get(pk=source.pk)
        comparison = compare(held, document, lock=True)
        if as_previewed not in (None, comparison.digest()):
            raise ValidationError(CHANGED_SINCE)
        taken = taken_of(comparison, accept, leave_others=leave_others)
        if document.published and not held.published:
            held.published = document.published
            held.full_clean()
            held.save(update_fields=["published"])
        _store(held, taken)
        place_quotes(one.paragraph for one in comparison.of(Standing.ATTACHED) if one.paragraph)
    left = sum(one.standing is not Standing.ATTACHED for one in comparison.paragraphs) - len(taken)
    return Attached(held, len(taken), left, act.position)


def taken_of(
    comparison: Comparison, accept: Collection[int], *, leave_others: bool
) -> list[ComparedParagraph]:
    """The paragraphs whose text is to be stored.

    Raises ValidationError with a sentence for each that is neither taken nor to be left.
    """
    accepted = set(accept)

    def is_accepted(one: ComparedParagraph) -> bool:
        return bool(one.text) and one.can_be_taken and one.number in accepted

    known = {one.number for one in comparison.paragraphs if one.text and one.can_be_taken}
    sentences = [
        f"Paragraph {number} cannot be taken: the text has no such paragraph for this source."
        for number in sorted(accepted - known)
    ]
    if not leave_others:
        sentences += [one.sentence for one in comparison.to_decide if not is_accepted(one)]
    if sentences:
        raise ValidationError(sentences)
    return [*comparison.taken_unasked, *filter(is_accepted, comparison.to_decide)]


def _store(source: Source, taken: list[ComparedParagraph]) -> None:
    rows = [one.paragraph or Paragraph(source=source, number=one.number) for one in taken]
    proven: list[Paragraph] = []
    reprinted: list[Paragraph] = []
    for row, one in zip(rows, taken, strict=True):
        known, row.text, row.fingerprint = row.fingerprint, one.text, fingerprint(one.text)
        row.clean_fields(exclude=["source"])
        if row.pk:
            (proven if row.fingerprint == known else reprinted).append(row)
    Paragraph.objects.bulk_create([row for row in rows if not row.pk], batch_size=BATCH)
    for stored, fields in ((proven, ["text"]), (reprinted, ["text", "fingerprint"])):
        Paragraph.objects.bulk_update(stored, fields, batch_size=UPDATED_AT_ONCE)
    place_quotes([*proven, *reprinted])

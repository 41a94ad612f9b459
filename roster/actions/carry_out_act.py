"""Carry out an act on several records: planned again under locks, written as one changeset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from roster.actions.act_plans import ActPlan, PlannedRecord
from roster.actions.carry_out import NO_REASON, WRITTEN_MEANWHILE
from roster.actions.recite import Passage
from roster.history.changesets import OpenChangeset, changeset
from roster.models import Citation
from roster.models.citations import Stance
from roster.models.records import Record
from roster.provenance.placing import ANCHOR, place

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

BATCH = 500


class ActRefused(ValidationError):
    """An act that met refusals; its messages are their sentences."""

    def __init__(self, plan: ActPlan) -> None:
        self.plan = plan
        super().__init__(list(plan.all_refusals))


@dataclass(frozen=True)
class ActDone:
    """What was done, and the act under which it stands in the ledger."""

    plan: ActPlan
    act: OpenChangeset

    @property
    def position(self) -> int | None:
        """The place of its changeset in the ledger; None while an outer one is open."""
        return self.act.position


def carry_out_act(
    verb: str,
    plan: Callable[[], ActPlan],
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None,
    kind: str,
    as_previewed: str | None,
) -> ActDone:
    """Make the plan, which locks what it looks at, and write it as one changeset.

    Raises ActRefused when the plan meets refusals, or differs from the one of the digest
    `as_previewed`, and EvidenceLacking where evidence is required that it has not. Then nothing
    is written.
    """
    if not reason.strip():
        raise ActRefused(ActPlan(verb, refusals=(NO_REASON,)))
    try:
        with changeset(user=user, reason=reason, kind=kind) as act:
            made = plan().as_previewed(as_previewed)
            if not made.ok:
                raise ActRefused(made)
            records = list(made.records)
            _write(records)
            if made.passage:
                _cite(records, made.passage)
    except IntegrityError:
        raise ActRefused(ActPlan(verb, refusals=(WRITTEN_MEANWHILE,))) from None
    return ActDone(made, act)


def _write(records: Iterable[PlannedRecord]) -> None:
    """Add and change the records: a statement a model, and one for those that change alike."""
    new: dict[type[Record], list[Record]] = defaultdict(list)
    alike: dict[tuple[type[Record], tuple[tuple[str, Any], ...]], list[int]] = defaultdict(list)
    for planned in records:
        record = planned.record
        if planned.is_new:
            new[type(record)].append(record)
        elif planned.columns:
            values = tuple((column, getattr(record, column)) for column in planned.columns)
            alike[type(record), values].append(record.pk)
    for (model, values), keys in alike.items():
        model._default_manager.filter(pk__in=keys).update(**dict(values))
    for model, added in new.items():
        model._default_manager.bulk_create(added, batch_size=BATCH)


def _cite(records: Iterable[PlannedRecord], passage: Passage) -> None:
    """Cite the passage, as supporting, for each fact that was written; the records are saved.

    The same words that are cited for a field already are cited for its new value.
    """
    written = list(records)
    there = _cited_already((one.record for one in written if not one.is_new), passage)
    changed: list[Citation] = []
    added: list[Citation] = []
    anchor = Citation(paragraph=passage.paragraph, quote=passage.quote)
    place(anchor)
    for planned in written:
        record = planned.record
        for column in planned.facts:
            found = there.get((record.record_kind, record.pk, column))
            citation = found or Citation(field=column, stance=Stance.SUPPORTS)
            (changed if found else added).append(citation)
            setattr(citation, record.record_kind, record)
            citation.paragraph, citation.quote = passage.paragraph, passage.quote
            citation.credibility = passage.credibility or citation.credibility
            citation.value = record.cell(column)
            citation.anchor_quote, citation.anchor_words = anchor.anchor_quote, anchor.anchor_words
            citation.full_clean(
                exclude=(record.record_kind, "paragraph"),
                validate_unique=False,
                validate_constraints=False,
            )
    Citation.objects.bulk_create(added, batch_size=BATCH)
    Citation.objects.bulk_update(changed, ("value", "credibility", *ANCHOR), batch_size=BATCH)


def _cited_already(
    records: Iterable[Record], passage: Passage
) -> dict[tuple[str, int, str], Citation]:
    """The citations of these records with the same words, by record and field."""
    keys: dict[str, list[int]] = defaultdict(list)
    for record in records:
        keys[record.record_kind].append(record.pk)
    return {
        (kind, getattr(citation, f"{kind}_id"), citation.field): citation
        for kind, some in keys.items()
        for citation in Citation.objects.filter(
            **{f"{kind}__in": some}, paragraph=passage.paragraph, quote=passage.quote
        ).select_for_update(of=("self",))
    }

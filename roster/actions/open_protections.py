"""Open a protection for each of several officials, all alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from roster.actions.act_plans import (
    ActPlan,
    PlannedSubject,
    act_plan,
    cleaned,
    planned_addition,
    refusals_of_all,
    rule_refusals,
    too_many,
)
from roster.actions.carry_out_act import ActDone, carry_out_act
from roster.actions.recite import Passage
from roster.dates import PartialDate
from roster.history.past.versions import UNRECORDED, versions_of
from roster.history.refs import unused_refs
from roster.history.values import chunks
from roster.models import Official, Protection

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

VERB = "open"


@dataclass(frozen=True)
class ProtectionTerms:
    """What each of the protections says, in the notation of the columns; blank is not said."""

    level: str
    provider: str = ""
    authority: str = ""
    reason: str = ""
    start: str = ""
    end: str = ""


def open_protections(
    officials: Collection[int],
    *,
    terms: ProtectionTerms,
    reason: str,
    passage: Passage | None = None,
    user: AbstractBaseUser | AnonymousUser | None = None,
    kind: str = "edit",
    as_previewed: str | None = None,
) -> ActDone:
    """Add a protection for each of the officials with these keys, in one changeset or none.

    Previewed by `plan_openings`; raises ActRefused and EvidenceLacking as `carry_out_act` does.
    """
    return carry_out_act(
        VERB,
        lambda: plan_openings(officials, terms=terms, passage=passage, lock=True),
        reason=reason,
        user=user,
        kind=kind,
        as_previewed=as_previewed,
    )


def plan_openings(
    officials: Collection[int],
    *,
    terms: ProtectionTerms,
    passage: Passage | None = None,
    lock: bool = False,
) -> ActPlan:
    """What opening a protection for the officials with these keys would write now."""
    if refusal := too_many(len(officials), called="the officials"):
        return ActPlan(VERB, refusals=(refusal,))
    values, refusals = cleaned(Protection, asdict(terms))
    if refusals:
        return ActPlan(VERB, refusals=tuple(refusals))
    rows: Any = Official.objects.order_by("ref")
    if lock:  # of officials, so that two who open one at the same time see each other's
        rows = rows.select_for_update(of=("self",))
    chosen = [row for some in chunks(sorted(officials)) for row in rows.filter(pk__in=some)]
    refusals = refusals_of_all(officials, [row.pk for row in chosen], passage, called="official")
    there: dict[int, list[Protection]] = defaultdict(list)
    for some in chunks([row.pk for row in chosen]):
        for protection in Protection.objects.filter(official__in=some).order_by("ref"):
            there[protection.official_id].append(protection)
    versions = versions_of(Protection, (one.pk for some in there.values() for one in some))
    drafts = [Protection(official=row, **values) for row in chosen]
    given = {one.ref for some in there.values() for one in some}
    for draft, ref in zip(drafts, unused_refs(drafts, given=given), strict=True):
        draft.ref = ref
    subjects = [
        PlannedSubject(
            row,
            tuple((one.pk, versions.get(one.pk, UNRECORDED)) for one in there[row.pk]),
            (planned_addition(draft),),
            () if (broken := rule_refusals(draft)) else tuple(_doubts(row, draft, there[row.pk])),
            tuple(broken),
        )
        for row, draft in zip(chosen, drafts, strict=True)
    ]
    return act_plan(VERB, subjects, passage, refusals)


def _doubts(official: Official, draft: Protection, there: Sequence[Protection]) -> Iterator[str]:
    """A death before its end, and protections that are there already, in force on its days."""
    new = draft.period
    died = PartialDate(official.died)
    if official.died and new.possible_days.last > died.earliest:
        yield (
            f"{official.label} is recorded as dead (died {died.describe()}), and this one can be "
            "in force afterwards."
        )
    for protection in there:
        period = protection.period
        reach = f"start {period.start.describe()}, end {period.end.describe()}"
        if new.sure_days and period.sure_days and new.sure_days.meets(period.sure_days):
            yield (
                f"{official.label} has {protection.label} in force already on days of this one "
                f"({reach}): extend that one instead if it goes on."
            )
        elif not protection.end_reason and new.possible_days.meets(period.possible_days):
            yield (
                f"{official.label} has {protection.label}, possibly in force on days of this one "
                f"({reach})."
            )

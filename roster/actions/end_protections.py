"""End protections: on which day, why and by whom; a revocation ends the chain on its day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from roster.actions.act_plans import (
    ActPlan,
    PlannedSubject,
    act_plan,
    cleaned,
    planned_change,
    refusals_of_all,
    rule_refusals,
    too_many,
)
from roster.actions.carry_out_act import ActDone, carry_out_act
from roster.actions.chosen_protections import (
    ChosenProtection,
    chosen_protections,
    how_it_ended,
    reaching_beyond,
    remarks_on_citations,
)
from roster.actions.recite import Passage
from roster.dates import OPEN_END, UNKNOWN, PartialDate
from roster.models import Protection
from roster.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

VERB = "end"
NO_DAY = (
    "The end is no day: give the last day, such as 2024-07-18, or ../2024-07-18 where only the "
    "latest possible day is known."
)
NO_REASON_TO_END = "Say why it ends: expired, revoked, declined, died or other."


@dataclass(frozen=True)
class EndTerms:
    """The last day, included, why it is the last, and who ended it, where somebody did."""

    end: str
    end_reason: str
    ended_by: str = ""


def end_protections(
    protections: Collection[int],
    *,
    terms: EndTerms,
    reason: str,
    passage: Passage | None = None,
    user: AbstractBaseUser | AnonymousUser | None = None,
    kind: str = "edit",
    as_previewed: str | None = None,
) -> ActDone:
    """End the protections with these keys, all of them in one changeset or none.

    Extensions stay as they are. Previewed by `plan_endings`; raises ActRefused and
    EvidenceLacking as `carry_out_act` does.
    """
    return carry_out_act(
        VERB,
        lambda: plan_endings(protections, terms=terms, passage=passage, lock=True),
        reason=reason,
        user=user,
        kind=kind,
        as_previewed=as_previewed,
    )


def plan_endings(
    protections: Collection[int],
    *,
    terms: EndTerms,
    passage: Passage | None = None,
    lock: bool = False,
) -> ActPlan:
    """What ending the protections with these keys would write now."""
    if refusal := too_many(len(protections), called="the protections"):
        return ActPlan(VERB, refusals=(refusal,))
    values, refusals = cleaned(Protection, asdict(terms))
    if not refusals and values["end"] in (UNKNOWN, OPEN_END):
        refusals.append(NO_DAY)
    if not terms.end_reason:
        refusals.append(NO_REASON_TO_END)
    if refusals:
        return ActPlan(VERB, refusals=tuple(refusals))
    chosen = chosen_protections(protections, lock=lock)
    found = [one.protection.pk for one in chosen]
    refusals = refusals_of_all(protections, found, passage, called="protection")
    subjects = [_planned(one, values, passage) for one in chosen]
    return act_plan(VERB, subjects, passage, refusals)


def _planned(
    chosen: ChosenProtection, values: dict[str, Any], passage: Passage | None
) -> PlannedSubject:
    protection = chosen.protection
    if ended := how_it_ended(protection):
        refusal = (
            f"{protection.label} has ended already ({ended}, {protection.period.end.describe()}): "
            "change that on its page if it is wrong."
        )
        return PlannedSubject(protection, chosen.seen, refusals=(refusal,))
    doubts = list(_doubts(chosen, protection.period, PartialDate(values["end"])))
    planned = planned_change(protection, values)
    warnings, refusals = remarks_on_citations(chosen, planned, passage)
    return PlannedSubject(
        protection,
        chosen.seen,
        (planned,),
        (*(f"{protection.label}: {doubt}" for doubt in doubts), *warnings),
        (*refusals, *rule_refusals(protection)),
    )


def _doubts(chosen: ChosenProtection, so_far: Period, end: PartialDate) -> Iterator[str]:
    """What the end does not agree with: the end so far, and extensions that reach beyond it."""
    if end.earliest > so_far.end.latest:
        yield (
            f"its end so far ({so_far.end.describe()}) is earlier: extend it where a decision "
            "prolonged it."
        )
    yield from reaching_beyond(chosen, end)

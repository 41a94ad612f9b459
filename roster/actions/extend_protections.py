"""Extend protections: record the decision that prolongs each, and move its end with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from roster.actions.act_plans import (
    ActPlan,
    PlannedSubject,
    act_plan,
    cleaned,
    planned_addition,
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
from roster.history.refs import unused_refs
from roster.models import ProtectionExtension

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

VERB = "extend"
TAKEN_OVER = ("granted_by", "signed_by", "reason")
"""What an extension says as the last decision did, where nothing else is said."""
UNKNOWN_END = (
    "The new end is unknown: give the last day until which it is prolonged, such as 2025-01-18, "
    "or .. where no end is foreseen."
)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ExtensionTerms:
    """What is decided for each protection, in the notation of the columns; blank is not said.

    `takes_over` has granted_by, signed_by and reason, where they are blank, taken from the last
    decision of each. A blank start is the day after its end so far.
    """

    end: str
    start: str = ""
    decided: str = ""
    notified: str = ""
    granted_by: str = ""
    signed_by: str = ""
    reason: str = ""
    takes_over: bool = True


def extend_protections(
    protections: Collection[int],
    *,
    terms: ExtensionTerms,
    reason: str,
    passage: Passage | None = None,
    user: AbstractBaseUser | AnonymousUser | None = None,
    kind: str = "edit",
    as_previewed: str | None = None,
) -> ActDone:
    """Extend the protections with these keys, all of them in one changeset or none.

    Previewed by `plan_extensions`; raises ActRefused and EvidenceLacking as `carry_out_act` does.
    """
    return carry_out_act(
        VERB,
        lambda: plan_extensions(protections, terms=terms, passage=passage, lock=True),
        reason=reason,
        user=user,
        kind=kind,
        as_previewed=as_previewed,
    )


def plan_extensions(
    protections: Collection[int],
    *,
    terms: ExtensionTerms,
    passage: Passage | None = None,
    lock: bool = False,
) -> ActPlan:
    """What extending the protections with these keys would write now."""
    if refusal := too_many(len(protections), called="the protections"):
        return ActPlan(VERB, refusals=(refusal,))
    given = asdict(terms)
    del given["takes_over"]
    values, refusals = cleaned(ProtectionExtension, given)
    if not refusals and values["end"] == UNKNOWN:
        refusals.append(UNKNOWN_END)
    if refusals:
        return ActPlan(VERB, refusals=tuple(refusals))
    chosen = chosen_protections(protections, lock=lock)
    found = [one.protection.pk for one in chosen]
    refusals = refusals_of_all(protections, found, passage, called="protection")
    drafts = [_draft(one, values, takes_over=terms.takes_over) for one in chosen]
    refs = unused_refs(
        [draft.extension for draft in drafts],
        given={extension.ref for one in chosen for extension in one.extensions},
    )
    for draft, ref in zip(drafts, refs, strict=True):
        draft.extension.ref = ref
    subjects = [_planned(draft, passage) for draft in drafts]
    return act_plan(VERB, subjects, passage, refusals)


def last_decision(extensions: Sequence[ProtectionExtension]) -> ProtectionExtension | None:
    """The extension with the highest number, unless one without a number surely lasts longer.

    Where none is numbered, the one that lasts longest; None where there is none.
    """
    numbered = max((one for one in extensions if one.number), key=_number, default=None)
    unnumbered = [one for one in extensions if not one.number]
    ending = [one for one in unnumbered if one.end != UNKNOWN]
    longest = max(ending or unnumbered, key=_by_end, default=None)
    if numbered is None or longest is None:
        return numbered or longest
    surely_last = longest.period.earliest_end > numbered.period.end.latest
    return longest if surely_last else numbered


@dataclass(frozen=True)
class _Draft:
    """A protection with the extension that it would get, not checked yet."""

    chosen: ChosenProtection
    extension: ProtectionExtension
    warnings: tuple[str, ...]


def _draft(chosen: ChosenProtection, values: dict[str, Any], *, takes_over: bool) -> _Draft:
    last = last_decision(chosen.extensions)
    extension = ProtectionExtension(protection=chosen.protection, **values)
    warnings = []
    if last and takes_over:
        for column in TAKEN_OVER:
            setattr(extension, column, getattr(extension, column) or getattr(last, column))
    if last and last.number:
        extension.number = last.number + 1
    elif any(one.number for one in chosen.extensions):
        warnings.append("its last extension has no number, and so the new one gets none.")
    if not extension.start:
        extension.start, doubt = _start_after(chosen, last)
        warnings += [doubt] if doubt else []
    return _Draft(chosen, extension, tuple(warnings))


def _start_after(chosen: ChosenProtection, last: ProtectionExtension | None) -> tuple[str, str]:
    """The day after the end so far, where that is certain; else nothing, and why."""
    own = chosen.protection.period
    end = PartialDate(last.end) if last and last.end else own.end
    if end.earliest != end.latest or end.latest == date.max:
        return "", f"its end so far ({end.describe()}) is no single day: the start is left unknown."
    if not own.earliest_end <= end.latest <= own.end.latest:
        return "", (
            f"its last extension ends {end.describe()}, the protection itself "
            f"{own.end.describe()}: the start is left unknown."
        )
    return str(end.latest + _ONE_DAY), ""


def _planned(draft: _Draft, passage: Passage | None) -> PlannedSubject:
    chosen, extension = draft.chosen, draft.extension
    protection = chosen.protection
    if refusal := _refusal(chosen, extension.end):
        return PlannedSubject(protection, chosen.seen, refusals=(refusal,))
    label, period = protection.label, protection.period
    doubts = [*draft.warnings]
    if PartialDate(extension.end).earliest <= period.end.latest:
        doubts.append(
            f"its end so far is {period.end.describe()}: the new one need not be later than that."
        )
    doubts += reaching_beyond(chosen, PartialDate(extension.end))
    after = period.end.latest + _ONE_DAY if period.end.latest < date.max else date.max
    if extension.start and PartialDate(extension.start).earliest > after:
        doubts.append(f"the start leaves a gap after its end so far ({period.end.describe()}).")
    moved = planned_change(protection, {"end": extension.end})
    warnings, refusals = remarks_on_citations(chosen, moved, passage)
    return PlannedSubject(
        protection,
        chosen.seen,
        (planned_addition(extension), moved),
        (*(f"{label}: {doubt}" for doubt in doubts), *warnings),
        (*refusals, *rule_refusals(extension), *rule_refusals(protection)),
    )


def _refusal(chosen: ChosenProtection, end: str) -> str | None:
    """Why this protection cannot be extended until then; None when it can."""
    protection = chosen.protection
    label, period, new = protection.label, protection.period, PartialDate(end)
    if ended := how_it_ended(protection):
        return (
            f"{label} has ended ({ended}): open another protection, or clear how it ended on its "
            "page if that is wrong."
        )
    if protection.end == OPEN_END:
        return f"{label} is open, with no end foreseen: there is nothing to extend."
    so_far = period.end
    is_later = new.latest > so_far.latest or new.earliest > period.earliest_end
    if not is_later or new.latest <= period.earliest_end:
        if so_far.text == UNKNOWN:
            return (
                f"{label} begins {period.start.describe()}: give a new end that is later than that."
            )
        return (
            f"{label} lasts until {so_far.describe()} already: give a new end that is later than "
            "that."
        )
    return None


def _number(extension: ProtectionExtension) -> int:
    return int(extension.number or 0)


def _by_end(extension: ProtectionExtension) -> tuple[date, date, str]:
    end = extension.period.end
    return end.latest, end.earliest, extension.ref

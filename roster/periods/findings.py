"""What an analyst should know of the chains of one official, finding by finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from roster.periods import sentences
from roster.periods.breaks import BreakKind, breaks, lapsed_unknown, overlaps
from roster.periods.chains import Chain
from roster.periods.days import Days
from roster.periods.period import Certainty

SILENT_AFTER_DAYS = 365
"""Days without evidence after which a protection in force wants a look."""


class FindingKind(StrEnum):
    ENDED = "ended"
    RENEWED = "renewed"
    MISSING = "missing"
    """Ordinals that no extension has."""
    DISAGREES = "disagrees"
    """The last extension's end is not the protection's."""
    EXTENSION_GAP = "extension_gap"
    POSSIBLE_EXTENSION_GAP = "possible_extension_gap"
    OVERLAP = "overlap"
    SILENT = "silent"
    """In force, with no evidence for long."""
    GAP = "gap"
    POSSIBLE_GAP = "possible_gap"
    LAPSED_UNKNOWN = "lapsed_unknown"


@dataclass(frozen=True)
class Finding:
    """One thing found, and its days where it has some."""

    kind: FindingKind
    sentence: str
    refs: tuple[str, ...]
    """What it is about: a protection, then extensions of it; of gaps, all the protections."""
    days: Days | None = None

    @property
    def is_between_protections(self) -> bool:
        return self.kind in (FindingKind.GAP, FindingKind.POSSIBLE_GAP)


def findings(
    chains: Sequence[Chain], *, on: date, silent_after_days: int = SILENT_AFTER_DAYS
) -> list[Finding]:
    """What is found of one official's chains on a day: of each in turn, then across them.

    `on` decides what has lapsed and how long evidence is silent; nothing else depends on it.
    """
    found = [finding for chain in chains for finding in _of_chain(chain, on, silent_after_days)]
    return [*found, *_across(chains, on)]


def _of_chain(chain: Chain, on: date, silent_after_days: int) -> Iterator[Finding]:
    if chain.end_reason or chain.ended_by:
        yield Finding(FindingKind.ENDED, sentences.ended(chain), (chain.ref,))
    if chain.extensions:
        yield Finding(FindingKind.RENEWED, sentences.renewed(chain), (chain.ref,))
    unnumbered = sum(extension.number is None for extension in chain.extensions)
    for numbers in chain.missing_numbers():
        yield Finding(FindingKind.MISSING, sentences.missing(numbers, unnumbered), (chain.ref,))
    if disagreement := chain.disagreement():
        refs = chain.ref, disagreement.extension.ref
        yield Finding(FindingKind.DISAGREES, sentences.disagrees(chain, disagreement), refs)
    yield from _of_extensions(chain)
    if _is_silent(chain, on, silent_after_days):
        yield Finding(FindingKind.SILENT, sentences.silent(chain, on), (chain.ref,))


def _of_extensions(chain: Chain) -> Iterator[Finding]:
    periods = [extension.period for extension in chain.extensions]
    within = chain.period.possible_days
    kinds = {
        BreakKind.GAP: FindingKind.EXTENSION_GAP,
        BreakKind.POSSIBLE_GAP: FindingKind.POSSIBLE_EXTENSION_GAP,
    }
    for gap in breaks(periods, within=within):
        sentence = sentences.between_extensions(gap)
        yield Finding(kinds[gap.kind], sentence, (chain.ref,), gap.days)
    sure = [(extension, extension.period.sure_days) for extension in chain.extensions]
    for overlap in overlaps(periods):
        involved = [one for one, days in sure if days and days.meets(overlap.days)]
        sentence = sentences.overlapping(overlap, involved)
        refs = (chain.ref, *(extension.ref for extension in involved))
        yield Finding(FindingKind.OVERLAP, sentence, refs, overlap.days)


def _is_silent(chain: Chain, on: date, silent_after_days: int) -> bool:
    if chain.period.in_force(on) is Certainty.NO:
        return False
    days = chain.days_without_evidence(on)
    return days is None or days > silent_after_days


def _across(chains: Sequence[Chain], on: date) -> Iterator[Finding]:
    periods = [chain.period for chain in chains]
    refs = tuple(chain.ref for chain in chains)
    for gap in breaks(periods):
        sentence = sentences.between_protections(gap)
        yield Finding(FindingKind(gap.kind), sentence, refs, gap.days)
    if lapsed := lapsed_unknown(periods, on=on):
        last = max(chains, key=lambda chain: chain.period.end.latest)
        sentence = sentences.lapsed(last.period.end)
        yield Finding(FindingKind.LAPSED_UNKNOWN, sentence, (last.ref,), lapsed.days)

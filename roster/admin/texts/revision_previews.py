"""A revision as the screen shows it: which facts it touches, then the two versions side by side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from roster.admin.display import Cell, column_heading, row_url
from roster.admin.texts.previews import MOST_SHOWN, shown_wordings
from roster.provenance.aligning import Fate, Pair
from roster.provenance.placing import placement_of
from roster.provenance.revisions import CarriedCitation, Revision
from roster.provenance.wording import Stretch


@dataclass(frozen=True)
class TouchedFact:
    """A cited field whose paragraph is not the same in the new version."""

    key: int
    record: Cell
    field: Cell
    value: str
    old_words: str
    new_words: str
    outcome: str
    place: str
    can_be_left: bool
    is_carried: bool


@dataclass(frozen=True)
class ShownPair:
    """A paragraph in both versions, or in one, with what differs marked."""

    sentence: str
    old: list[Stretch]
    new: list[Stretch]


@dataclass(frozen=True)
class ShownRevision:
    """A revision as its preview shows it, no more than a page bears."""

    counts: list[tuple[str, int]]
    outcomes: list[tuple[str, int, str]]
    facts: list[TouchedFact]
    more_facts: int
    pairs: list[ShownPair]
    more_pairs: int


def shown_revision(
    revision: Revision, *, left: Collection[int], with_citations: bool
) -> ShownRevision:
    """The revision for a page; `left` are the citations, by key, that stay on the old version.

    What is cited is left out for who may not view citations.
    """
    touched = sorted(revision.touched, key=_what_to_look_at) if with_citations else []
    pairs = [pair for pair in revision.pairs if pair.fate is not Fate.UNCHANGED]
    return ShownRevision(
        counts=[(str(fate), count) for fate, count in revision.counts.items()],
        outcomes=[(str(o), n, o.meaning) for o, n in revision.outcomes.items()]
        if with_citations
        else [],
        facts=[_fact(one, left) for one in touched[:MOST_SHOWN]],
        more_facts=len(touched[MOST_SHOWN:]),
        pairs=[_pair(pair) for pair in pairs[:MOST_SHOWN]],
        more_pairs=len(pairs[MOST_SHOWN:]),
    )


def unsure(revision: Revision) -> list[CarriedCitation]:
    """The citations that would be moved to words that are not the same, or stand elsewhere."""
    return [one for one in revision.citations if one.number is not None and not one.is_sure]


def _what_to_look_at(one: CarriedCitation) -> tuple[bool, bool]:
    """What can be left first, then what is lost."""
    return one.is_sure, one.number is None


def _fact(one: CarriedCitation, left: Collection[int]) -> TouchedFact:
    citation = one.citation
    placed = placement_of(citation)
    text = citation.paragraph.text
    is_lost = one.number is None
    return TouchedFact(
        key=citation.pk,
        record=Cell(citation.record.label, row_url(citation.record)),
        field=Cell(column_heading(citation.field), row_url(citation)),
        value=citation.value_now,
        old_words=text[placed.start : placed.end] if placed else citation.quote,
        new_words=one.words,
        outcome=str(one.outcome),
        place=f"¶{citation.paragraph.number}"
        if is_lost
        else f"¶{citation.paragraph.number} → ¶{one.number}, {one.score} % alike",
        can_be_left=not is_lost and not one.is_sure,
        is_carried=citation.pk not in left,
    )


def _pair(pair: Pair) -> ShownPair:
    old, new = pair.old, pair.new
    ours, theirs = shown_wordings(old.text if old else "", new.text if new else "")
    return ShownPair(_sentence(pair), ours, theirs)


def _sentence(pair: Pair) -> str:
    old, new = (f"¶{side.number}" if side else "" for side in (pair.old, pair.new))
    numbers = " → ".join(filter(None, (old, new)))
    alike = f", {pair.score} % alike" if pair.fate is Fate.CHANGED else ""
    return f"{numbers}: {pair.fate}{alike}"

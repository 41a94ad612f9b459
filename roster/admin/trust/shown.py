"""What the page of trust shows: problems, changes from outside and what was acknowledged.

Reads a ledger that may have been tampered with: nothing here takes a recorded value for sound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import TextField
from django.db.models.functions import Cast, Left
from django.utils.safestring import SafeString

from roster.admin.display import Cell, page_url
from roster.admin.visible import visible
from roster.history.ledger import Problem, Verdict
from roster.history.verifying.anchors import Anchor
from roster.history.verifying.rows import written_outside
from roster.models import Change, Changeset
from roster.models.acknowledgements import Acknowledged, acknowledged_by_changeset
from roster.models.changes import ChangeQuerySet

MOST_PROBLEMS = 100
MOST_ACKNOWLEDGED = 20
"""Changesets that acknowledged something which the page names, the newest first."""
TO_THE_MINUTE = len("2024-07-18 12:00")


@dataclass(frozen=True)
class ShownProblem:
    """One problem; the changeset and the change that it names, where they are there."""

    kind: str
    message: SafeString
    changeset: Cell | None
    change: Cell | None


@dataclass(frozen=True)
class Outcome:
    """What verification found. `first` is the first bad entry; `problems` are the first of them.

    Changes outside are counted here and listed elsewhere; `anchor` is the head to be noted.
    """

    verdict: Verdict
    first: ShownProblem | None
    problems: tuple[ShownProblem, ...]
    count: int
    outside_count: int
    anchors: int
    anchor: Anchor | None

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.problems)


@dataclass(frozen=True)
class ShownOutside:
    """A change from outside that awaits being acknowledged."""

    key: int
    url: str
    when: str
    message: SafeString
    is_ticked: bool


@dataclass(frozen=True)
class ShownAcknowledged:
    """What changesets acknowledged, the newest first; `count` is of all of them."""

    count: int
    acts: tuple[tuple[Acknowledged, str], ...]
    is_cut: bool


def outcome_of(verdict: Verdict, *, anchors: int) -> Outcome:
    """The verdict for the page; `anchors` is how many it was given to compare with."""
    found = [problem for problem in verdict.problems if problem.kind != "outside"]
    shown = tuple(_shown(found[:MOST_PROBLEMS]))
    return Outcome(
        verdict=verdict,
        first=shown[0] if shown else None,
        problems=shown,
        count=len(found),
        outside_count=len(verdict.problems) - len(found),
        anchors=anchors,
        anchor=verdict.head if verdict.is_sound else None,
    )


def shown_outside(changes: ChangeQuerySet, *, ticked: Collection[str]) -> list[ShownOutside]:
    """These changes in words, with the minute at which they were made."""
    clock = Left(Cast("clock", TextField()), TO_THE_MINUTE)
    when = dict(changes.annotate(minute=clock).values_list("pk", "minute"))
    return [
        ShownOutside(
            key=problem.change,
            url=page_url(Change, "change", problem.change),
            when=str(when.get(problem.change, "")),
            message=visible(problem.message),
            is_ticked=str(problem.change) in ticked,
        )
        for problem in written_outside(changes)
        if problem.change is not None
    ]


def shown_acknowledged() -> ShownAcknowledged:
    acts = acknowledged_by_changeset()
    newest = acts[: -MOST_ACKNOWLEDGED - 1 : -1]
    return ShownAcknowledged(
        count=sum(act.count for act in acts),
        acts=tuple((act, page_url(Changeset, "change", act.changeset_id)) for act in newest),
        is_cut=len(acts) > len(newest),
    )


def _shown(problems: Iterable[Problem]) -> Iterable[ShownProblem]:
    """Each with the pages that there are of what it names; two queries for all."""
    some = list(problems)
    positions = {problem.changeset for problem in some if problem.changeset}
    named = Changeset.objects.filter(position__in=positions)
    changesets = dict(named.order_by().values_list("position", "pk"))
    wanted = {problem.change for problem in some if problem.change}
    changes = set(Change.objects.filter(pk__in=wanted).order_by().values_list("pk", flat=True))
    for problem in some:
        entry = changesets.get(problem.changeset or 0)
        yield ShownProblem(
            kind=problem.kind.replace("_", " ").capitalize(),
            message=visible(problem.message),
            changeset=Cell(f"#{problem.changeset}", page_url(Changeset, "change", entry))
            if entry
            else None,
            change=Cell(str(problem.change), page_url(Change, "change", problem.change))
            if problem.change in changes
            else None,
        )

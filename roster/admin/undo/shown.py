"""A plan of history as the screen shows it: each row with old and new, each refusal with links."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

from roster.admin.display import Cell, page_url
from roster.admin.imports.shown import excerpts
from roster.admin.lists import moment
from roster.history.plans.plan import Plan, PlannedRow, Refusal, ValueChange
from roster.history.plans.sentences import listed, row_count
from roster.models import DOMAIN, Changeset
from roster.models.changes import Act
from roster.models.records import Referable

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

ROWS_A_PAGE = 100
"""Rows that one page of a preview shows."""
MOST_REFUSALS = 50
"""Refusals that a page shows; of more it says how many."""

_WOULD = {Act.INSERT: "comes back", Act.UPDATE: "changes back", Act.DELETE: "is deleted"}
_KINDS = {model.record_kind: model for model in DOMAIN if issubclass(model, Referable)}


@dataclass(frozen=True)
class ShownRow:
    """A row that would be written: what becomes of it, and each of its values, old and new.

    `url` leads to the page of a row that is there.
    """

    label: str
    url: str
    would: str
    act: Act
    changes: tuple[ValueChange, ...]


@dataclass(frozen=True)
class ShownRefusal:
    """Why it is not done, with what to look at: the row, and the changesets in the way."""

    sentence: str
    links: tuple[Cell, ...]


def shown_row(row: PlannedRow, linked: frozenset[str]) -> ShownRow:
    """The row with no text longer than a page bears; `linked` are the tables with pages."""
    changes = []
    for change in row.changes:
        old, new = excerpts(change.old, change.new)
        changes.append(ValueChange(change.column, old, new))
    goal = row.goal
    has_page = goal.present is not None and goal.place[0] in linked
    return ShownRow(
        label=row.label,
        url=page_url(goal.model, "change", goal.key) if has_page else "",
        would=_WOULD[row.act],
        act=row.act,
        changes=tuple(changes),
    )


def shown_refusals(plan: Plan, request: HttpRequest, site: RosterSite) -> list[ShownRefusal]:
    """The first refusals of the plan; one query for their changesets, and one a kind of row."""
    refusals = plan.refusals[:MOST_REFUSALS]
    rows = _record_urls(one.label for one in refusals if one.label)
    acts: dict[int, Cell] = {}
    if site.get_model_admin(Changeset).has_view_permission(request):
        positions = {position for one in refusals for position in one.changesets}
        found = Changeset.objects.filter(position__in=positions).values_list("position", "pk")
        acts = {n: Cell(f"Changeset #{n}", page_url(Changeset, "change", pk)) for n, pk in found}
    return [ShownRefusal(one.sentence, tuple(_links(one, rows, acts))) for one in refusals]


def shown_kept(plan: Plan, request: HttpRequest, site: RosterSite) -> list[ShownRefusal]:
    """The first rows that the plan keeps, with who wrote the changesets in the way, and when."""
    kept = plan.kept[:MOST_REFUSALS]
    rows = _record_urls(one.label for one in kept if one.label)
    acts: dict[int, Cell] = {}
    if site.get_model_admin(Changeset).has_view_permission(request):
        positions = {position for one in kept for position in one.changesets}
        for act in Changeset.objects.filter(position__in=positions).select_related("user"):
            who = act.user.get_username() if act.user else "no user"
            told = f"Changeset {act}, {moment(act.closed_at)}, {who}"
            acts[act.position] = Cell(told, page_url(Changeset, "change", act.pk))
    return [ShownRefusal(one.sentence, tuple(_links(one, rows, acts))) for one in kept]


def counted_acts(rows: Sequence[PlannedRow]) -> str:
    """What was done to how many rows, in words: `1 row is deleted, and 2 rows are …`."""
    count = Counter(row.act for row in rows)
    said = {
        Act.UPDATE: "as before in what it changed",
        Act.DELETE: "deleted",
        Act.INSERT: "there again",
    }
    return listed(
        f"{row_count(count[act])} {'is' if count[act] == 1 else 'are'} {words}"
        for act, words in said.items()
        if count[act]
    )


def _links(one: Refusal, rows: dict[str, str], acts: dict[int, Cell]) -> Iterable[Cell]:
    if one.label and one.label in rows:
        yield Cell(one.label, rows[one.label])
    yield from (acts[position] for position in one.changesets if position in acts)


def _record_urls(labels: Iterable[str]) -> dict[str, str]:
    """The pages of the records that are named by their refs and are there."""
    refs: dict[str, set[str]] = defaultdict(set)
    for label in labels:
        kind, _, ref = label.partition(":")
        if kind in _KINDS:
            refs[kind].add(ref)
    return {
        f"{kind}:{ref}": page_url(_KINDS[kind], "change", key)
        for kind, wanted in refs.items()
        for ref, key in _KINDS[kind]
        ._default_manager.filter(ref__in=wanted)
        .values_list("ref", "pk")
    }

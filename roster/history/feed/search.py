"""Which changesets a page of the feed has: narrowed, newest first, from any position on.

Pages go by position, never by count, so that a deep one costs what the first does. What concerns
an official is found by the ledger's index of officials. What is of a table or a column is walked
to, newest first, in steps that each look through so many changesets and changes at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from roster.models import Change, Changeset
from roster.models.reviews import ReviewState, in_review_state

CHANGESETS_A_PAGE = 25
STEPS = 2
"""Steps walked for one page; where they do not fill it, it leads on from where they end."""
CHANGESETS_A_STEP = 5_000
CHANGES_A_STEP = 50_000
"""Changes looked through in a step; one changeset alone may have more."""


@dataclass(frozen=True)
class Narrowing:
    """What is asked of changesets; what is left at its default narrows nothing.

    `first` and `last` are positions, both included. `columns` are those of the tables: a change of
    any of them counts.
    """

    user: int | None = None
    kind: str = ""
    official: int | None = None
    table: str = ""
    columns: tuple[str, ...] = ()
    first: int = 1
    last: int | None = None
    state: ReviewState | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeedPage:
    """The changesets of one page, newest first, each with its user.

    Earlier ones lie before the position `before`, None where there are none. `looked_to` is the
    position down to which was looked where that did not fill the page.
    """

    changesets: tuple[Any, ...]
    before: int | None
    looked_to: int | None = None


def page_before(before: int | None, asked: Narrowing) -> FeedPage:
    """The newest changesets that lie before the position, or of all where it is None."""
    tops = [top for top in (before and before - 1, asked.last) if top is not None]
    rows = _of_changesets(asked).filter(position__gte=asked.first)
    if tops:
        rows = rows.filter(position__lte=min(tops))
    if asked.official is not None:
        # The sum keeps the engine from walking the whole ledger by position to look for them.
        by_position = (F("position") + Value(0)).desc()
        mine = _matching(asked).order_by().values("changeset")
        return _page(
            list(_with_match(rows.filter(pk__in=mine), asked).order_by(by_position)[:_MORE])
        )
    if asked.table or asked.columns:
        return _walked(rows, asked, min(tops, default=None))
    return _page(list(rows.order_by("-position")[:_MORE]))


_MORE = CHANGESETS_A_PAGE + 1


def _page(found: list[Any], looked_to: int | None = None) -> FeedPage:
    rows = found[:CHANGESETS_A_PAGE]
    if len(found) > CHANGESETS_A_PAGE:
        return FeedPage(tuple(rows), rows[-1].position)
    return FeedPage(tuple(rows), looked_to, looked_to)


def _walked(rows: Any, asked: Narrowing, top: int | None) -> FeedPage:
    found: list[Any] = []
    end = None
    for low, high, is_last in _steps(asked.first, top):
        step = _with_match(rows.filter(position__range=(low, high)), asked)
        matched = step.filter(first_match__isnull=False).order_by("-position")
        found += matched[: _MORE - len(found)]
        end = None if is_last else low
        if len(found) == _MORE:
            break
    return _page(found, end)


def _steps(first: int, top: int | None) -> Iterator[tuple[int, int, bool]]:
    """The lowest and highest position of each step, and whether nothing lies before it."""
    for _ in range(STEPS):
        sizes = Changeset.objects.filter(position__gte=first).order_by("-position")
        if top is not None:
            sizes = sizes.filter(position__lte=top)
        listed = list(sizes.values_list("position", "change_count")[:CHANGESETS_A_STEP])
        if not listed:
            return
        high, total = listed[0]
        low = high
        for position, count in listed[1:]:
            total += count
            if total > CHANGES_A_STEP:
                break
            low = position
        yield low, high, low == first
        if low == first:
            return
        top = low - 1


def _of_changesets(asked: Narrowing) -> Any:
    """The changesets narrowed by what their own rows say."""
    rows: Any = Changeset.objects.select_related("user")
    if asked.user is not None:
        rows = rows.filter(user=asked.user)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    for word in asked.words:
        rows = rows.filter(reason__icontains=word)
    return in_review_state(rows, asked.state) if asked.state else rows


def _with_match(rows: Any, asked: Narrowing) -> Any:
    """Each changeset with `first_match`, its first change of those asked for."""
    own = _matching(asked).filter(
        changeset=OuterRef("pk"), id__range=(OuterRef("first_change"), OuterRef("last_change"))
    )
    return rows.annotate(first_match=Subquery(own.order_by("id").values("id")[:1]))


def _matching(asked: Narrowing) -> Any:
    """The changes that are asked for."""
    changes = Change.objects.filter(changeset__isnull=False)
    if asked.official is not None:
        changes = changes.filter(official=asked.official)
    if asked.table:
        # Not by the column itself, whose index would lead through all changes of the table.
        changes = changes.alias(of_table=Coalesce("table", Value(""))).filter(of_table=asked.table)
    if asked.columns:
        differs = Q()
        for column in asked.columns:
            before, after = (_Said(F(name), column=column) for name in ("before", "after"))
            differs |= ~Q(Exact(before, after))
        changes = changes.filter(differs)
    return changes


class _Said(Func):
    """What recorded JSON says in a column, as text; nothing where it has no such column."""

    output_field: models.Field[Any, Any] = TextField()
    template = "COALESCE(CAST(json_extract(%(expressions)s, '$.%(column)s') AS text), '')"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "COALESCE(CAST(%(expressions)s AS json) ->> '%(column)s', '')"
        return self.as_sql(compiler, connection, template=template, **context)

"""Why a row was found: which of its texts, or of the names it goes by, have the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from roster.dashboards.finding import MayView, Searched, Words, target_of
from roster.fields import SearchKeyField
from roster.text.folding import fold
from roster.text.marking import Stretch, marked, shortened, words_in

MOST_REASONS = 3
LONGEST = 120
"""Characters that are shown of a text."""


@dataclass(frozen=True)
class Reason:
    """A text in which words of the query were found; `what` says of the row what it is."""

    what: str
    stretches: tuple[Stretch, ...]


def reasons_of(
    rows: Sequence[models.Model], paths: Iterable[str], words: Words, may_view: MayView
) -> list[tuple[Reason, ...]]:
    """For each row the fewest texts that have all the words, the first that do.

    What the rows lead to is fetched for all of them at once.
    """
    if not rows:
        return []
    searched = Searched.by(paths)
    model = type(rows[0])
    exact = dict.fromkeys(searched.exact, ("ref",))
    viewed = {
        relation: columns
        for relation, columns in (*searched.related.items(), *exact.items())
        if may_view(target_of(model, relation))
    }
    folded = tuple(dict.fromkeys(part for word in words for part in fold(word)))
    with_related = _with_related(rows, viewed)
    return [
        _reasons(list(_texts(with_related.get(row.pk, row), searched, viewed, words)), folded)
        for row in rows
    ]


def _with_related(rows: Sequence[models.Model], relations: Iterable[str]) -> dict[Any, Any]:
    """The rows by their keys with what the relations lead to, in one query; none without any."""
    paths = tuple(relations)
    if not paths:
        return {}
    fetched = type(rows[0])._default_manager.select_related(*paths)
    left_out = rows[0].get_deferred_fields()
    return fetched.defer(*left_out).in_bulk([row.pk for row in rows])


def _reasons(texts: list[tuple[str, str]], folded: Words) -> tuple[Reason, ...]:
    having = [(what, text, words_in(text, folded)) for what, text in texts]
    left = frozenset(folded)
    chosen: list[Reason] = []
    while left and len(chosen) < MOST_REASONS:
        what, text, has = max(having, key=lambda one: len(one[2] & left), default=("", "", left))
        if not text or not has & left:
            break
        stretches = shortened(marked(text, sorted(has)), LONGEST)
        chosen.append(Reason(what, tuple(stretches)))
        left -= has
    return tuple(chosen)


def _texts(
    row: Any, searched: Searched, viewed: dict[str, Words], words: Words
) -> Iterator[tuple[str, str]]:
    """The texts by which the row may have been found, and what each is.

    A ref that was given whole comes first, any other last: people are known by their names.
    """
    numbers = {word.lstrip("#¶") for word in words}
    refs = {word.lower().rpartition(":")[2] for word in words}
    if searched.number and (number := str(getattr(row, searched.number))) in numbers:
        yield searched.number, number
    told: list[tuple[Any, str, str]] = [(row, column, "") for column in searched.own]
    if searched.beginning:
        told.append((row, searched.beginning, ""))
    for relation, columns in viewed.items():
        target = row
        for name in relation.split("__"):
            target = target and getattr(target, name)
        if target:
            told += [(target, column, relation.rpartition("__")[2]) for column in columns]
    order = {True: -1, False: 1}
    for one in sorted(told, key=lambda one: one[1] == "ref" and order[one[0].ref in refs]):
        yield from _said(*one)


def _said(row: Any, column: str, relation: str) -> Iterator[tuple[str, str]]:
    of = relation.replace("_", " ")
    field = row._meta.get_field(column)
    if not isinstance(field, SearchKeyField):
        yield f"{of} {column.replace('_', ' ')}".strip(), str(getattr(row, column))
        return
    for source in field.sources:
        value = getattr(row, source)
        if isinstance(value, str):
            yield of or source, value
        else:
            for alias in value:
                yield f"alias of the {of}" if of else "alias", alias

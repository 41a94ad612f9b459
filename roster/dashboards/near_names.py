"""Names that are nearly what was asked for, for a query that found nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from heapq import nlargest
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q
from rapidfuzz import fuzz, process

from roster.dashboards.finding import MayView, Searched, leading_to, target_of
from roster.fields import SearchKeyField
from roster.text.folding import fold, search_key

NEAR = 75
"""How alike the words of two names are at least, of 100."""
MOST_OFFERED = 5
MOST_LOOKED_AT = 50
"""Rows, those with the nearest words, of which it is asked whether one name has them all."""
MOST_COMPARED = 5_000
"""Rows whose names are compared at most; they share the start, middle or end of a word."""


@dataclass(frozen=True)
class NearName:
    """A name or an alias of the row `key`; `score` says how near it is, of 100."""

    name: str
    key: int
    score: float


def names_offered(
    model: type[models.Model], paths: Iterable[str], text: str, may_view: MayView
) -> list[str]:
    """Names nearly like `text` by which rows of `model` are found, the nearest first."""
    searched = Searched.by(paths)
    relations: dict[type[models.Model], list[str]] = defaultdict(list)
    if _key_of(model) and _key_of(model).name in searched.own:
        relations[model].append("pk")
    for relation in searched.related:
        target = target_of(model, relation)
        if _key_of(target) and may_view(target):
            relations[target].append(relation)
    near = sorted(
        ((one, paths) for target, paths in relations.items() for one in near_names(target, text)),
        key=lambda pair: -pair[0].score,
    )
    offered = (
        one.name
        for one, through in near
        if any(
            model._default_manager.filter(leading_to(model, path, [one.key])).exists()
            for path in through
        )
    )
    return list(dict.fromkeys(offered))[:MOST_OFFERED]


def near_names(model: type[models.Model], text: str) -> list[NearName]:
    """The rows of `model` with a name nearly like `text`, the nearest first, in two queries."""
    field, words = _key_of(model), fold(text)
    if field is None or not words:
        return []
    parts = {word[at : at + 3] for word in words for at in _places_to_share(word)}
    sharing = reduce(or_, (Q(**{f"{field.name}__contains": part}) for part in parts))
    rows: Any = model._default_manager.order_by()
    keys = dict(rows.filter(sharing).values_list("pk", field.name)[:MOST_COMPARED])
    likeness = _likeness(words, {word for key in keys.values() for word in key.split()})
    scores = ((_score(key.split(), likeness), row) for row, key in keys.items())
    best = nlargest(MOST_LOOKED_AT, (pair for pair in scores if pair[0] >= NEAR))
    found = (
        max(
            (NearName(name, row, _score(search_key(name).split(), likeness)) for name in names),
            key=lambda one: one.score,
        )
        for row, names in _names(rows.filter(pk__in=[row for _, row in best]), field)
    )
    near = (one for one in found if one.score >= NEAR)
    return sorted(near, key=lambda one: (-one.score, one.name))[:MOST_OFFERED]


def _names(rows: Any, field: SearchKeyField) -> Iterator[tuple[int, list[str]]]:
    """By row: each of the names that its search key is made of."""
    for row, *values in rows.values_list("pk", *field.sources):
        yield (
            row,
            [name for value in values for name in ([value] if isinstance(value, str) else value)],
        )


def _places_to_share(word: str) -> tuple[int, int, int]:
    """Where three letters begin of which a name must have some to be compared at all."""
    last = max(len(word) - 3, 0)
    return 0, last // 2, last


def _likeness(words: Iterable[str], vocabulary: set[str]) -> list[dict[str, float]]:
    """For each word how alike those of the vocabulary are that are anything like it."""
    known = list(vocabulary)
    return [
        {
            other: score
            for other, score, _ in process.extract(
                word, known, scorer=fuzz.ratio, score_cutoff=NEAR * 0.7, limit=None
            )
        }
        for word in words
    ]


def _score(key: list[str], likeness: list[dict[str, float]]) -> float:
    """How alike the words of a name are on average, each beside the one most like it."""
    best = [max((like.get(word, 0) for word in key), default=0) for like in likeness]
    return sum(best) / len(best) if min(best) else 0


def _key_of(model: type[models.Model]) -> Any:
    """The model's search key; None where it has none."""
    fields = (one for one in model._meta.local_fields if isinstance(one, SearchKeyField))
    return next(fields, None)

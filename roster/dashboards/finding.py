"""Finding rows by words: in their own columns, or by the names of the records that they are of.

What a table is searched by is told by paths, as Django's `search_fields` are:

- `title`: the words stand anywhere in this column or in others of the row itself;
- `official__search_key`: all the words stand among the names of the official;
- `=number`: a word of digits is this number, and the others, if any, are found by a path;
- `=protection__ref`: the only word is the ref of that protection;
- `^ref`: the only word is how this column begins. Such a table is too large to be looked through
  row by row: nothing of it is found but by an index.

All words are found by one kind of path. Names are resolved to keys first, once for all tables
that lead to them, and no query asks for one thing or another across a join: that is what kept
lists of 1,000,000 rows slow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

from django.db import models
from django.db.models import OuterRef, Q

from roster.fields import has_word
from roster.models import RECORDS, Source
from roster.models.asking import Asked

MOST_KEYS = 500
"""Rows that are told by their keys; of more, by what is asked of them."""
MOST_WORDS = 12
MOST_CHARACTERS = 300
_AFTER_REF = "{"
"""What sorts after all that a ref may hold."""
_OF_REFS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789/-")
_KINDS = frozenset([*(model.record_kind for model in RECORDS), Source.record_kind])
"""What may stand before a colon and a ref."""

Words = tuple[str, ...]
MayView = Callable[[type[models.Model]], bool]


def words_of(text: str) -> Words:
    """The words of a query, each once, in their order."""
    return tuple(dict.fromkeys(text.replace("\0", " ").split()))


def refusal(text: str) -> str | None:
    """Why `text` is not searched for; None when it is."""
    if len(words_of(text)) <= MOST_WORDS and len(text) <= MOST_CHARACTERS:
        return None
    return (
        f"This is too much to look for: give at most {MOST_WORDS} words, with at most "
        f"{MOST_CHARACTERS} characters together."
    )


@dataclass(frozen=True)
class Searched:
    """By what the rows of a table are found; `related` has the columns of what a path leads to.

    `exact` has the paths to records of which the ref is looked for as it is.
    """

    own: tuple[str, ...] = ()
    number: str = ""
    beginning: str = ""
    exact: tuple[str, ...] = ()
    related: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def by(cls, paths: Iterable[str]) -> Searched:
        own: list[str] = []
        exact: list[str] = []
        number = beginning = ""
        related: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            relation, _, column = path.rpartition("__")
            if path.startswith("=") and relation:
                exact.append(relation[1:])
            elif relation:
                related[relation].append(column)
            elif path.startswith("="):
                number = path[1:]
            elif path.startswith("^"):
                beginning = path[1:]
            else:
                own.append(path)
        columns = {relation: tuple(names) for relation, names in related.items()}
        return cls(tuple(own), number, beginning, tuple(exact), columns)


@dataclass(frozen=True)
class Found:
    """The rows found, by a condition; `keys` has them all where they are no more than MOST_KEYS."""

    condition: Q
    keys: frozenset[int] | None


class Finder:
    """Finds the rows of any table that have the words of one query.

    Through a relation only where `may_view` allows the rows that it leads to.
    """

    def __init__(self, text: str, may_view: MayView) -> None:
        self.words = () if refusal(text) else words_of(text)
        self.may_view = may_view
        self._found: dict[tuple[type[models.Model], Words], Found] = {}
        self._resolved: dict[tuple[type[models.Model], Words, Words], list[int] | None] = {}

    def found(self, model: type[models.Model], paths: Iterable[str]) -> Found:
        """The rows of `model` that are found by the paths; none for a query without words."""
        asked = (model, tuple(paths))
        if asked not in self._found:
            self._found[asked] = self._looked_for(*asked)
        return self._found[asked]

    def _looked_for(self, model: type[models.Model], paths: Words) -> Found:
        arms = list(self._arms(model, Searched.by(paths))) if self.words else []
        condition = reduce(or_, arms, Q(pk__in=()))
        keys: set[int] = set()
        for arm in arms:
            keys.update(_first_keys(model, arm))
            if len(keys) > MOST_KEYS:
                return Found(condition, None)
        return Found(Q(pk__in=keys), frozenset(keys))

    def _arms(self, model: type[models.Model], searched: Searched) -> Iterator[Q]:
        """Conditions on columns of the table itself, each answered by an index or by one look."""
        *others, last = self.words
        kind, colon, ref = last.partition(":")
        if colon and not others and kind in _KINDS:
            if kind == getattr(model, "record_kind", ""):
                yield Q(ref=ref)
            elif kind in searched.exact:
                yield self._exactly(model, kind, ref)
            return
        if searched.own:
            yield self._having(model, "pk", model, searched.own, self.words)
        yield from self._related(model, searched, self.words)
        if not others and _OF_REFS.issuperset(last.lower()):
            yield from self._by_ref(model, searched, last.lower())
        yield from self._numbered(model, searched, tuple(others), last.lstrip("#¶"))

    def _by_ref(self, model: type[models.Model], searched: Searched, ref: str) -> Iterator[Q]:
        if column := searched.beginning:
            yield Q(**{f"{column}__gte": ref, f"{column}__lt": ref + _AFTER_REF})
        for relation in searched.exact:
            yield self._exactly(model, relation, ref)

    def _numbered(
        self, model: type[models.Model], searched: Searched, others: Words, number: str
    ) -> Iterator[Q]:
        if not (searched.number and number.isascii() and number.isdecimal() and len(number) < 10):
            return
        is_it = Q(**{searched.number: int(number)})
        if others:
            for arm in self._related(model, searched, others):
                yield is_it & arm
        elif not searched.beginning:
            yield is_it

    def _related(self, model: type[models.Model], searched: Searched, words: Words) -> Iterator[Q]:
        for relation, columns in searched.related.items():
            target = target_of(model, relation)
            if self.may_view(target):
                yield self._having(model, relation, target, columns, words)

    def _exactly(self, model: type[models.Model], relation: str, ref: str) -> Q:
        target = target_of(model, relation)
        keys = _first_keys(target, Q(ref=ref)) if self.may_view(target) else []
        return leading_to(model, relation, keys)

    def _having(
        self,
        model: type[models.Model],
        path: str,
        target: type[models.Model],
        columns: Words,
        words: Words,
    ) -> Q:
        """That the row of `target` to which the path leads has all the words in the columns."""
        asked = (target, columns, words)
        if asked not in self._resolved:
            keys = _first_keys(target, has_words(columns, words))
            self._resolved[asked] = None if keys[MOST_KEYS:] else keys
        keys_or_none = self._resolved[asked]
        if keys_or_none is None:
            return _leading_to_any(model, path, has_words(columns, words))
        return leading_to(model, path, keys_or_none)


def has_words(columns: Iterable[str], words: Iterable[str]) -> Q:
    """That each word stands in one of the columns of the row itself."""
    paths = tuple(columns)
    return reduce(
        and_, (reduce(or_, (has_word(path, one) for path in paths)) for one in words), Q()
    )


def leading_to(model: type[models.Model], path: str, keys: list[int]) -> Q:
    """That a row leads to one of the keys, which are few: asked from table to table by indexes."""
    first, _, rest = path.partition("__")
    if not rest:
        return Q(**{f"{first}__in": keys})
    nearer = target_of(model, first)
    passed = nearer._default_manager.filter(leading_to(nearer, rest, keys)).order_by()
    return Q(**{f"{first}__in": passed.values("pk")})


def _leading_to_any(model: type[models.Model], path: str, condition: Q) -> Q:
    """That a row leads to one of very many: asked row by row, so that a page is soon full."""
    if path == "pk":
        return condition
    first, _, rest = path.partition("__")
    nearer = target_of(model, first)
    of_nearer = _leading_to_any(nearer, rest, condition) if rest else condition
    key = OuterRef(model._meta.get_field(first).attname)  # type: ignore[union-attr]  # a key
    return Q(Asked(nearer._default_manager.filter(of_nearer, pk=key)))


def _first_keys(model: type[models.Model], arm: Q) -> list[int]:
    rows = model._default_manager.filter(arm).order_by()
    return list(rows.values_list("pk", flat=True)[: MOST_KEYS + 1])


def target_of(model: type[models.Model], path: str) -> type[models.Model]:
    """The model to which a path of foreign keys leads."""
    target = model
    for name in path.split("__"):
        target = target._meta.get_field(name).related_model  # type: ignore[assignment]  # a model
    return target

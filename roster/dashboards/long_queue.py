"""Queues that may be very long: counted so far, and read from the nearer end.

A queue is walked part by part, each of one kind of record, so that its first and its last entries
are found without sorting all of it; knows no screen and no address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.db import models
from django.db.models import ExpressionWrapper, F, OrderBy, Value
from django.db.models.functions import Coalesce

from roster.dashboards.queue import (
    EVERYTHING,
    ORDERS,
    PASSAGE,
    Entry,
    Narrowing,
    Order,
    cited_in,
    described,
    entry_of,
    records_of,
)
from roster.models import Citation
from roster.models.citations import CITABLE, citable_columns
from roster.provenance.states import EvidenceState, with_states


class Place(NamedTuple):
    """What an entry is known by: a citation, or a field of a record of some kind."""

    key: int
    kind: str = ""
    field: str = ""


Part = Callable[[int, bool], Iterator[Place]]
"""Gives its first places up to a number, or its last ones backwards."""


class LongQueue:
    """What is in one state, narrowed and ordered, as `Queue` lists it."""

    def __init__(
        self,
        state: EvidenceState,
        narrowing: Narrowing = EVERYTHING,
        order: Order = Order.RECORD,
    ) -> None:
        self.state, self._narrowing, self._order = state, narrowing, order
        self._all: Iterable[Place] | None = None
        """All places in order, once it is known that they are not too many."""
        self._parts = list(self._unsourced() if self._is_unsourced else self._cited())

    def count_up_to(self, most: int) -> int:
        """How many entries there are; `most` if there are that many or more."""
        if self._is_unsourced:
            first = self._walk(most, backwards=False)
            self._all = first if len(first) < most else None
            return len(first)
        keys = self._cited_keys(most)
        if len(keys) < most:  # sorting few is quicker than looking for them again
            among = with_states(Citation.objects.filter(pk__in=keys))
            ordered = described(among).order_by(*ORDERS[self._order])
            self._all = map(Place, ordered.values_list("pk", flat=True))
        return len(keys)

    def places(self, start: int, stop: int, *, backwards: bool = False) -> list[Place]:
        """The places from `start` until before `stop`; backwards, from the last on."""
        if self._all is None:
            return self._walk(stop, backwards=backwards)[start:stop]
        self._all = list(self._all)
        return (self._all[::-1] if backwards else self._all)[start:stop]

    def entries(self, places: list[Place]) -> list[Entry]:
        """The entries at these places; what was mended meanwhile is left out."""
        found = self._of_fields(places) if self._is_unsourced else self._of_citations(places)
        return [found[place] for place in places if place in found]

    def _cited_keys(self, most: int) -> list[int]:
        """Citations as the database finds them; where names are asked for, kind by kind."""
        by_name = bool(self._narrowing.record)
        keys: list[int] = []
        for kind in self._narrowing.kinds if by_name else (self._narrowing.kind,):
            found = self._cited_of(kind).order_by().values_list("pk", flat=True)
            keys += found[: most - len(keys)]
            if len(keys) >= most:
                break
        return keys

    def _walk(self, most: int, *, backwards: bool) -> list[Place]:
        """The first places up to a number; backwards, the last ones from the end."""
        found: list[Place] = []
        for part in reversed(self._parts) if backwards else self._parts:
            found += part(most - len(found), backwards)
            if len(found) >= most:
                break
        return found[:most]

    @property
    def _is_unsourced(self) -> bool:
        return self.state is EvidenceState.UNSOURCED

    def _cited(self) -> Iterator[Part]:
        """Citations by kind of record, or by field and kind, or as they stand in the sources."""
        if self._order is Order.PASSAGE:
            found = described(cited_in(self.state, self._narrowing))
            yield _citations(found.order_by(*ORDERS[self._order]))
        elif self._order is Order.FIELD:
            for field, kind in _fields(self._narrowing):
                found = self._cited_of(kind).filter(field=field)
                yield _citations(found.order_by(_ref_of(kind), *PASSAGE))
        else:
            for kind in self._narrowing.kinds:
                found = self._cited_of(kind)
                yield _citations(found.order_by(_ref_of(kind), "field", *PASSAGE))

    def _cited_of(self, kind: str) -> models.QuerySet[Any]:
        narrowing = Narrowing(kind, self._narrowing.record, self._narrowing.source)
        return cited_in(self.state, narrowing)

    def _unsourced(self) -> Iterator[Part]:
        """Fields by kind of record, or by field and kind."""
        if self._order is Order.FIELD:
            for field, kind in _fields(self._narrowing, factual=True):
                found = records_of(kind, self._narrowing).unsourced_in(field)
                yield _fields_of(kind, (field,), found)
        else:
            for kind in self._narrowing.kinds:
                columns = tuple(sorted(CITABLE[kind].factual_columns()))
                found = records_of(kind, self._narrowing).unsourced()
                yield _fields_of(kind, columns, found)

    def _of_citations(self, places: list[Place]) -> dict[Place, Entry]:
        keys = [place.key for place in places]
        rows = described(with_states(Citation.objects.filter(pk__in=keys)))
        entries = (entry_of(self.state, row) for row in rows)
        return {Place(entry.citation.key): entry for entry in entries if entry.citation}

    def _of_fields(self, places: list[Place]) -> dict[Place, Entry]:
        """One query a kind."""
        keys = defaultdict[str, set[int]](set)
        for place in places:
            keys[place.kind].add(place.key)
        records = {kind: _records(kind, of_kind) for kind, of_kind in keys.items()}
        return {
            place: Entry(
                self.state, place.kind, place.key, record.ref, place.field, record.cell(place.field)
            )
            for place in places
            if (record := records[place.kind].get(place.key))
        }


def _ref_of(kind: str) -> OrderBy:
    """The ref of a cited record, said so that no index has it.

    By one a database reads all records in their order, though far fewer are cited.
    """
    return Coalesce(F(f"{kind}__ref"), Value("")).asc()


def _fields(narrowing: Narrowing, *, factual: bool = False) -> list[tuple[str, str]]:
    """Every field with each kind that has it, by name and then in the order of the kinds."""
    kinds = list(enumerate(CITABLE))
    found = (
        (field, position, kind)
        for position, kind in kinds
        if kind in narrowing.kinds
        for field in (
            CITABLE[kind].factual_columns() if factual else citable_columns(CITABLE[kind])
        )
    )
    return [(field, kind) for field, _position, kind in sorted(found)]


def _citations(found: models.QuerySet[Any]) -> Part:
    def places(most: int, backwards: bool) -> Iterator[Place]:
        ordered = found.reverse() if backwards else found
        return map(Place, ordered.values_list("pk", flat=True)[:most])

    return places


def _fields_of(kind: str, columns: tuple[str, ...], found: Any) -> Part:
    """Of each record those of the columns that are unsourced, in their order."""
    flags = {
        f"lacks_{column}": ExpressionWrapper(
            found.is_unsourced(column), output_field=models.BooleanField()
        )
        for column in columns
    }
    ordered = found.order_by("ref").annotate(**flags)

    def places(most: int, backwards: bool) -> Iterator[Place]:
        rows = ordered.reverse() if backwards else ordered
        given = 0
        for key, *lacks in rows.values_list("pk", *flags)[:most]:
            listed = [column for column, lacking in zip(columns, lacks, strict=True) if lacking]
            for column in reversed(listed) if backwards else listed:
                yield Place(key, kind, column)
                given += 1
            if given >= most:
                return

    return places


def _records(kind: str, keys: set[int]) -> dict[int, Any]:
    """Records with the rows that their columns name."""
    model = CITABLE[kind]
    named = [field.name for field in model._meta.concrete_fields if field.is_relation]
    return model._default_manager.select_related(*named).in_bulk(keys)

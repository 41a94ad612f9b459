"""Independence: which sources only repeat one another, and which have a newer version.

Two sources are one where the one supersedes the other, over any number of versions between, or
where one publisher brought both out on one day; and all that are one with the same are one. The
counting knows only the sources that it is given; `related_sources` fetches what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from roster.dates import PartialDate
from roster.models import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date


class SourceFamilies:
    """Sources, of which those that are one count once; told apart by their keys."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = {source.pk: source for source in sources}
        self._parents = {key: key for key in self._sources}
        self._newer: dict[int, int] = {}
        first_of: dict[tuple[str, date], int] = {}
        for key in sorted(self._sources):
            source = self._sources[key]
            if source.supersedes_id in self._sources:
                self._unite(key, source.supersedes_id)
                self._newer[source.supersedes_id] = key  # of several, the one added last
            if issue := _publisher_and_day(source):
                self._unite(key, first_of.setdefault(issue, key))

    def __getitem__(self, key: int) -> Source:
        return self._sources[key]

    def independent_count(self, keys: Iterable[int]) -> int:
        """How many of these sources do not only repeat another of them."""
        return len({self._first(key) for key in keys})

    def newest_version(self, key: int) -> Source | None:
        """The version that supersedes this one, itself not superseded; None where there is none.

        Versions that supersede one another in a ring have no newest: the last before this one.
        """
        newest, seen = key, {key}
        while (newer := self._newer.get(newest)) is not None and newer not in seen:
            seen.add(newer)
            newest = newer
        return None if newest == key else self._sources[newest]

    def _first(self, key: int) -> int:
        while self._parents[key] != key:
            self._parents[key] = self._parents[self._parents[key]]
            key = self._parents[key]
        return key

    def _unite(self, one: int, other: int) -> None:
        self._parents[self._first(one)] = self._first(other)


def related_sources(keys: Collection[int]) -> SourceFamilies:
    """These sources with all their older and newer versions, in one query."""
    return SourceFamilies(Source.objects.raw(_WITH_VERSIONS.format(_places(keys)), list(keys)))


_WITH_VERSIONS = """
    WITH RECURSIVE version (id, supersedes_id) AS (
        SELECT id, supersedes_id FROM roster_source WHERE id IN ({})
        UNION
        SELECT source.id, source.supersedes_id FROM roster_source source JOIN version
        ON source.id = version.supersedes_id OR source.supersedes_id = version.id
    )
    SELECT * FROM roster_source WHERE id IN (SELECT id FROM version)
"""


def _places(keys: Collection[int]) -> str:
    return ", ".join(["%s"] * len(keys)) or "NULL"


def _publisher_and_day(source: Source) -> tuple[str, date] | None:
    """Who brought the source out and when; None where either is not known, or not to the day."""
    published = PartialDate(source.published)
    if not source.publisher or published.earliest != published.latest:
        return None
    return " ".join(source.publisher.casefold().split()), published.earliest

"""Evidence of entries: of each record the citation that says most of its dates, and all sources."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from roster.dashboards.timeline.entries import Cited, Entry, Kind
from roster.dates import PartialDate
from roster.periods import Period

_SAYS_MOST = {"end": 0, "start": 1}
"""The fields whose citations say most of a bar; those of all others come after them."""


class CitedRow(NamedTuple):
    """A citation that supports a record of an official; the source by key, ref, title and day."""

    official: int
    kind: str
    record: int
    field: str
    source_key: int
    source: str
    title: str
    published: str
    paragraph: int


class Evidence:
    """What supports the records of officials."""

    def __init__(self, rows: Iterable[CitedRow] = ()) -> None:
        self._of_record: dict[tuple[str, int], list[CitedRow]] = defaultdict(list)
        self._of_source: dict[tuple[int, int], list[CitedRow]] = defaultdict(list)
        for row in rows:
            self._of_record[row.kind, row.record].append(row)
            self._of_source[row.official, row.source_key].append(row)

    def of(self, kind: Kind, key: int) -> Cited | None:
        """What a record rests on, by the citation that says most of its dates."""
        rows = self._of_record.get((kind, key))
        if not rows:
            return None
        best = min(rows, key=_rank)
        return Cited(best.source, best.paragraph, best.source_key, len(rows))

    def dates(self) -> list[tuple[int, Entry]]:
        """Each official with an entry for each source, on its day, those of one day by ref."""
        found = [(key, self._date(rows)) for (key, _source), rows in self._of_source.items()]
        return sorted(found, key=lambda one: (one[1].period.start.earliest, one[1].ref))

    @staticmethod
    def _date(rows: list[CitedRow]) -> Entry:
        row = min(rows, key=lambda one: one.paragraph)
        day = PartialDate(row.published)
        fields = Counter((one.kind, one.record, one.field) for one in rows)
        cited = Cited(row.source, row.paragraph, row.source_key, len(fields))
        return Entry(Kind.EVIDENCE, row.source_key, row.source, row.title, Period(day, day), cited)


def _rank(row: CitedRow) -> tuple[int, str, int]:
    return _SAYS_MOST.get(row.field, len(_SAYS_MOST)), row.source, row.paragraph

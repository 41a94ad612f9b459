"""The table beside a picture: the same entries, in words, with links to record and citation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from roster.admin.display import Cell
from roster.admin.timeline.addresses import cited_url, entry_url
from roster.dashboards.timeline import Entry, Kind
from roster.dashboards.timeline.sentences import KINDS, place, supports
from roster.periods import Certainty, Days


@dataclass(frozen=True)
class ShownEntry:
    """An entry in words. `in_force` is None of a source; `more` counts further citations."""

    kind: str
    link: Cell
    start: str
    end: str
    in_force: Certainty | None
    extensions: int
    cited: Cell | None
    more: int
    note: str


def shown_entries(
    entries: Iterable[Entry], window: Days, today: date, *, tells_undated: bool = False
) -> tuple[ShownEntry, ...]:
    """The entries that the window has, in their order; sources of no known day where asked for."""
    return tuple(
        _shown(entry, today)
        for entry in entries
        if entry.lies_in(window) or (tells_undated and not entry.is_drawn)
    )


def _shown(entry: Entry, today: date) -> ShownEntry:
    period, cited = entry.period, entry.cited
    is_source = entry.kind is Kind.EVIDENCE
    return ShownEntry(
        KINDS[entry.kind],
        Cell(entry.name, entry_url(entry)),
        period.start.describe(),
        "" if is_source else period.end.describe(),
        None if is_source else period.in_force(today),
        entry.extensions,
        Cell(place(cited), cited_url(cited)) if cited and not is_source else None,
        cited.count - 1 if cited and not is_source else 0,
        supports(cited) if cited and is_source else "",
    )

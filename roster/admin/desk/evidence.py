"""The section of the desk that tells how much of the evidence wants work, by its state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse

from roster.admin.desk.lines import MOST_LINES, Line
from roster.admin.desk.shown import Number, ShownSection
from roster.admin.display import Cell, column_heading, page_url
from roster.admin.evidence.queues import counted_states, may_see_queues
from roster.dashboards.desk.memory import Memory
from roster.dashboards.queue import QUEUES, Entry, Queue
from roster.models.citations import CITABLE
from roster.provenance.states import EvidenceState
from roster.text.characters import quoted

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

CELL_LENGTH = 40


def evidence(memory: Memory, request: HttpRequest, site: RosterSite) -> Iterator[ShownSection]:
    """The one section; none for who may not view all that evidence tells of."""
    if not may_see_queues(request, site):
        return
    counted = [one for one in counted_states(memory) if one.state in QUEUES]
    numbers = tuple(Number(one.state.capitalize(), one.count, one.url) for one in counted)
    gravest = next((one.state for one in counted if one.count), None)
    yield ShownSection(
        key="evidence",
        title="Evidence that wants work",
        sentence="Citations by their state, the gravest first, and facts that no citation "
        "supports. A citation in two states is counted in both.",
        nothing="No evidence wants work.",
        numbers=numbers,
        more=Cell("What each state says", reverse("admin:evidence")),
        lines=memory.recall("evidence", lambda: _lines(gravest)) if gravest else (),
    )


def _lines(state: EvidenceState) -> tuple[Line, ...]:
    return tuple(map(_line, Queue(state).newest(MOST_LINES)))


def _line(entry: Entry) -> Line:
    url = page_url(CITABLE[entry.kind], "change", entry.key)
    says = f"{column_heading(entry.field)} says {_short(entry.says)}"
    if entry.state is EvidenceState.STALE and entry.citation:
        says += f", was cited for {_short(entry.citation.value)}"
    return Line(Cell(entry.record, f"{url}#evidence"), says, entry.state.capitalize())


def _short(cell: str) -> str:
    return quoted(cell, length=CELL_LENGTH) if cell else "nothing"

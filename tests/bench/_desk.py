"""The desk, the lists and other pages on a roster of a thousand rows a table and on a large one.

Times are those of the processor, of this process and of the server's that works for it: as long as
a page takes on a machine that does nothing else, and on any other nearly the same.

Prints what was measured as JSON: of each page the seconds on both and the queries on the large.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.bench import _desk_pages as pages
from tests.bench._desk_roster import SMALL, Roster, sizes
from tests.bench._roster import tell
from tests.bench._states import _read, _signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

TURNS = 3
SLOW = 1.0
"""Seconds from which on one turn tells enough."""

PAGES: dict[str, Callable[[Client], Iterator[pages.Page]]] = {
    "lists": pages.of_lists,
    "queues": pages.of_queues,
    "others": pages.of_other_pages,
}
DESK, PROTECTED, TIMELINE = "desk", "protected", "timeline"
PARTS = (DESK, *PAGES, PROTECTED, TIMELINE)


def main(officials: int, parts: list[str]) -> int:
    """Measure on the engine of DATABASE_URL."""
    django.setup()
    call_command("migrate", verbosity=0)
    roster, client = Roster(), _signed_in()
    _on_one_processor()
    roster.grow(sizes(SMALL), rows_a_changeset=50)
    for address in ("/", "/evidence/"):  # the first page of a process loads what it needs
        _read(client, address)
    small = _measured(client, parts)
    roster.grow(sizes(officials), rows_a_changeset=1_000)
    busy = roster.add_busy_official()
    found: dict[str, Any] = {"small": small, "large": _measured(client, parts)}
    if DESK in parts:
        found[DESK] = _of_desk(client)
    if PROTECTED in parts:
        found[PROTECTED] = _worked(lambda: call_command("protected", stdout=_Nowhere()))
    if TIMELINE in parts:
        found[TIMELINE] = {what: _seconds(client, url) for what, url in _of_official(busy).items()}
    return tell(found)


def _of_desk(client: Client) -> dict[str, dict[str, float]]:
    """The desk when it is asked for again, after an edit, and when nothing is kept of before."""

    def after(act: Callable[[], object]) -> dict[str, float]:
        act()
        seconds = _worked(lambda: _read(client, "/"))
        act()
        return {"seconds": seconds, "queries": _queries(client, "/")}

    return {
        "when nothing is kept": after(cache.clear),
        "after an edit": after(_edit),
        "again": after(lambda: None),
    }


def _edit() -> None:
    """Change one official, as another user would."""
    from roster.history.changesets import changeset
    from roster.models import Official

    with changeset(reason="Edit one.", kind="command"):
        official = Official.objects.get(ref="official-1")
        official.summary += " More."
        official.save()


def _measured(client: Client, parts: list[str]) -> list[tuple[str, str, float]]:
    """What each page shows, by which choice, and its seconds."""
    return [
        (page.what, page.choice, _seconds(client, page.address))
        for part, pages_of in PAGES.items()
        if part in parts
        for page in pages_of(client)
    ]


def _of_official(key: int) -> dict[str, str]:
    """The pages that show what is known of one official, or of all, over time."""
    return {
        "page of the official": reverse("admin:roster_official_change", args=(key,)),
        "timeline of the official": reverse("admin:roster_official_timeline", args=(key,)),
        "timeline of the whole roster": reverse("admin:timeline"),
    }


def _seconds(client: Client, address: str) -> float:
    """Of the quickest of some turns: what else the machine did counts least in it."""
    taken = [_worked(lambda: _read(client, address))]
    while len(taken) < TURNS and taken[0] < SLOW:
        taken.append(_worked(lambda: _read(client, address)))
    return min(taken)


def _worked(act: Callable[[], object]) -> float:
    """Seconds that processors worked on one turn."""
    began = _work()
    act()
    return _work() - began


def _work() -> float:
    """Seconds that processors have worked for this process and for its connection."""
    work = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        work += int(server.read_text().split()[0]) / 1e9
    return work


def _on_one_processor() -> None:
    """Have a server do all for the connection in the one process that is measured."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        _read(client, address)
    return len(captured)


class _Nowhere:
    """Takes what a command prints and keeps nothing of it."""

    def write(self, _: str) -> None: ...


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))

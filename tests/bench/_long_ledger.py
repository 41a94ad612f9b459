"""Pages, the past, verification and undo on a ledger of 1,000 changes and on one of a million.

The ledger is written as any other, by triggers inside changesets, so that it verifies.
"""

from __future__ import annotations

import resource
import sys
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import django
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.bench._figures import Figures, once, quickest
from tests.bench._states import _read, _signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

SHORT, LONG = 1_000, 1_000_000
CHANGESETS = 50
"""Changesets of the short ledger: two full pages of the feed."""
EXTENSIONS, A_PROTECTION = 100_000, 100
QUIET, BUSY = 10, 10_000
"""Changes of the two records whose histories are read."""
IMPORTED = 10_000
RATIO, QUERIES = 1.5, 20


def main() -> int:
    """Measure on the engine of DATABASE_URL; 1 if a goal was missed."""
    django.setup()
    call_command("migrate", verbosity=0)
    ledger = Ledger()
    ledger.begin()
    client = _signed_in()
    short = {what: quickest(read) for what, read in _pages(client, ledger).items()}
    ledger.grow()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    figures = Figures(f"{connection.vendor}: a ledger of {ledger.size():,} changes")
    for what, read in _pages(client, ledger).items():
        goal = RATIO * short[what]
        figures.seconds(what, quickest(read), goal=goal, baseline=short[what])
        with CaptureQueriesContext(connection) as captured:
            read()
        figures.amount(f"queries: {what}", len(captured), "", goal=QUERIES)
    _verification(figures, ledger)  # first: memory that others took hides what it takes
    _past(figures, ledger)
    _undo(figures)
    return int(figures.missed)


class Ledger:
    """Officials with protections and extensions, edited again and again."""

    def __init__(self) -> None:
        from roster.models import Official

        with _changeset():
            self.quiet, self.busy = Official.objects.bulk_create(
                Official(ref=name, name=name.capitalize()) for name in ("quiet", "busy")
            )
        self.deep = 0
        self._edits = count()
        self._edit(self.quiet, QUIET)

    def size(self) -> int:
        from roster.models import Change

        return Change.objects.count()

    def begin(self) -> None:
        """Two pages of changesets of a few changes each."""
        self._edit_often()
        self._mark()

    def grow(self) -> None:
        """Write on to the full length, with as many such changesets half-way and at the end."""
        for _ in range(BUSY // 1_000):
            self._edit(self.busy, 1_000)
        self._add_extensions()
        for changes in (LONG // 2, LONG):
            self._rewrite_until(changes)
            self._edit_often()
            if changes < LONG:
                self._mark()

    def _mark(self) -> None:
        """Note where the deep page begins."""
        from roster.models import Changeset

        self.deep = Changeset.objects.newest_first()[0].position - CHANGESETS // 2 + 1

    def _edit_often(self) -> None:
        for _ in range(CHANGESETS):
            self._edit(self.busy, SHORT // CHANGESETS)

    def _rewrite_until(self, changes: int) -> None:
        extensions, size = self._extension_keys(), self.size()
        while size < changes:
            for start in range(0, len(extensions), 1_000):
                self._rewrite(extensions[start], extensions[start : start + 1_000][-1])
            size += len(extensions)

    def _edit(self, official: object, times: int) -> None:
        from roster.models import Official

        with _changeset():
            for _ in range(times):
                summary = f"Edit {next(self._edits)} of a summary in our own words."
                Official.objects.filter(pk=official.pk).update(summary=summary)

    def _rewrite(self, first: int, last: int) -> None:
        from roster.models import ProtectionExtension

        with _changeset():
            summary = f"Edit {next(self._edits)} of a summary in our own words."
            rows = ProtectionExtension.objects.filter(pk__range=(first, last))
            rows.update(summary=summary)

    def _add_extensions(self) -> None:
        from roster.models import Official, Protection, ProtectionExtension

        for start in range(0, EXTENSIONS, 10_000):
            with _changeset():
                officials = Official.objects.bulk_create(
                    Official(ref=f"official-{start + n}", name=f"Official {start + n}")
                    for n in range(10_000 // A_PROTECTION)
                )
                protections = Protection.objects.bulk_create(
                    Protection(ref=f"{one.ref}/protection", official=one, level="event")
                    for one in officials
                )
                ProtectionExtension.objects.bulk_create(
                    (
                        ProtectionExtension(ref=f"{one.ref}/{n}", protection=one, number=n)
                        for one in protections
                        for n in range(1, A_PROTECTION + 1)
                    ),
                    batch_size=1_000,
                )

    def _extension_keys(self) -> list[int]:
        from roster.models import ProtectionExtension

        return list(ProtectionExtension.objects.order_by("pk").values_list("pk", flat=True))


def _changeset():
    from roster.history.changesets import changeset

    return changeset(reason="Fill the bench.", kind="command")


def _pages(client: Client, ledger: Ledger) -> dict[str, Callable[[], object]]:
    history = "admin:roster_official_history"
    addresses = {
        "feed, first page": reverse("admin:feed"),
        "feed, deep page": f"{reverse('admin:feed')}?before={ledger.deep}",
        "history of a record with 10 changes": reverse(history, args=(ledger.quiet.pk,)),
        "history of a record with many changes": reverse(history, args=(ledger.busy.pk,)),
    }
    return {what: partial(_read, client, address) for what, address in addresses.items()}


def _past(figures: Figures, ledger: Ledger) -> None:
    from roster.history.past.cells import cells_as_of
    from roster.history.past.rows import official_as_of
    from roster.models import Changeset, Official, ProtectionExtension

    position = Changeset.objects.count() * 9 // 10
    figures.seconds(
        f"as-of of {EXTENSIONS:,} extensions",
        quickest(lambda: cells_as_of(ProtectionExtension, position)),
        goal=2,
    )
    usual = Official.objects.get(ref="official-10000").pk
    what = f"as-of of one official with {A_PROTECTION} extensions"
    figures.seconds(what, quickest(lambda: official_as_of(usual, position)), goal=0.05)


def _verification(figures: Figures, ledger: Ledger) -> None:
    from roster.history.ledger import verify

    changes = ledger.size()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    verdicts = []
    took = once(lambda: verdicts.append(verify()))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    if not verdicts[0].ok:
        raise SystemExit(f"The ledger of the bench is not sound: {verdicts[0].problems[0]}")
    figures.seconds("verify_history, each 50,000 changes", took * 50_000 / changes, goal=1)
    figures.amount("memory that verify_history adds", grown, "MB", goal=50)


def _undo(figures: Figures) -> None:
    from roster.actions.undo_changeset import undo_changeset
    from roster.exchange.runs import import_csv

    rows = "".join(f"imported-{n},Imported {n},US\n" for n in range(IMPORTED))
    report = import_csv("officials", f"ref,name,country\n{rows}".encode(), reason="Import.")
    took = once(lambda: undo_changeset(report.changeset, reason="Undo it."))
    figures.seconds(f"undo of an import of {IMPORTED:,} rows", took, goal=5)


if __name__ == "__main__":
    sys.exit(main())

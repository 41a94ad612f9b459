"""Counts of states, queues and their pages over 100,000 citations of 20,000 records."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import django
from django.core.management import call_command
from django.db import connection
from django.db.models import Count

from tests.bench._citations import CITATIONS, KINDS, fill
from tests.bench._figures import Figures, quickest

if TYPE_CHECKING:
    from django.test import Client

COUNTS_GOAL = 1.0
PAGE_GOAL = 1.0


def main() -> int:
    """Measure on the engine of DATABASE_URL; 1 if a goal was missed."""
    django.setup()
    call_command("migrate", verbosity=0)
    fill()
    figures = Figures(
        f"{connection.vendor}: {CITATIONS:,} citations of {sum(KINDS.values()):,} records"
    )
    _counts(figures)
    _pages(figures)
    return int(figures.missed)


def _counts(figures: Figures) -> None:
    """Beside a plain count with the same joins."""
    from roster.provenance.tallies import counts

    figures.seconds(
        "counts of all states",
        quickest(counts),
        goal=COUNTS_GOAL,
        baseline=quickest(_joined_count),
    )


def _joined_count() -> object:
    """A plain count of the citations, read with their records and paragraphs."""
    from roster.models import Citation
    from roster.models.citations import CITABLE

    joined = [Count(f"{kind}__ref") for kind in CITABLE]
    return Citation.objects.order_by().aggregate(Count("paragraph__text"), *joined)


def _pages(figures: Figures) -> None:
    """The first and the last page of each queue, beside the list of changesets."""
    from roster.dashboards.queue import QUEUES, Queue

    client = _signed_in()
    baseline = quickest(lambda: _read(client, "/roster/changeset/"))
    for url in ("/", "/evidence/"):
        figures.seconds(
            url,
            quickest(lambda url=url: _read(client, url)),
            goal=PAGE_GOAL,
            baseline=baseline,
        )
    for state in QUEUES:
        count = Queue(state).count()
        for name, query in (("first", "?p=1"), ("last", f"?p={count // 50 + 1}")):
            url = f"/evidence/{state}/{query}"
            seconds = quickest(lambda url=url: _read(client, url))
            said = f"{state}, {count:,}: {name} page"
            figures.seconds(said, seconds, goal=PAGE_GOAL, baseline=baseline)
    url = "/evidence/stale/?record=official-77&source=report"
    seconds = quickest(lambda: _read(client, url))
    figures.seconds("stale, narrowed by record and source", seconds, goal=PAGE_GOAL)


def _signed_in() -> Client:
    from django.contrib.auth.models import User
    from django.test import Client

    from roster.history.changesets import changeset

    with changeset(reason="Account of the bench.", kind="command"):
        user = User.objects.create_superuser("bench")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def _read(client: Client, url: str) -> Any:
    response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}.")
    return response


if __name__ == "__main__":
    sys.exit(main())

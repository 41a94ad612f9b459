"""The reader: one source of 300 paragraphs with 1,000 citations, beside the source's own page."""

from __future__ import annotations

import sys

import django
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.bench._figures import Figures, quickest
from tests.bench._states import _read, _signed_in

PARAGRAPHS, CITATIONS, RECORDS = 300, 1_000, 100
QUERIES_GOAL, SECONDS_GOAL = 15, 0.5
QUOTES = ("said so again", "in the same words", "guards stay on", "nobody would ask")
TEXT = (
    "An invented spokesperson said so again and again, {n} times in all, in the same words as "
    "before. The guards stay on, it was added, and nobody would ask for how long. "
)


def main() -> int:
    """Measure on the engine of DATABASE_URL; 1 if a goal was missed."""
    django.setup()
    call_command("migrate", verbosity=0)
    source = _fill()
    client = _signed_in()
    url = reverse("admin:roster_source_read", args=(source,))
    figures = Figures(
        f"{connection.vendor}: a source of {PARAGRAPHS} paragraphs with {CITATIONS:,} citations"
    )
    own_page = reverse("admin:roster_source_change", args=(source,))
    figures.seconds(
        "the reader",
        quickest(lambda: _read(client, url)),
        goal=SECONDS_GOAL,
        baseline=quickest(lambda: _read(client, own_page)),
    )
    with CaptureQueriesContext(connection) as captured:
        _read(client, url)
    figures.amount("queries of the reader", len(captured), "", goal=QUERIES_GOAL)
    return int(figures.missed)


def _fill() -> int:
    """Write the source and what rests on it; the source's key."""
    from roster.history.changesets import changeset
    from roster.models import Citation, Official, Paragraph, Source

    with changeset(reason="Fill the bench.", kind="command"):
        source = Source.objects.create(ref="report", title="An invented report")
        paragraphs = Paragraph.objects.bulk_create(
            Paragraph(source=source, number=n, text=(TEXT.format(n=n) * 3).strip())
            for n in range(1, PARAGRAPHS + 1)
        )
        officials = Official.objects.bulk_create(
            Official(ref=f"official-{n}", name=f"Official {n}", country="US")
            for n in range(RECORDS)
        )
        Citation.objects.bulk_create(
            Citation(
                official=officials[n % RECORDS],
                field="name" if n % 2 else "country",
                paragraph=paragraphs[n * 7 % PARAGRAPHS],
                quote=QUOTES[n // PARAGRAPHS % len(QUOTES)] if n % 50 else f"no such words {n}",
                value="another" if n % 20 == 3 else "US",
                stance="disputes" if n % 40 == 5 else "supports",
            )
            for n in range(CITATIONS)
        )
    return source.pk


if __name__ == "__main__":
    sys.exit(main())

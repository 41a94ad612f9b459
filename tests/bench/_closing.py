"""Changesets closed a second by 1, 8 and 32 writers at once, each with its own connection."""

from __future__ import annotations

import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import django
from django.core.management import call_command
from django.db import connection, connections

WRITERS = (1, 8, 32)
ACTS = 640


def main() -> int:
    """Measure on the engine of DATABASE_URL and print a table; 1 if the ledger is not sound."""
    django.setup()
    call_command("migrate", verbosity=0)
    from roster.history.ledger import verify

    print(f"\n{connection.vendor}: {ACTS} changesets of two changes each", flush=True)
    print(f"{'writers':>7}{'a second':>10}{'median':>10}{'99 of 100':>11}")
    for writers in WRITERS:
        seconds, waits = _measure(writers)
        ordered = sorted(waits)
        print(
            f"{writers:7}{len(waits) / seconds:10.0f}{statistics.median(waits) * 1e3:7.1f} ms"
            f"{ordered[len(ordered) * 99 // 100] * 1e3:8.1f} ms",
            flush=True,
        )
    problems = verify().problems
    print(f"chain: {'sound' if not problems else problems[0].message}", flush=True)
    return int(bool(problems))


def _measure(writers: int) -> tuple[float, list[float]]:
    """Seconds until all acts are closed, and those that each took. An error ends it all."""
    start = threading.Barrier(writers + 1)
    with ThreadPoolExecutor(writers) as pool:
        busy = [
            pool.submit(_write, f"{writers}-{n}", ACTS // writers, start) for n in range(writers)
        ]
        for share in busy:
            share.add_done_callback(lambda done: done.exception() and start.abort())
        start.wait()
        began = time.perf_counter()
        waits = [wait for share in busy for wait in share.result()]
        return time.perf_counter() - began, waits


def _write(writer: str, acts: int, start: threading.Barrier) -> list[float]:
    """The seconds that each act took."""
    from roster.history.changesets import changeset
    from roster.models import Official

    try:
        with changeset(reason="Connect."):
            row = Official.objects.create(ref=f"official-{writer}", name=f"Official {writer}")
        start.wait()
        waits = []
        for number in range(acts):
            began = time.perf_counter()
            with changeset(reason=f"Act {number} of writer {writer}."):
                row.summary = f"Summary {number}."
                row.save()
                Official.objects.create(
                    ref=f"official-{writer}-{number}", name=f"Official {writer} {number}"
                )
            waits.append(time.perf_counter() - began)
        return waits
    finally:
        connections.close_all()


if __name__ == "__main__":
    sys.exit(main())

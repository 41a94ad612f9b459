"""Capture on 100,000 extensions: seconds with triggers over seconds without, in turns."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import django
from django.core.management import call_command
from django.db import connection, transaction

ROWS = 100_000
ROWS_A_STATEMENT = 80
TURNS = 5
GOALS = {"postgresql": 2.5, "sqlite": 2.0}

COLUMNS = (
    'ref, protection_id, number, decided, notified, start, "end", granted_by, signed_by, reason, '
    "summary"
)
MARKS = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
TABLE = "roster_protectionextension"


def main() -> int:
    """Measure on the engine of DATABASE_URL and print a table; 1 if inserts miss the goal."""
    django.setup()
    call_command("migrate", verbosity=0)
    rows = _prepare()
    goal = GOALS[connection.vendor]
    print(f"\n{connection.vendor}: {ROWS:,} extensions, median of {TURNS} turns", flush=True)
    print(f"{'write':34}{'without':>10}{'captured':>10}{'ratio':>8}  goal")
    missed = False
    for name, write, wanted in WRITES[connection.vendor]:
        without, captured = _in_turns(lambda write=write: write(rows), inserts=name != UPDATE)
        ratio = captured / without
        missed |= wanted and ratio > goal
        print(
            f"{name:34}{without:9.2f}s{captured:9.2f}s{ratio:8.2f}  {goal if wanted else '-'}",
            flush=True,
        )
    print(f"{'closing one changeset of them':34}{'':10}{_closing():9.2f}s", flush=True)
    return int(missed)


UPDATE = "update of all"


def _copy(rows: list[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} ({COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert_select(_: list[tuple[object, ...]]) -> None:
    _run(f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM bench_rows")


def _multi_row(rows: list[tuple[object, ...]]) -> None:
    sql = f"INSERT INTO {TABLE} ({COLUMNS}) VALUES {', '.join([MARKS] * ROWS_A_STATEMENT)}"
    with connection.cursor() as cursor:
        for start in range(0, ROWS, ROWS_A_STATEMENT):
            batch = rows[start : start + ROWS_A_STATEMENT]
            cursor.execute(sql, [value for row in batch for value in row])


def _executemany(rows: list[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {TABLE} ({COLUMNS}) VALUES {MARKS}", rows)


def _update(_: list[tuple[object, ...]]) -> None:
    _run(f"UPDATE {TABLE} SET reason = reason || '.'")


WRITES: dict[str, list[tuple[str, Callable[[list[tuple[object, ...]]], None], bool]]] = {
    "postgresql": [
        ("COPY", _copy, True),
        ("INSERT ... SELECT", _insert_select, True),
        (UPDATE, _update, False),
    ],
    "sqlite": [
        (f"INSERT of {ROWS_A_STATEMENT} rows at a time", _multi_row, True),
        ("INSERT one by one (executemany)", _executemany, False),
        (UPDATE, _update, False),
    ],
}


def _prepare() -> list[tuple[object, ...]]:
    """A protection for every five extensions; the rows to write, also as a table on PostgreSQL."""
    from roster.history import capture
    from roster.models import Official, Protection

    capture.remove(connection)
    number = ROWS // 5
    Official.objects.bulk_create(
        (Official(pk=n, ref=f"official-{n}", name=f"Official {n}") for n in range(1, number + 1)),
        batch_size=2_000,
    )
    Protection.objects.bulk_create(
        (
            Protection(
                pk=n, ref=f"official-{n}/protection", official_id=n, level="part_time", end=".."
            )
            for n in range(1, number + 1)
        ),
        batch_size=2_000,
    )
    rows = [
        (
            f"official-{n // 5 + 1}/protection/{n % 5 + 1}",
            n // 5 + 1,
            n % 5 + 1,
            "2024-07-18",
            "2024-07-19",
            "2024-07-18",
            "2025-01-18",
            "Department of State",
            "Secretary of State",
            "credible threats",
            "A short summary in our own words of about eighty characters, give or take a few.",
        )
        for n in range(ROWS)
    ]
    if connection.vendor == "postgresql":
        _run(f"CREATE UNLOGGED TABLE bench_rows AS SELECT {COLUMNS} FROM {TABLE} LIMIT 0")
        with connection.cursor() as cursor, cursor.copy("COPY bench_rows FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        _run("ANALYZE")
    return rows


def _in_turns(write: Callable[[], None], *, inserts: bool) -> tuple[float, float]:
    """Median seconds of the write without triggers and with them."""
    from roster.history import capture

    seconds: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(TURNS):
        for captured in (False, True):
            capture.remove(connection)
            _empty("roster_change")
            if inserts:
                _empty(TABLE)
            _settle()
            if captured:
                capture.install(connection)
            seconds[captured].append(_seconds(write))
    return statistics.median(seconds[False]), statistics.median(seconds[True])


def _seconds(write: Callable[[], None]) -> float:
    from roster.history.engines import engine_of

    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        engine_of(connection).attribute(cursor, 1_000_000)
        write()
        engine_of(connection).attribute(cursor, None)
    return time.perf_counter() - began


def _closing() -> float:
    """Seconds to close a changeset that updated every extension."""
    from roster.history import capture
    from roster.history.changesets import changeset

    capture.remove(connection)
    _empty("roster_change")
    capture.install(connection)
    with changeset(reason="Measure."):
        _update([])
        began = time.perf_counter()
    return time.perf_counter() - began


def _empty(table: str) -> None:
    postgresql = connection.vendor == "postgresql"
    _run(f"TRUNCATE {table} CASCADE" if postgresql else f"DELETE FROM {table}")


def _settle() -> None:
    """Leave nothing for the server to tidy up in the middle of a measurement."""
    if connection.vendor == "postgresql":
        _run(f"VACUUM ANALYZE {TABLE}")
        _run("CHECKPOINT")
    else:
        _run("PRAGMA wal_checkpoint(TRUNCATE)")


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


if __name__ == "__main__":
    sys.exit(main())

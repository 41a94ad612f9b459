"""A roster for the bench of the exchange: protections to prolong, and a table without triggers."""

from __future__ import annotations

import json
import re
import resource
import sys
from typing import TYPE_CHECKING, Any

import django
from django.core.management import call_command
from django.db import connection, transaction

from tests.bench._capture import TABLE, _empty, _run, _settle
from tests.bench._rows import COLUMNS, cells, protection_refs

if TYPE_CHECKING:
    from pathlib import Path

BARE = "bare_extension"
_QUOTED = ", ".join(f'"{name}"' for name in COLUMNS).replace('"protection"', '"protection_id"')


def prepare(rows: int) -> None:
    """Migrate, and write the officials and protections that so many extensions prolong."""
    django.setup()
    call_command("migrate", verbosity=0)
    from roster.history.changesets import changeset
    from roster.models import Official, Protection

    refs = list(protection_refs(rows))
    with changeset(reason="Fill the bench.", kind="command"):
        officials = Official.objects.bulk_create(
            (
                Official(ref=ref.partition("/")[0], name=f"Official {n}")
                for n, ref in enumerate(refs)
            ),
            batch_size=2_000,
        )
        Protection.objects.bulk_create(
            (
                Protection(ref=ref, official=official, level="part_time", end="..")
                for ref, official in zip(refs, officials, strict=True)
            ),
            batch_size=2_000,
        )
    _run("ANALYZE")


def without_extensions() -> None:
    """Take all extensions away, and what the ledger has of them; nothing else is looked at."""
    from roster.history import capture

    capture.remove(connection)
    for table in (TABLE, "roster_change"):
        _empty(table)
    _settle()
    capture.install(connection)


def imported(content: bytes | Path, **counts: int) -> None:
    """Import extensions; RuntimeError when any of these counts is another."""
    from roster.exchange.runs import import_csv

    report = import_csv("extensions", content, reason="Measure.")
    found = {name: getattr(report, name) for name in counts}
    if found != counts or not report.ok:
        raise RuntimeError(f"{found} in place of {counts}; {report.errors[:3]}")


def bare_values(rows: int) -> list[tuple[Any, ...]]:
    """The same rows as a driver takes them, the protections by their ids."""
    from roster.models import Protection

    ids = dict(Protection.objects.values_list("ref", "pk"))
    return [
        (ref, ids[protection], int(number), *rest) for ref, protection, number, *rest in cells(rows)
    ]


def bare_table() -> None:
    """Make a table that equals that of extensions but for the triggers; it is empty."""
    _run(f"DROP TABLE IF EXISTS {BARE}")
    if connection.vendor == "postgresql":
        _run(f"CREATE TABLE {BARE} (LIKE {TABLE} INCLUDING ALL)")
        _run(
            f"ALTER TABLE {BARE} ADD FOREIGN KEY (protection_id) REFERENCES roster_protection "
            "DEFERRABLE INITIALLY DEFERRED"
        )
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL "
                "AND type IN ('table', 'index') ORDER BY type DESC",
                [TABLE],
            )
            for (sql,) in cursor.fetchall():
                named_anew = re.sub(r'(INDEX ")', r"\1bare_", sql).replace(f'"{TABLE}"', BARE)
                cursor.execute(named_anew)
    _settle()


def load_bare(values: list[tuple[Any, ...]]) -> None:
    """What the driver needs for it: COPY on PostgreSQL, executemany on SQLite."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {BARE} ({_QUOTED}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(COLUMNS))
            sql = f"INSERT INTO {BARE} ({_QUOTED}) VALUES ({marks})"
            connection.connection.executemany(sql, values)


def peak_bytes() -> int:
    """The most memory that this process has had so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def tell(found: dict[str, Any]) -> int:
    """Print what was measured, for the process that asked; the exit status."""
    print(json.dumps(found))
    return 0

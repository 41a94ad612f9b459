"""A large roster to measure on: 20,000 records of all kinds with 100,000 citations of them.

Of the citations one in 20 is stale, one in 50 unanchored, one in 40 disputed, one in 10 without a
text; every fifth record has fields that nothing is cited for.
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models

KINDS = {
    "official": 5_000,
    "role": 4_000,
    "threat_source": 500,
    "threat": 3_500,
    "protection": 5_000,
    "extension": 2_000,
}
"""How many records there are of each kind."""
CITATIONS = 100_000
SOURCES, PARAGRAPHS_A_SOURCE = 100, 30
BATCH = 2_000
WORDS = (
    "In an invented report of this bench, paragraph {n}, a spokesperson said that the guards of "
    "the person named here stay on duty, and that who pays for them is known to the office."
)
QUOTES = (
    "spokesperson said",
    "guards of the person",
    "stay on duty",
    "who pays for them",
    "known to the office",
)


def fill() -> None:
    """Write the roster into an empty database, captured by the ledger like any other."""
    from roster.history.changesets import changeset
    from roster.models import RECORDS

    with changeset(reason="Fill the bench.", kind="command"):
        for model in RECORDS:
            _create(_records(model.record_kind))
        _create(_sources())
        _create(_paragraphs())
        _create(_citations())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _create(rows: Iterator[Any]) -> None:
    while batch := list(islice(rows, BATCH)):
        type(batch[0])._default_manager.bulk_create(batch)


def _records(kind: str) -> Iterator[models.Model]:
    from roster.models.citations import CITABLE

    model: Any = CITABLE[kind]
    for n in range(1, KINDS[kind] + 1):
        yield model(pk=n, ref=f"{kind.replace('_', '-')}-{n}", **_values(kind, n))


def _values(kind: str, n: int) -> dict[str, Any]:
    """Values of the record's own columns; five of them factual, a sixth in every fifth record."""
    official = (n - 1) % KINDS["official"] + 1
    period = {"start": "../2024-07-18", "end": ".."}
    fifth = n % 5 == 0
    match kind:
        case "official":
            return {
                "name": f"Official {n}",
                "honorific": "Dr",
                "aliases": (f"O {n}", f"N {n}"),
                "country": "US",
                "born": "1950~",
                "died": "2020" if fifth else "",
            }
        case "role":
            return {
                "official_id": official,
                "title": f"Role {n}",
                "organization": "Office",
                **period,
            }
        case "threat_source":
            return {"name": f"Group {n}", "kind": "group", "country": "US"}
        case "threat":
            source = (n - 1) % KINDS["threat_source"] + 1
            motive = "Revenge" if fifth else ""
            about = {"threat_source_id": source, "official_id": official, "motive": motive}
            return {**about, "kind": "plot", "status": "reported", "start": "2020"}
        case "protection":
            reason = "Threats" if fifth else ""
            said = {"level": "part_time", "provider": "Guards", "authority": "Law"}
            return {"official_id": official, **said, **period, "reason": reason}
        case "extension":
            granted = {"granted_by": "Office", "reason": "Threats" if fifth else ""}
            return {"protection_id": n, "number": 1, "decided": "2024", **period, **granted}
    raise LookupError(kind)


CITED = {
    "official": ("name", "honorific", "aliases", "country", "born"),
    "role": ("title", "organization", "start", "end"),
    "threat_source": ("name", "kind", "country"),
    "threat": ("threat_source", "official", "kind", "status", "start"),
    "protection": ("level", "provider", "authority", "start", "end"),
    "extension": ("number", "decided", "start", "end", "granted_by"),
}
"""The fields of each kind that are cited; what else is said has no citation."""


def _sources() -> Iterator[models.Model]:
    from roster.models import Source

    return (Source(pk=n, ref=f"source-{n}", title=f"Report {n}") for n in range(1, SOURCES + 1))


def _paragraphs() -> Iterator[models.Model]:
    """The paragraphs; one source in ten came without its text."""
    from roster.models import Paragraph

    for n in range(1, SOURCES * PARAGRAPHS_A_SOURCE + 1):
        source, number = divmod(n - 1, PARAGRAPHS_A_SOURCE)
        text = WORDS.format(n=n) if source % 10 else ""
        yield Paragraph(pk=n, source_id=source + 1, number=number + 1, text=text)


def _citations() -> Iterator[models.Model]:
    """One citation a field in each round, until there are enough."""
    from roster.models import Citation
    from roster.models.citations import CITABLE

    fields = [
        (kind, n, field, CITABLE[kind](pk=n, **_values(kind, n)))
        for kind in CITABLE
        for n in range(1, KINDS[kind] + 1)
        for field in CITED[kind]
    ]
    paragraphs = SOURCES * PARAGRAPHS_A_SOURCE
    for n, (kind, key, field, record) in enumerate(islice(cycle(fields), CITATIONS)):
        words = "no such words" if n % 50 == 7 else QUOTES[n % len(QUOTES)]
        yield Citation(
            **{f"{kind}_id": key},
            field=field,
            paragraph_id=n % paragraphs + 1,
            quote=words,
            value="another value" if n % 20 == 3 else _cell(record, field),
            stance="disputes" if n >= 95_000 and n % 2 else "supports",
        )


def _cell(record: Any, field: str) -> str:
    """The record's cell; a row that it names is known by its ref."""
    if record._meta.get_field(field).is_relation:
        return f"{field.replace('_', '-')}-{getattr(record, f'{field}_id')}"
    return str(record.cell(field))

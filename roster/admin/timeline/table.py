"""The table beside a picture: the same entries, in words, with links to record and citation.

Its rows are written by hand, as the picture is, for there may be hundreds; every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from html import escape

from django.utils.safestring import SafeString

from roster.admin.lists import certainty_mark
from roster.admin.timeline.addresses import Addresses
from roster.dashboards.timeline import Entry, Kind
from roster.dashboards.timeline.sentences import KINDS, NO_EVIDENCE, described, place, supports

HEADINGS = ("What", "From", "To", "In force today", "Extensions")
EVIDENCE_HEADING = "Evidence"


def headings(*, tells_evidence: bool) -> tuple[str, ...]:
    return (*HEADINGS, EVIDENCE_HEADING) if tells_evidence else HEADINGS


def table_rows(
    entries: Iterable[Entry], addresses: Addresses, today: date, *, tells_evidence: bool
) -> list[SafeString]:
    """The cells of each entry, in the order of the headings; a narrow window has those in them."""
    rows = []
    for entry in entries:
        cells = _cells(entry, addresses, today)
        _, *names = headings(tells_evidence=tells_evidence)
        told = "".join(
            f'<td data-label="{heading}">{cell}</td>' if cell else "<td></td>"
            for heading, cell in zip(names, cells, strict=False)
        )
        rows.append(SafeString(f"{_what(entry, addresses)}{told}"))  # all of it is escaped
    return rows


def _what(entry: Entry, addresses: Addresses) -> str:
    """The link to the record; the name of an extension says that it is one."""
    link = f'<a href="{escape(addresses.of_entry(entry))}">{escape(entry.name)}</a>'
    if entry.kind is Kind.EXTENSION:
        return f'<th scope="row" class="of-it">{link}</th>'
    return f'<th scope="row"><span class="quiet">{KINDS[entry.kind]}</span> {link}</th>'


def _cells(entry: Entry, addresses: Addresses, today: date) -> Iterator[str]:
    period = entry.period
    yield escape(described(period.start))
    if entry.kind is Kind.EVIDENCE:
        yield from ("", "", "", supports(entry.cited) if entry.cited else "")
        return
    yield escape(described(period.end))
    yield certainty_mark(period.in_force(today))
    yield str(entry.extensions or "")
    yield _cited(entry, addresses)


def _cited(entry: Entry, addresses: Addresses) -> str:
    cited = entry.cited
    if cited is None:
        return NO_EVIDENCE.capitalize()
    link = f'<a href="{escape(addresses.of_cited(cited))}">{escape(place(cited))}</a>'
    if cited.count == 1:
        return link
    more = f"{escape(addresses.of_entry(entry))}#evidence"
    return f'{link} <a href="{more}">and {cited.count - 1} more</a>'

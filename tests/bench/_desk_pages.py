"""The pages that are measured, by what they show: lists with each filter and search, and others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from tests.bench._desk_rows import BROAD, RARE
from tests.bench._states import _read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

MOST_CHOICES = 6
"""Choices of a filter that are measured, the first ones."""
WORDS = {"a rare word": RARE, "a broad word": BROAD}
NUMBERS = {"change": {"a rare number": "500"}}
"""What is looked for in lists that know no words."""


@dataclass(frozen=True)
class Page:
    """One address; `choice` tells apart those of which the table shows the slowest."""

    what: str
    address: str
    choice: str = ""


def of_lists(client: Client) -> Iterator[Page]:
    """First and last page of each list of the admin, plain, by each filter and by search."""
    from roster.admin.display import page_url
    from roster.admin.site import site

    for model, model_admin in site._registry.items():
        url, name = page_url(model, "changelist"), str(model._meta.verbose_name_plural)
        words = NUMBERS.get(str(model._meta.model_name), WORDS)
        wanted = [("all", "", {}), *_by_filters(_listing(client, url))]
        if model_admin.search_fields:
            wanted += [(f"search for {what}", "", {"q": word}) for what, word in words.items()]
        for what, choice, asked in wanted:
            first = f"{url}?{urlencode(asked)}"
            last = last_page(_listing(client, first).paginator)
            yield Page(f"{name}, {what}: first page", first, choice)
            yield Page(
                f"{name}, {what}: last page", f"{url}?{urlencode({**asked, 'p': last})}", choice
            )


def of_queues(client: Client) -> Iterator[Page]:
    """First and last page of each queue of the evidence, plain and narrowed."""
    from roster.dashboards.queue import QUEUES

    yield Page("evidence, overview", "/evidence/")
    for what, asked in {"all": "", "narrowed": f"&record={BROAD}&source=report"}.items():
        for state in QUEUES:
            first = f"/evidence/{state}/?p=1{asked}"
            last = last_page(_read(client, first).context_data["page"].paginator)
            yield Page(f"evidence, {state}, {what}: first page", first)
            yield Page(
                f"evidence, {state}, {what}: last page", f"/evidence/{state}/?p={last}{asked}"
            )


def of_other_pages(client: Client) -> Iterator[Page]:
    """The page of who is protected, its first and its last; finding in all lists at once."""
    last = last_page(_read(client, "/protected/").context_data["page"].paginator)
    yield Page("protected: first page", "/protected/")
    yield Page("protected: last page", f"/protected/?p={last}")
    for what, word in WORDS.items():
        yield Page(f"find {what}", f"/find/?q={word}")


def last_page(paginator: Any) -> int:
    """How the address of a list's last page names it."""
    return int(getattr(paginator, "last_page", paginator.num_pages))


def _by_filters(listing: Any) -> Iterator[tuple[str, str, dict[str, str]]]:
    for spec in listing.filter_specs:
        choices = [one for one in spec.choices(listing) if not one["selected"]]
        for choice in choices[:MOST_CHOICES]:
            asked = dict(parse_qsl(choice["query_string"][1:]))
            yield f"by {spec.title}", str(choice["display"]), asked


def _listing(client: Client, url: str) -> Any:
    return _read(client, url).context_data["cl"]

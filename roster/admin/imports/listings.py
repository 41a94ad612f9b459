"""The lists of a preview: what is counted, which list is looked at, and which page of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import Page, Paginator
from django.http import QueryDict

from roster.exchange.plans import NOTHING, Preview, RowState, Wanted

SHOW = "show"
"""The parameter that names the list."""


class Listing(StrEnum):
    """What a preview lists, by the value of the parameter."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    WRONG = "wrong"
    ERRORS = "errors"
    DUPLICATES = "duplicates"

    @property
    def heading(self) -> str:
        return _HEADINGS[self]

    @property
    def caption(self) -> str:
        """What a table of its rows is called."""
        return _CAPTIONS[self]

    @property
    def a_page(self) -> int:
        """How many of it one page shows."""
        return CONFLICTS_A_PAGE if self is Listing.CONFLICT else SHOWN_A_PAGE


SHOWN_A_PAGE = 50
CONFLICTS_A_PAGE = 20
_HEADINGS = {
    Listing.NEW: "New",
    Listing.CHANGED: "Changed",
    Listing.UNCHANGED: "Unchanged",
    Listing.CONFLICT: "Conflicts",
    Listing.WRONG: "Wrong rows",
    Listing.ERRORS: "Errors",
    Listing.DUPLICATES: "Possible duplicates",
}
_CAPTIONS = {
    **_HEADINGS,
    Listing.NEW: "What would be new",
    Listing.CHANGED: "What would change",
    Listing.UNCHANGED: "What stays as it is",
}
_STATES: dict[Listing, tuple[RowState, ...]] = {
    Listing.NEW: (RowState.NEW,),
    Listing.CHANGED: (RowState.CHANGED,),
    Listing.UNCHANGED: (RowState.UNCHANGED, RowState.KEPT),
    Listing.CONFLICT: (RowState.CONFLICT,),
    Listing.WRONG: (RowState.WRONG,),
}
"""The states of the rows of each list of rows."""
_MOST_URGENT_FIRST = (Listing.ERRORS, Listing.CONFLICT, Listing.CHANGED, Listing.NEW)


@dataclass(frozen=True)
class Counted:
    """A list with its count and its address, for the links above the list."""

    listing: Listing
    count: int
    url: str
    is_shown: bool


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a list, or else the most urgent one, and a page of it."""

    listing: Listing | None
    number: int

    @property
    def is_plain(self) -> bool:
        """Whether it asks for nothing but the preview."""
        return self.listing is None and self.number == 1

    def shown(self, preview: Preview) -> Listing:
        """The list to be shown."""
        if self.listing:
            return self.listing
        counts = counts_of(preview)
        return next((one for one in _MOST_URGENT_FIRST if counts[one]), Listing.UNCHANGED)

    def wanted(self, preview: Preview) -> Wanted:
        """The rows of the file that the page shows."""
        listing = self.shown(preview)
        if listing not in _STATES:
            return NOTHING
        page = self.page(listing, range(counts_of(preview)[listing]))
        return Wanted(
            _STATES[listing],
            decided=listing is Listing.CONFLICT,
            start=max(page.start_index() - 1, 0),
            count=listing.a_page,
        )

    def page(self, listing: Listing, listed: Sequence[Any]) -> Page[Any]:
        """The page of the list, or its last one where it has not so many."""
        return Paginator(listed, listing.a_page).get_page(self.number)


def asked_of(sent: QueryDict) -> Asked:
    """What an address or a form asks for; an unknown list is no list."""
    show, number = sent.get(SHOW, ""), sent.get(PAGE_VAR, "")
    is_number = number.isascii() and number.isdigit() and len(number) < 9
    return Asked(
        Listing(show) if show in set(Listing) else None, max(int(number), 1) if is_number else 1
    )


def counts_of(preview: Preview) -> dict[Listing, int]:
    """How many there are in each list; of errors, those that are not listed included.

    A conflict that is decided is counted twice: as such, and as what it is by that.
    """
    of_states = {
        listing: sum(preview.counts.get(state, 0) for state in states)
        for listing, states in _STATES.items()
    }
    return {
        **of_states,
        Listing.CONFLICT: of_states[Listing.CONFLICT] + preview.decided,
        Listing.ERRORS: preview.error_count,
        Listing.DUPLICATES: len(preview.duplicates.rows),
    }

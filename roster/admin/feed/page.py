"""The feed: all changesets, newest first, each told in sentences record by record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse

from roster.admin.display import EMPTY, column_heading, page_url
from roster.admin.feed.form import FeedForm
from roster.admin.review.states import ShownReview, shown_reviews
from roster.history.diffs import model_of_table
from roster.history.feed.acts import CitationChange, Entry, FieldChange, RecordChanges, entries_of
from roster.history.feed.search import page_before
from roster.history.tracked import tracked_tables
from roster.models import Changeset, Review
from roster.models.changes import Act

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

MOST_CHARACTERS = 300
"""Characters of one value; the page of the changeset has all of it."""

_BECAME = {Act.INSERT: "New", Act.DELETE: "Deleted", Act.UPDATE: "", None: ""}


@dataclass(frozen=True)
class Sentence:
    """What became of a field; `old` or `new` is None where there is none to tell."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class CitedSentence:
    """What became of a citation: “cites ¶7 of a-source for level”, its words apart."""

    words: str
    quote: str
    differences: tuple[Sentence, ...]


@dataclass(frozen=True)
class ShownRecord:
    """A record of an entry; `became` says whether it is new or deleted."""

    name: str
    label: str
    url: str
    became: str
    sentences: tuple[Sentence, ...]
    citations: tuple[CitedSentence, ...]


@dataclass(frozen=True)
class ShownEntry:
    """A changeset of the feed."""

    changeset: Changeset
    review: ShownReview
    records: tuple[ShownRecord, ...]
    is_whole: bool
    hides: bool


def feed_page(request: HttpRequest, site: RosterSite) -> TemplateResponse:
    """The changesets that the address asks for, from the position it names."""
    if not site.get_model_admin(Changeset).has_view_permission(request):
        raise PermissionDenied
    seen = tables_told_of(request, site)
    form = FeedForm(request, site, seen)
    context: dict[str, Any] = {**site.each_context(request), "title": "Feed", "form": form}
    if form.is_valid():
        before = _position(request.GET.get("before", ""))
        page = page_before(before, form.narrowing)
        context |= {
            "entries": shown_entries(
                page.changesets, seen=seen, site=site, official=form.narrowing.official
            ),
            "is_narrowed": bool(form.query),
            "query": f"?{urlencode(form.query)}" if form.query else "?",
            "is_first": before is None,
            "earlier": f"?{urlencode({**form.query, 'before': page.before})}"
            if page.before
            else "",
            "looked_to": page.looked_to,
        }
    request.current_app = site.name
    return TemplateResponse(request, "roster/feed/page.html", context)


def tables_told_of(request: HttpRequest, site: RosterSite) -> frozenset[str]:
    """The tables whose changes this user may read, those included that have no pages.

    Verdicts are read with the changesets, memberships and permissions with the accounts.
    """
    without_pages: tuple[tuple[type[models.Model], tuple[type[models.Model], ...]], ...] = (
        (Review, (Changeset,)),
        (Permission, (Group,)),
        (User.groups.through, (User, Group)),
        (User.user_permissions.through, (User,)),
        (Group.permissions.through, (Group,)),
    )
    seen = site.tables_viewed_by(request)
    also = {
        model._meta.db_table
        for model, read_with in without_pages
        if all(other._meta.db_table in seen for other in read_with)
    }
    return (seen | also) & {tracked.table for tracked in tracked_tables()}


def shown_entries(
    changesets: Iterable[Changeset],
    *,
    seen: frozenset[str],
    site: RosterSite,
    official: int | None = None,
) -> list[ShownEntry]:
    """Each changeset in sentences, in the order given; a few queries for all."""
    rows = list(changesets)
    if not rows:
        return []
    reviews = shown_reviews(rows)
    linked = site.tables_with_pages & seen
    return [
        _entry(entry, reviews[entry.changeset.pk], linked)
        for entry in entries_of(rows, seen=seen, official=official)
    ]


def _entry(entry: Entry, review: ShownReview, linked: frozenset[str]) -> ShownEntry:
    records = tuple(_record(one, linked) for one in entry.records)
    return ShownEntry(entry.changeset, review, records, entry.is_whole, entry.hides)


def _record(record: RecordChanges, linked: frozenset[str]) -> ShownRecord:
    model = model_of_table(record.table)
    has_page = model is not None and record.table in linked and record.act != Act.DELETE
    name = record.name[:1].upper() + record.name[1:]
    return ShownRecord(
        name=_short(name),
        label=record.label,
        url=page_url(model, "change", record.key) if model and has_page else "",
        became=_BECAME[record.act],
        sentences=_sentences(record.differences, record.act),
        citations=tuple(map(_citation, record.citations)),
    )


def _sentences(differences: Iterable[FieldChange], act: Act | None) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(
            column_heading(one.column).lower(),
            None if act == Act.INSERT else _short(one.old) or EMPTY,
            None if act == Act.DELETE else _short(one.new) or EMPTY,
        )
        for one in differences
        if (act != Act.DELETE or one.old) and (act != Act.INSERT or one.new)
    )


def _citation(citation: CitationChange) -> CitedSentence:
    place = f"¶{citation.paragraph} of {citation.source} for {citation.field}"
    match citation.act, citation.disputes:
        case Act.INSERT, False:
            words = f"cites {place}"
        case Act.INSERT, True:
            words = f"is disputed by {place}"
        case Act.DELETE, False:
            words = f"no longer cites {place}"
        case Act.DELETE, True:
            words = f"is no longer disputed by {place}"
        case _:
            words = f"alters the citation of {place}"
    differences = _sentences(citation.differences, Act.UPDATE)
    return CitedSentence(words, _short(citation.quote), differences)


def _short(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"


def _position(text: str) -> int | None:
    """The position that an address names; None where it names none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None

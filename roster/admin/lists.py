"""Lists of rows: their query, and the columns that several of them share."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import InvalidPage
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from roster.admin.display import EMPTY, Cell, in_words, row_text, row_url
from roster.admin.empty_lists import EmptyList, nothing_found, nothing_yet
from roster.admin.paging import ListPaginator
from roster.models import Citation, Paragraph
from roster.periods import Certainty
from roster.provenance.standing import gravest_states
from roster.provenance.states import EvidenceState

if TYPE_CHECKING:
    from roster.admin.base import RosterAdmin


class Listing(ChangeList):
    """Django's list, of which only one page is ever read with all that its columns show."""

    model_admin: RosterAdmin
    paginator: ListPaginator

    def get_results(self, request: HttpRequest) -> None:
        self.paginator = self._paginator(request)
        self.result_count = self.paginator.count
        self.can_show_all = self.result_count <= self.list_max_show_all
        self.multi_page = self.result_count > self.list_per_page
        shows_all = self.show_all and self.can_show_all
        if shows_all:
            self.paginator.per_page = self.list_max_show_all
        self.show_full_result_count = False
        self.full_result_count = None
        try:
            number = self.page_num if self.multi_page and not shows_all else 1
            self.page = self.paginator.page(number)
        except InvalidPage:
            raise IncorrectLookupParameters from None
        self.page_num = self.page.number
        rows = self.page.object_list
        self.model_admin.complete_page(rows)
        self.search_note = self.model_admin.explain_search(request, rows, self.query)
        self.result_list = rows
        self.show_admin_actions = bool(rows)
        self.empty = None if rows else self._empty(request)

    def _empty(self, request: HttpRequest) -> EmptyList:
        if self.query or self.has_active_filters:
            return nothing_found(f"?{IS_POPUP_VAR}=1" if self.is_popup else "?")
        return nothing_yet(self.model_admin, request)

    def _paginator(self, request: HttpRequest) -> ListPaginator:
        of_admin = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        paginator = cast("ListPaginator", of_admin)
        rows = self.model_admin.with_columns(self.root_queryset.order_by(), timezone.localdate())
        if not rows.query.select_related:
            rows = self.apply_select_related(rows)
        paginator.rows = rows
        return paginator


class EvidenceColumn:
    """Mixin: the gravest state of what a record's fields rest on."""

    columns_about: ClassVar[dict[str, type[models.Model]]] = {"evidence": Citation}

    def complete_page(self, rows: list[Any]) -> None:
        states = gravest_states(rows)
        for row in rows:
            row.evidence = states.get(row.pk)

    @admin.display(description="Evidence")
    def evidence(self, row: Any) -> str | SafeString:
        return state_mark(row.evidence) if row.evidence else EMPTY


class PeriodColumns:
    """Mixin: when a row begins and ends, in words, and whether today lies between."""

    @admin.display(description="Start", ordering="start_earliest")
    def start_in_words(self, row: Any) -> str:
        return in_words(row.start)

    @admin.display(description="End", ordering="end_latest")
    def end_in_words(self, row: Any) -> str:
        return in_words(row.end)

    @admin.display(description="In force today")
    def in_force_today(self, row: Any) -> SafeString:
        return certainty_mark(row.in_force)


def certainty_mark(certainty: str) -> SafeString:
    """How sure it is, as a word that the style sheet can tell apart."""
    return format_html(
        '<span class="certainty certainty-{}">{}</span>',
        certainty,
        Certainty(certainty).capitalize(),
    )


def state_mark(state: EvidenceState) -> SafeString:
    """A state of evidence, as a word that the style sheet can tell apart."""
    return format_html(
        '<span class="evidence-state evidence-{}">{}</span>', state, state.capitalize()
    )


def moment(when: datetime) -> str:
    """A time to the minute in the viewer's zone."""
    return f"{timezone.localtime(when):%Y-%m-%d %H:%M %Z}"


def linked(cell: Cell) -> str | SafeString:
    """A cell of a list as a link to the page of the row that it names."""
    return format_html('<a href="{}">{}</a>', cell.url, cell.text) if cell.url else cell.text


def row_link(row: models.Model | None) -> str | SafeString | None:
    """A link to a row's page; nothing where there is none."""
    if row is None:
        return None
    text = row_text(row) if isinstance(row, Paragraph) else str(row)
    return linked(Cell(text, row_url(row)))

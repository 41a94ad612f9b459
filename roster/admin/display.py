"""How rows, values and changes read on screen: text and addresses, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import reverse

from roster.dates import PartialDate
from roster.fields import PartialDateField
from roster.models import Citation, Paragraph, Source
from roster.models.records import Referable, Row
from roster.provenance.states import EvidenceState, states_of, with_states

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roster.admin.site import RosterSite

EMPTY = "—"
MOST_ROWS = 100
"""Rows that a record's page lists of one kind; a link leads to all of them."""


@dataclass(frozen=True)
class Cell:
    """A text and, where it names a row that has a page, the address of that page.

    Of a cell that tells how a citation stands, `states` is that instead.
    """

    text: str
    url: str = ""
    states: tuple[EvidenceState, ...] = ()


@dataclass(frozen=True)
class LinkedTable:
    """Rows that belong to a record, on its page. `all_url` is set when there are more of them."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    all_url: str
    add_url: str


@dataclass(frozen=True)
class Related:
    """Which rows a record's page lists, by the name of the relation, and which columns of them.

    The first column links to the row's own page, a column that is a row itself to that row's.
    Citations are listed with their states.
    """

    relation: str
    columns: tuple[str, ...]
    title: str
    ordering: tuple[str, ...] = ("ref",)
    fetched_with: tuple[str, ...] = ()

    def table(self, record: models.Model, request: HttpRequest, site: RosterSite) -> LinkedTable:
        """The rows that belong to `record`, the first `MOST_ROWS` of them."""
        manager = getattr(record, self.relation)
        filters = f"?{manager.field.name}__id__exact={record.pk}"
        found = manager.order_by(*self.ordering).select_related(*self.fetched_with)
        if manager.model is Citation:
            found = with_states(found)
        rows = list(found[: MOST_ROWS + 1])
        may_add = site.get_model_admin(manager.model).has_add_permission(request)
        return self.listing(
            rows[:MOST_ROWS],
            all_url=page_url(manager.model, "changelist") + filters if rows[MOST_ROWS:] else "",
            add_url=f"{page_url(manager.model, 'add')}?{manager.field.name}={record.pk}"
            if may_add
            else "",
        )

    def listing(self, rows: Iterable[Any], *, all_url: str = "", add_url: str = "") -> LinkedTable:
        """These rows as a table."""
        shown = tuple(self._cells(row) for row in rows)
        headings = tuple(map(column_heading, self.columns))
        return LinkedTable(
            title=self.title,
            headings=(*headings, "State") if any(cells[-1].states for cells in shown) else headings,
            rows=shown,
            all_url=all_url,
            add_url=add_url,
        )

    def may_be_seen(self, record: models.Model, request: HttpRequest, site: RosterSite) -> bool:
        """Whether this user may view rows of this kind."""
        model_admin = site.get_model_admin(getattr(record, self.relation).model)
        return bool(model_admin.has_view_permission(request))

    def _cells(self, row: Row) -> tuple[Cell, ...]:
        first, *others = self.columns
        return (
            Cell(value_text(row, first), row_url(row)),
            *(self._cell(row, column) for column in others),
            *((Cell("", states=states_of(row)),) if isinstance(row, Citation) else ()),
        )

    def _cell(self, row: Row, column: str) -> Cell:
        value = getattr(row, column)
        if isinstance(value, models.Model):
            return Cell(row_text(value), row_url(value))
        return Cell(value_text(row, column))


def value_text(row: Row, column: str) -> str:
    """A value as the screen says it: a choice by its name, a date in words, others as in CSV."""
    value = getattr(row, column)
    if isinstance(value, models.Model):
        return row_text(value)
    if isinstance(row._meta.get_field(column), PartialDateField):
        return in_words(value)
    shown = getattr(row, f"get_{column}_display", None)
    return (str(shown()) if shown else row.cell(column)) or EMPTY


def cell_text(model: type[Row], column: str, cell: str) -> str:
    """A value that a column had once, told by its CSV cell, as the screen says it."""
    field = model._meta.get_field(column)
    if isinstance(field, PartialDateField):
        try:
            return in_words(cell)
        except ValueError:  # never a value of that column: a citation is kept as it was made
            return cell
    choices = dict(getattr(field, "flatchoices", ()))
    return str(choices.get(cell, cell)) or EMPTY


def in_words(date: str) -> str:
    """The notation of a partial date in English."""
    return PartialDate(date).describe()


def column_heading(column: str) -> str:
    """A CSV column as people read it."""
    return column.replace("_", " ").capitalize()


def row_text(row: models.Model) -> str:
    """A row as one line that tells it from all others of its kind."""
    if isinstance(row, Paragraph):
        return f"{row.source.ref} {row}"
    if isinstance(row, Referable):
        return row.ref if str(row) == row.ref else f"{row} ({row.ref})"
    return str(row)


def row_url(row: models.Model) -> str:
    """The address of a row's page."""
    return page_url(type(row), "change", row.pk)


def page_url(model: type[models.Model], page: str, *arguments: Any) -> str:
    """The address of a page of a model: `changelist`, `add`, `change`, `delete` or `history`."""
    opts = model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=arguments)


PARAGRAPHS_A_PAGE = 300
"""Paragraphs of a source that the reader shows at a time."""


def reader_url(row: Source | Paragraph) -> str:
    """The address at which a source is read, from the start or at the paragraph.

    Of paragraphs whose number is that of no later page, the page need not be asked for.
    """
    if isinstance(row, Source):
        return page_url(Source, "read", row.pk)
    page = f"?at={row.number}" if row.number > PARAGRAPHS_A_PAGE else ""
    return f"{page_url(Source, 'read', row.source_id)}{page}#p{row.number}"


def fetch_texts(
    wanted: dict[type[models.Model], set[int]],
) -> dict[tuple[type[models.Model], int], str]:
    """The refs or names of rows by their keys, in one query a model; of those still there."""
    texts: dict[tuple[type[models.Model], int], str] = {}
    for model, keys in wanted.items():
        rows: Sequence[models.Model] = list(_with_names(model).filter(pk__in=keys))
        for row in rows:
            texts[model, row.pk] = row.ref if isinstance(row, Referable) else row_text(row)
    return texts


def _with_names(model: type[models.Model]) -> models.QuerySet[Any]:
    """Rows of `model` with what their names are made of."""
    rows = model._default_manager.all()
    related = {"paragraph": "source", "permission": "content_type"}.get(
        model._meta.model_name or ""
    )
    return rows.select_related(related) if related else rows

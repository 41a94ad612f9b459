"""Pages of lists that may be very long: counted only so far, read from the nearer end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db import models

if TYPE_CHECKING:
    RowPage = Page[Any]
    RowPaginator = Paginator[Any]
else:
    RowPage = Page
    RowPaginator = Paginator

MOST_COUNTED = 1_000
"""Rows that a list counts; of more it says that there are more."""
MOST_PAGES = 1_000_000_000
"""A number that no page has; greater ones are more than a database takes."""
NEIGHBOURS = 2
"""Pages before and after the one shown that are offered by their numbers."""
LAST = -1


class MoreThan(int):
    """A count that was broken off: one more than was counted, and it reads as what is known."""

    def __str__(self) -> str:
        return f"more than {int(self) - 1:,}"


@dataclass(frozen=True)
class Turning:
    """A page that one may turn to; a gap between such pages has no number."""

    label: str
    number: int | None
    is_current: bool = False


class LongPage(RowPage):
    """A page of a list; without a count it knows only whether there are rows beside its own."""

    paginator: LongPaginator
    object_list: list[Any]

    def __init__(self, rows: Any, number: int, paginator: Any, *, has_more: bool) -> None:
        super().__init__(rows, number, paginator)
        self._has_more = has_more
        """Further away from the end from which its number counts."""

    def has_next(self) -> bool:
        return self._has_more if self.number > 0 else self.number < LAST

    def has_previous(self) -> bool:
        return self.number > 1 or (self.number < 0 and self._has_more)

    @property
    def turnings(self) -> list[Turning]:
        """The pages that can be turned to from here, in their order; none if it is the only one."""
        return [
            Turning("…", None) if number is None else self._turning(number)
            for number in (self._numbers() if self.has_other_pages() else ())
        ]

    def _turning(self, number: int) -> Turning:
        return Turning(page_label(number), number, is_current=number == self.number)

    def _numbers(self) -> Iterator[int | None]:
        paginator = self.paginator
        if paginator.is_counted:
            for one in paginator.get_elided_page_range(self.number):
                yield one if isinstance(one, int) else None
        elif self.number > 0:
            surely = min(self.number + NEIGHBOURS, paginator.num_pages)
            last = max(surely, self.number + self.has_next())
            yield from _after_the_first(range(max(self.number - NEIGHBOURS, 1), last + 1))
            yield from (None, LAST)
        else:
            yield from (1, None)
            surely = max(self.number - NEIGHBOURS, -paginator.num_pages)
            first = min(surely, self.number - self.has_previous())
            near = range(first, min(self.number + NEIGHBOURS, LAST) + 1)
            yield from near
            if near[-1] < LAST:
                yield from (None, LAST)


def _after_the_first(near: range) -> Iterator[int | None]:
    if near[0] > 1:
        yield 1
    if near[0] > 2:
        yield None
    yield from near


def page_label(number: int) -> str:
    """What a page is called; one that counts from the end is the last, or the last but 1."""
    if number > 0:
        return str(number)
    return "last" if number == LAST else f"last but {LAST - number}"


class LongPaginator(RowPaginator):
    """Pages of what may be very long, at a cost that does not grow with it.

    Up to MOST_COUNTED rows are counted, and their pages number 1, 2, 3 … to the last. Of more rows
    the pages still count from the first and, backwards from the last, -1, -2, -3 …; each is read
    from its own end, so that the last page costs as much as the first.
    """

    object_list: Any

    def count_up_to(self, most: int) -> int:
        """How many rows there are; `most` if there are that many or more."""
        raise NotImplementedError

    def keys(self, start: int, stop: int, *, backwards: bool) -> list[Any]:
        """What rows are known by, from `start` until before `stop`; backwards, from the last on."""
        raise NotImplementedError

    def read(self, keys: list[Any]) -> list[Any]:
        """The rows of these keys in their order; one that has gone meanwhile is left out."""
        raise NotImplementedError

    @property
    def is_counted(self) -> bool:
        """Whether all rows were counted; otherwise `num_pages` are there at least."""
        return not isinstance(self.count, MoreThan)

    @property
    def last_page(self) -> int:
        """The number by which the last page is asked for."""
        return self.num_pages if self.is_counted else LAST

    @cached_property
    def count(self) -> int:
        found = self.count_up_to(MOST_COUNTED + 1)
        return found if found <= MOST_COUNTED else MoreThan(found)

    def validate_number(self, number: Any) -> int:
        try:
            asked = int(number)
        except (TypeError, ValueError):
            raise PageNotAnInteger(self.error_messages["invalid_page"]) from None
        if self.is_counted:
            of_this_end = self.num_pages + 1 + asked if asked < 0 else asked
            return super().validate_number(of_this_end)
        if not 0 < abs(asked) < MOST_PAGES:
            raise EmptyPage(self.error_messages["no_results"])
        return asked

    def page(self, number: Any) -> LongPage:
        number = self.validate_number(number)
        start = (abs(number) - 1) * self.per_page
        keys = self.keys(start, start + self.per_page + 1, backwards=number < 0)
        if not keys and number not in (1, LAST):
            raise EmptyPage(self.error_messages["no_results"])
        shown, more = keys[: self.per_page], keys[self.per_page :]
        rows = self.read(shown if number > 0 else shown[::-1])
        return LongPage(rows, number, self, has_more=bool(more))

    def get_page(self, number: Any) -> LongPage:
        """The page of any number or text: the first if it is none, the last if it is empty."""
        try:
            return self.page(number)
        except PageNotAnInteger:
            return self.page(1)
        except EmptyPage:
            return self.page(LAST)


class ListPaginator(LongPaginator):
    """Pages of a queryset; `rows` is what the rows of one page are read from."""

    object_list: models.QuerySet[Any]

    @cached_property
    def rows(self) -> models.QuerySet[Any]:
        return self.object_list.order_by()

    def count_up_to(self, most: int) -> int:
        self._first_keys = list(_keys_of(self.object_list.order_by())[:most])
        return len(self._first_keys)

    def keys(self, start: int, stop: int, *, backwards: bool) -> list[Any]:
        ordered = self.object_list
        if self.is_counted:  # sorting few is quicker than looking for them again
            ordered = self._ordered_among(self._first_keys)
        return list(_keys_of(ordered.reverse() if backwards else ordered)[start:stop])

    def read(self, keys: list[Any]) -> list[Any]:
        found = self.rows.in_bulk(keys)
        return [found[key] for key in keys if key in found]

    def _ordered_among(self, keys: list[int]) -> models.QuerySet[Any]:
        """The rows of these keys, asked for by nothing else, in the order of the list."""
        query = self.object_list.query
        rows: models.QuerySet[Any] = self.object_list.model._default_manager.filter(pk__in=keys)
        return rows.order_by(*query.order_by) if query.order_by else rows


def _keys_of(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    return rows.prefetch_related(None).values_list("pk", flat=True)

"""What was written while a page was open: the changes of its rows since, and who made them.

One for all forms of a page, so that the ledger is asked once for the rows that changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Protocol

from django import forms
from django.db import models
from django.http import HttpRequest

from roster.admin.display import EMPTY, fetch_texts
from roster.history.diffs import differences_between, state
from roster.history.past.changes import Place, place_of
from roster.history.past.versions import changes_from
from roster.history.values import fields_of
from roster.models import Change


class Opened(Protocol):
    """A form that may have been opened on an older version of its row."""

    instance: Any

    @property
    def version_sent(self) -> int | None: ...

    @property
    def changes_named(self) -> list[int]: ...

    @property
    def merged_words(self) -> str: ...


class Editing:
    """The forms of one page that were sent, and what others wrote to their rows meanwhile."""

    def __init__(self) -> None:
        self._forms: list[Opened] = []
        self._waiting: list[Opened] = []
        self._changes: dict[Place, list[Change]] = {}
        self._texts: dict[tuple[type[models.Model], int], str] = {}

    def form(self, base: type[forms.BaseForm]) -> Any:
        """The form class `base` as a part of this page."""
        return type(base.__name__, (base,), {"editing": self})

    def expect(self, form: Opened) -> None:
        """Have what happened to its row looked up together with those of other forms."""
        self._forms.append(form)
        self._waiting.append(form)

    def changes_of(self, row: models.Model) -> list[Change]:
        """The changes of the row from the version on at which its form was opened, oldest first.

        Of a row that nobody changed, those that its form names.
        """
        if self._waiting:
            self._look_up(self._waiting)
            self._waiting = []
        return self._changes.get(place_of(type(row), row.pk), [])

    def _look_up(self, waiting: Iterable[Opened]) -> None:
        wanted = {
            place_of(type(form.instance), form.instance.pk): form.version_sent
            for form in waiting
            if form.version_sent is not None and form.version_sent != form.instance.version
        }
        ids = [number for form in waiting for number in form.changes_named]
        found = changes_from(wanted, ids=ids) if wanted or ids else {}
        self._changes |= found
        keys: dict[type[models.Model], set[int]] = defaultdict(set)
        for form in waiting:
            model = type(form.instance)
            for change in found.get(place_of(model, form.instance.pk), ()):
                for target, key in _pointed_at(model, change):
                    keys[target].add(key)
        self._texts |= fetch_texts(keys)

    def words(self, field: forms.Field, value: Any) -> str:
        """A value of a form's field as people read it: another row by its name, a choice by its."""
        if value in (None, "", (), frozenset()):
            return EMPTY
        if isinstance(field, forms.ModelChoiceField):
            choices: Any = field.queryset
            return ", ".join(self._names(choices.model, _keys(value)))
        if isinstance(value, bool):
            return "yes" if value else "no"
        prepared = field.prepare_value(value)
        return str(dict(getattr(field, "choices", ())).get(value, prepared))

    def _names(self, model: type[models.Model], keys: Iterable[int]) -> list[str]:
        unknown = {key for key in keys if (model, key) not in self._texts}
        if unknown:
            self._texts |= fetch_texts({model: unknown})
        return sorted(self._texts.get((model, key), f"#{key}") for key in keys)

    @property
    def merged_words(self) -> str:
        """What of others was kept in the rows of the page; empty if there was nothing."""
        return "; ".join(filter(None, (form.merged_words for form in self._forms)))


def editing_of(request: HttpRequest) -> Editing:
    """What was written while the page that this request sends was open."""
    found: Editing | None = getattr(request, "editing", None)
    return found or start_editing(request)


def start_editing(request: HttpRequest) -> Editing:
    """The same, looked at anew."""
    request.editing = Editing()  # type: ignore[attr-defined]  # for all forms of the page
    return request.editing  # type: ignore[attr-defined,no-any-return]  # set above


def link_changes(
    field: models.ManyToManyField[Any, Any], row: models.Model, *, after: int
) -> list[Change]:
    """The changes, later than that one, of what the row is linked to by the field, oldest first."""
    changes = Change.objects.filter(table=field.m2m_db_table(), id__gt=after)
    column, ordered = field.m2m_column_name(), changes.select_related("changeset__user")
    return [
        change
        for change in ordered.order_by("id")
        if state(change.after or change.before).get(column) == row.pk
    ]


def author(change: Change) -> str:
    """Who made a change, as messages say it."""
    if change.changeset is None:
        return f"database user {change.database_user or 'unknown'}"
    return change.changeset.user.get_username() if change.changeset.user else "no user"


def columns_of(change: Change) -> set[str]:
    """The columns that a change wrote."""
    return {each.column for each in differences_between(change.before, change.after)}


def _pointed_at(model: type[models.Model], change: Change) -> list[tuple[type[models.Model], int]]:
    columns = fields_of(model)
    return [
        (field.related_model, values[column])
        for values in (state(change.before), state(change.after))
        for column, field in columns.items()
        if isinstance(field, models.ForeignKey) and isinstance(values.get(column), int)
    ]


def _keys(value: Any) -> list[int]:
    return sorted(value) if isinstance(value, frozenset) else [value]

"""Forms of rows that somebody else may have changed since: merged field by field, or asked about.

A form carries the version of its row. What the row said then is in the ledger, and what it says
now is locked: a value that only they changed is kept, one that only you changed is taken, and of
one that both changed you choose. Nothing is written until you have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.forms.models import InlineForeignKeyField

from roster.admin import generic
from roster.admin.display import column_heading, row_text
from roster.admin.forms.editing import Editing, author, columns_of, link_changes
from roster.admin.forms.merging import merge
from roster.history.past.versions import UNRECORDED, values_at
from roster.history.values import fields_of
from roster.models import Change
from roster.models.records import Row

VERSION = "version"
MINE, THEIRS = "mine", "theirs"

CONFLICT = (
    "Someone else changed this as well after the form was opened: choose which value stays. "
    "Nothing was written."
)
GONE = (
    "This row is not here any more: it was deleted, or belongs to another record now. Copy what "
    "you need of it and open the page again. Nothing was written."
)
NOT_SAID = (
    "This form does not say on which version of the record it was opened: open the page again "
    "and repeat your change. Nothing was written."
)


@dataclass(frozen=True)
class FieldMeanwhile:
    """A field that others changed while the form was open: its value before and now, in words.

    `change` is theirs, where the ledger still tells it; `key` begins the names of the inputs.
    """

    name: str
    before: str
    now: str
    change: Change | None
    is_conflict: bool
    key: str

    @property
    def heading(self) -> str:
        return column_heading(self.name)

    @property
    def by(self) -> str:
        return author(self.change) if self.change else "someone else"


@dataclass(frozen=True)
class Typed:
    """What was sent for a field, where it is neither the value before nor that of now."""

    sent: str


class MergingForm(generic.ModelForm):
    """The form of a row, merged with what others wrote to it since the form was opened."""

    editing: ClassVar[Editing | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meanwhile: tuple[FieldMeanwhile, ...] = ()
        self._refusal = ""
        self._is_met = False
        if self.editing and self.is_bound and self.instance.pk is not None:
            self.editing.expect(self)

    @property
    def is_gone(self) -> bool:
        """Whether the form was opened on a row that is not here any more."""
        return self.is_bound and self.instance.pk is None and self.version_name in self.data

    @property
    def version_name(self) -> str:
        return self.add_prefix(VERSION)

    @property
    def version_sent(self) -> int | None:
        """The version that the form was opened on; None where it says none."""
        return number_sent(self.data.get(self.version_name))

    @property
    def version(self) -> int | str | None:
        """The version that the form now shows, for the page; None for a new row."""
        if self.is_gone or self._refusal:
            return str(self.data.get(self.version_name, ""))
        if self.instance.pk is None:
            return None
        return int(getattr(self.instance, "version", UNRECORDED))

    @property
    def changes_named(self) -> list[int]:
        """The changes of others that the form says it was asked about."""
        named = (number_sent(self.data.get(self._key(name, "conflict"))) for name in self.fields)
        return [number for number in named if number]

    @property
    def links(self) -> list[tuple[str, str]]:
        """What the row is linked to, which is no part of its version, for the page."""
        return [
            (self._key(name, "opened"), ",".join(map(str, sorted(self._now(name)))))
            for name in self._linked()
        ]

    @property
    def merged_words(self) -> str:
        """What others changed in this row and was kept, and who they are."""
        kept = [f"{m.heading} (by {m.by})" for m in self.meanwhile if not m.is_conflict]
        row = self.instance
        label = row.label if isinstance(row, Row) else row_text(row)
        return f"{label}: {', '.join(kept)}" if kept else ""

    def _bound_items(self) -> Any:
        """Django's, asked for before the fields are cleaned: whoever does finds them merged."""
        if self.is_bound and not self._is_met:
            self._is_met = True
            if self.is_gone:
                self._refusal = GONE
            elif self.editing and self.instance.pk is not None:
                self._meet(self.editing)
        return super()._bound_items()  # type: ignore[misc]  # Django's, for subclasses to extend

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's, for subclasses to extend
        if self._refusal:
            self.add_error(None, self._refusal)
        for field in self.meanwhile:
            if field.is_conflict:
                self.add_error(field.name, CONFLICT)

    def _meet(self, editing: Editing) -> None:
        """Put what was sent together with what is stored, and note what others changed."""
        names = self._merged_names()
        theirs = {name: self._now(name) for name in names}
        opened = self._opened(editing, theirs)
        if opened is None:
            self._refusal = NOT_SAID
            return
        asked = {name for name in names if self._key(name, "conflict") in self.data}
        if opened == theirs and not asked:
            return
        shown: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        self.data = shown
        choices = {name: self.data.get(self._key(name, "keep")) for name in asked}
        for name, choice in choices.items():
            if choice == THEIRS and name in opened:
                self._put(name, opened[name])
        yours = {name: self._yours(name, theirs, opened) for name in names}
        merged = merge(opened, theirs=theirs, yours=yours)
        undecided = {
            name
            for name, choice in choices.items()
            if choice not in (MINE, THEIRS) and yours[name] != theirs[name]
        }
        for name in merged.theirs - undecided:
            self._put(name, theirs[name])
        conflicts = merged.conflicts | undecided
        self.meanwhile = tuple(
            self._meanwhile(editing, name, opened, is_conflict=name in conflicts)
            for name in names
            if name in conflicts or name in merged.theirs
        )

    def _opened(self, editing: Editing, theirs: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values when the form was opened, as far as known; None if it does not say when."""
        version, stored = self.version_sent, getattr(self.instance, "version", UNRECORDED)
        if version is None:
            return None
        recorded: Mapping[str, Any] | None = theirs
        if version != stored:
            changes = editing.changes_of(self.instance)
            recorded = values_at(type(self.instance), version, changes)
        if recorded is None:
            return None
        linked = {name: self.data.get(self._key(name, "opened")) for name in self._linked()}
        return {name: recorded[name] for name in theirs if name in recorded} | {
            name: frozenset(filter(None, map(number_sent, keys.split(","))))
            for name, keys in linked.items()
            if keys is not None
        }

    def _yours(self, name: str, *known: Mapping[str, Any]) -> Any:
        """What was sent: one of the values known under this name, if it says the same."""
        for values in known:
            if name in values and self._says(name, values[name]):
                return values[name]
        return Typed(str(self[name].data))

    def _says(self, name: str, value: Any) -> bool:
        """Whether what was sent for the field is this value, as a browser would send it."""
        sent = self[name].data
        if isinstance(value, str):
            value = value.strip()
        if isinstance(sent, str):  # a browser sends line breaks as CR LF
            sent = sent.replace("\r\n", "\n")
        return not self.fields[name].has_changed(value, sent)

    def _put(self, name: str, value: Any) -> None:
        """Go on as if this value had been sent for the field."""
        field, key, sent = self.fields[name], self.add_prefix(name), self.data
        prepared = field.prepare_value(value)
        if isinstance(field, forms.ModelMultipleChoiceField):
            sent.setlist(key, [str(each) for each in prepared])  # type: ignore[attr-defined]  # a QueryDict
        elif isinstance(field, forms.BooleanField):
            sent.setlist(key, ["on"] * bool(value))  # type: ignore[attr-defined]  # a QueryDict
        else:
            sent[key] = "" if prepared is None else str(prepared)  # type: ignore[index]  # a QueryDict

    def _meanwhile(
        self, editing: Editing, name: str, opened: Mapping[str, Any], *, is_conflict: bool
    ) -> FieldMeanwhile:
        field = self.fields[name]
        return FieldMeanwhile(
            name=name,
            before=editing.words(field, opened.get(name)),
            now=editing.words(field, self._now(name)),
            change=self._last_change(editing, name),
            is_conflict=is_conflict,
            key=self.add_prefix(name),
        )

    def _last_change(self, editing: Editing, name: str) -> Change | None:
        """The latest change by which others wrote the field."""
        field = self.instance._meta.get_field(name)
        if isinstance(field, models.ManyToManyField):
            found = link_changes(field, self.instance, after=self.version_sent or UNRECORDED)
            return found[-1] if found else None
        changes: Iterable[Change] = reversed(editing.changes_of(self.instance))
        return next((each for each in changes if field.column in columns_of(each)), None)

    def _merged_names(self) -> list[str]:
        """The fields that are merged: those that hold what the ledger has of the row."""
        model: type[models.Model] = type(self.instance)
        held = {field.name for field in fields_of(model).values()}
        linked = self._linked()
        return [
            name
            for name, field in self.fields.items()
            if (name in held or name in linked)
            and not (field.disabled or isinstance(field, InlineForeignKeyField))
        ]

    def _linked(self) -> list[str]:
        links = {field.name for field in self.instance._meta.many_to_many}
        return [name for name in self.fields if name in links]

    def _now(self, name: str) -> Any:
        value = self.initial.get(name)
        if name in self._linked():
            return frozenset(getattr(each, "pk", each) for each in value or ())
        return value

    def _key(self, name: str, what: str) -> str:
        return f"{self.add_prefix(name)}-{what}"


def number_sent(text: object) -> int | None:
    """The number that was sent; None for what is none."""
    sent = str(text)
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else None

"""What the feed is narrowed to: a form over its address, each refusal a sentence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from roster.admin.display import column_heading
from roster.admin.finding.named_records import NamedRecords
from roster.admin.past.times import moment_named
from roster.admin.shown_changes import kind_of_row
from roster.history.asof import position_at
from roster.history.diffs import model_of_table, state
from roster.history.feed.search import Narrowing
from roster.models import Change, Official
from roster.models.changes import Act, ChangesetKind
from roster.models.reviews import ReviewState
from roster.text.characters import quoted

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

_ANY = ("", "Any")
_NO_CHOICE = {"invalid_choice": "“%(value)s” is not among the choices: take one that is listed."}
_WORD = forms.TextInput(attrs={"autocomplete": "off"})
NEVER = 2**62
"""A position that no changeset reaches."""


class FeedForm(forms.Form):
    """Narrows the feed; what is left blank narrows nothing. `seen` are tables with their kinds."""

    official = forms.CharField(
        required=False,
        max_length=200,
        widget=_WORD,
        help_text="A name, or a ref such as ada-example.",
    )
    user = forms.CharField(required=False, max_length=150, widget=_WORD)
    kind = forms.ChoiceField(
        required=False, choices=[_ANY, *ChangesetKind.choices], error_messages=_NO_CHOICE
    )
    model = forms.ChoiceField(required=False, error_messages=_NO_CHOICE)
    field = forms.CharField(
        required=False, max_length=63, widget=_WORD, help_text="A column, such as level or end."
    )
    since = forms.CharField(
        label="From",
        required=False,
        max_length=40,
        widget=_WORD,
        help_text="A day, a time, or a changeset like #12.",
    )
    until = forms.CharField(
        required=False, max_length=40, widget=_WORD, help_text="The same; that day is included."
    )
    review = forms.ChoiceField(
        required=False,
        choices=[_ANY, *((one.value, one.label) for one in ReviewState)],
        error_messages=_NO_CHOICE,
    )
    words = forms.CharField(
        label="Words of the reason", required=False, max_length=200, widget=_WORD
    )

    def __init__(self, request: HttpRequest, site: RosterSite, seen: frozenset[str]) -> None:
        super().__init__({**request.GET.dict(), "since": request.GET.get("from", "")})
        self._named = NamedRecords(request, site, kinds=("official",))
        self._tables = {kind_of_row(table): table for table in sorted(seen)}
        models: Any = self.fields["model"]
        models.choices = [_ANY, *((kind, column_heading(kind)) for kind in sorted(self._tables))]

    def add_prefix(self, field_name: str) -> str:
        return "from" if field_name == "since" else super().add_prefix(field_name)

    @property
    def narrowing(self) -> Narrowing:
        asked = self.cleaned_data
        return Narrowing(
            user=asked["user"],
            kind=asked["kind"],
            official=asked["official"],
            table=self._tables.get(asked["model"], ""),
            columns=asked["field"],
            first=asked["since"],
            last=asked["until"],
            state=ReviewState(asked["review"]) if asked["review"] else None,
            words=tuple(asked["words"].replace("\0", " ").split()),
        )

    @property
    def query(self) -> dict[str, str]:
        """What the address asks for, without what is left blank."""
        asked = {name: str(self.data.get(name, "")) for name in self.fields}
        asked["from"] = asked.pop("since")
        return {name: text for name, text in asked.items() if text}

    def clean_user(self) -> int | None:
        name: str = self.cleaned_data["user"]
        if not name:
            return None
        user = User.objects.filter(username=name).first()
        if user is None:
            raise ValidationError(f"There is no user {quoted(name)}: give a username.")
        return user.pk

    def clean_official(self) -> int | None:
        """The key of the official who is called so; of one who was deleted, by the ref."""
        text: str = self.cleaned_data["official"]
        if not text:
            return None
        try:
            found: int = self._named.called(text).pk
        except ValidationError:
            if (gone := _deleted_official(text)) is None:
                raise
            return gone
        return found

    def clean_field(self) -> tuple[str, ...]:
        name: str = self.cleaned_data["field"]
        if not name:
            return ()
        kind: str = self.cleaned_data.get("model", "")
        tables = [self._tables[kind]] if kind else list(self._tables.values())
        found = {column for table in tables for column in _columns_named(name, table)}
        if not found:
            of_kind = f" of {kind}" if kind else ""
            raise ValidationError(
                f"{quoted(name)} is no column{of_kind}: give one as CSV names it, such as level."
            )
        return tuple(sorted(found))

    def clean_since(self) -> int:
        """The lowest position; a day counts from its beginning."""
        text: str = self.cleaned_data["since"]
        if not text:
            return 1
        moment = moment_named(text)
        if text.startswith("#"):
            return moment.position or 1
        if (day := _day(text)) is not None:
            if day == date.min:
                return 1
            before = moment_named((day - timedelta(days=1)).isoformat()).position
        else:
            before = position_at(moment.time - timedelta(microseconds=1))
        return NEVER if before is None else before + 1

    def clean_until(self) -> int | None:
        text: str = self.cleaned_data["until"]
        return moment_named(text).position if text else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _columns_named(name: str, table: str) -> set[str]:
    model = model_of_table(table)
    fields = model._meta.local_concrete_fields if model else ()
    return {str(field.column) for field in fields if name in (field.name, field.column)}


def _deleted_official(text: str) -> int | None:
    """Whom the ledger saw deleted under this ref last."""
    ref = text.strip().removeprefix("official:")
    deletions = Change.objects.filter(
        table=Official._meta.db_table, act=Act.DELETE, before__contains=f'"{ref}"'
    )
    return next(
        (
            key
            for key, before in deletions.order_by("-id").values_list("key", "before")
            if state(before).get("ref") == ref
        ),
        None,
    )

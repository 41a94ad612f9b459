"""The queue of changesets to review: which of them, in what order, and what stands beside one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, TextField, Value
from django.db.models.functions import Concat
from django.http import HttpRequest

from roster.admin.generic import ModelChoiceField
from roster.history.reviewing import RULES
from roster.models import Changeset
from roster.models.changes import ChangesetKind
from roster.models.reviews import ReviewState, in_review_state

ROWS_A_PAGE = 50

_ANY = ("", "Any")


class QueueForm(forms.Form):
    """Narrows the queue; what is left blank narrows nothing."""

    state = forms.ChoiceField(
        required=False, choices=[("", "Awaiting"), (ReviewState.QUERIED.value, "Queried")]
    )
    why = forms.ChoiceField(
        label="Why review",
        required=False,
        choices=[_ANY, *((rule.name, rule.title) for rule in RULES)],
    )
    kind = forms.ChoiceField(required=False, choices=[_ANY, *ChangesetKind.choices])
    user = ModelChoiceField(
        User.objects.none(), required=False, to_field_name="username", empty_label="Anyone"
    )

    def __init__(self, asked: Any, *, offered: Collection[int] = ()) -> None:
        """`offered` are the users to choose from; the one asked for is always among them."""
        super().__init__(asked)
        chosen = Q(pk__in=offered) | Q(username=str(asked.get("user", "")))
        field: Any = self.fields["user"]
        field.queryset = User.objects.filter(chosen).order_by("username")

    def narrowed(self, changesets: Any) -> Any:
        """Those of the changesets that are asked for; none where the question is no question."""
        if not self.is_valid():
            return changesets.none()
        asked = self.cleaned_data
        found = in_review_state(changesets, ReviewState(asked["state"] or ReviewState.AWAITING))
        if asked["why"]:
            comma = Value(",", output_field=TextField())
            found = found.annotate(listed=Concat(comma, "review_reasons", comma))
            found = found.filter(listed__contains=f",{asked['why']},")
        if asked["kind"]:
            found = found.filter(kind=asked["kind"])
        if asked["user"]:
            found = found.filter(user=asked["user"])
        return found


@dataclass(frozen=True)
class Queue:
    """What one reviewer has before them, oldest first; one's own changesets are left out.

    `query` is the part of an address that asks for the same queue.
    """

    form: QueueForm
    changesets: Any
    query: str

    def page(self, after: int) -> tuple[list[Changeset], bool]:
        """The changesets that follow the position `after`; whether there are more."""
        found = list(self.changesets.filter(position__gt=after)[: ROWS_A_PAGE + 1])
        return found[:ROWS_A_PAGE], len(found) > ROWS_A_PAGE

    def next(self, position: int) -> Changeset | None:
        found: Changeset | None = self.changesets.filter(position__gt=position).first()
        return found

    def previous(self, position: int) -> Changeset | None:
        before = self.changesets.filter(position__lt=position)
        found: Changeset | None = before.order_by("-position").first()
        return found


def queue_of(request: HttpRequest, *, offered: Collection[int] = ()) -> Queue:
    """The queue that the address asks for, as this user has it."""
    form = QueueForm(request.GET, offered=offered)
    others = Changeset.objects.exclude(user=request.user.pk)
    others = others.select_related("user").order_by("position")
    asked = request.GET.copy()
    for name in list(asked):
        if name not in form.fields or not asked[name]:
            del asked[name]
    query = f"?{asked.urlencode()}" if asked else ""
    return Queue(form, form.narrowed(others), query)

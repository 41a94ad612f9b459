"""Why something is written: the question that every form asks, and the changeset it opens."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.http import HttpRequest, QueryDict

from roster.admin.forms.conflicts import MergingForm
from roster.fields.texts import character_refusal
from roster.history.changesets import changeset
from roster.history.refs import unused_ref
from roster.models.records import Referable
from roster.text.refs import REF_FORM, is_ref

REASON_LENGTH = 500
"""Characters that the reason of a change may have."""


def one_line(text: str) -> None:
    if refusal := character_refusal(text):
        raise ValidationError(refusal)


class ReasonForm(forms.Form):
    """Asks why. The field is not called `reason`, which is a column of some records."""

    change_reason = forms.CharField(
        label="Why?",
        max_length=REASON_LENGTH,
        validators=[one_line],
        widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Kept in the ledger with this change, and shown in History.",
        error_messages={
            "required": "Say in a few words why this is changed; nothing was written.",
            "max_length": (
                "A reason has at most %(limit_value)d characters; this one has %(show_value)d."
            ),
        },
    )


class RowForm(MergingForm):
    """The form of a row: makes a blank ref, and leaves alone what was not touched.

    `given_refs` are refs that other forms of the same page give; the form adds its own.
    """

    def __init__(self, *args: Any, given_refs: set[str] | None = None, **kwargs: Any) -> None:
        self.given_refs = set() if given_refs is None else given_refs
        super().__init__(*args, **kwargs)
        if self._makes_a_ref():
            self.fields["ref"].required = False
            self.fields["ref"].help_text = "Left blank, it is made from the rest of the record."

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._keep_stored_margins(cleaned)
        if self._makes_a_ref() and not cleaned.get("ref") and not self.errors:
            draft = construct_instance(self, self._meta.model(), self._meta.fields)
            cleaned["ref"] = unused_ref(draft, given=self.given_refs)
            if not is_ref(cleaned["ref"]):
                self.add_error("ref", f"No ref can be made from these names: give {REF_FORM}.")
        self.given_refs.add(cleaned.get("ref", ""))
        return cleaned

    def _makes_a_ref(self) -> bool:
        is_new = self.instance.pk is None
        return is_new and isinstance(self.instance, Referable) and "ref" in self.fields

    def _keep_stored_margins(self, cleaned: dict[str, Any]) -> None:
        """Undo the form's stripping of a text that the analyst did not touch."""
        for name, stored in self.initial.items() if self.instance.pk else ():
            given = cleaned.get(name)
            if not isinstance(stored, str) or not isinstance(given, str):
                continue
            # A browser sends the line breaks of a text area as CR LF.
            if stored.strip() == given.replace("\r\n", "\n"):
                cleaned[name] = stored


class ReasonedModelForm(ReasonForm, RowForm):
    """The form of a row on its own page: it asks why."""


@contextmanager
def changeset_of(request: HttpRequest) -> Iterator[None]:
    """The changeset of all that a POST with a reason writes.

    Without a reason there is none: the form asks for it again and writes nothing.
    """
    form = ReasonForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        yield
        return
    with changeset(user=request.user, reason=form.cleaned_data["change_reason"], kind="edit"):
        yield


def not_confirmed(request: HttpRequest) -> HttpRequest:
    """The same request as if its form had not been sent yet, for Django to ask again."""
    asked_again = copy.copy(request)
    asked_again.POST = QueryDict()
    return asked_again

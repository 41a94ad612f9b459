"""The input of a partial date: it says what it understood, as one types and without a script."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import AdminTextInputWidget
from django.forms.widgets import Media, Script
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from roster.dates import parse

NOT_READ = "Not a date that can be read."


class PartialDateInput(AdminTextInputWidget):
    """A text input, what Roster understands by the text, and the forms that it takes."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, open_end: bool = False) -> None:
        self.open_end = open_end
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})

    @property
    def media(self) -> Media:
        script: Any = Script("roster/partial-date.js", type="module")
        return Media(js=[script])

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        text = "" if value is None else str(value)
        context = {
            "input": super().render(name, value, attrs, renderer),
            "understood": understood(text, open_end=self.open_end),
            "open_end": self.open_end,
            "meaning_url": reverse("admin:date_meaning"),
        }
        return render_to_string("roster/includes/_partial_date.html", context)


def understood(text: str, *, open_end: bool) -> str | None:
    """What a typed date means, in English; None when it is no date that Roster takes."""
    try:
        return parse(text, open_end=open_end).describe()
    except ValueError:
        return None


@require_GET
def date_meaning(request: HttpRequest) -> HttpResponse:
    """JSON: what the date `text` means, and whether it is one; `open_end=yes` where .. is taken."""
    meaning = understood(request.GET.get("text", ""), open_end=request.GET.get("open_end") == "yes")
    return JsonResponse({"is_date": meaning is not None, "meaning": meaning or NOT_READ})

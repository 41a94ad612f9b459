"""The page that sets two moments of a record side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.template.response import TemplateResponse

from roster.admin.display import page_url, row_text
from roster.admin.past.compared import Standing, compared, then_of
from roster.admin.past.times import KnownField, Moment
from roster.models.records import Record

if TYPE_CHECKING:
    from roster.admin.site import RosterSite


class MomentsForm(forms.Form):
    """Asks for two moments of the ledger; the second is now where it is left blank."""

    since = KnownField(
        label="From",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="A day, a time like 2024-08-01T12:00Z, or a changeset like #12.",
    )
    to = KnownField(
        label="To",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="The same. Empty: now.",
    )

    def __init__(self, request: HttpRequest) -> None:
        asked = request.GET
        super().__init__(
            {"from": asked.get("from", ""), "to": asked.get("to", "")} if asked else None
        )

    def add_prefix(self, field_name: str) -> str:
        return "from" if field_name == "since" else super().add_prefix(field_name)

    def clean_since(self) -> Moment:
        moment: Moment | None = self.cleaned_data["since"]
        if moment is None:
            raise ValidationError(
                "Say from when: give a day such as 2024-08-01, a time such as 2024-08-01T12:00Z, "
                "or a changeset such as #12."
            )
        return moment


def compare_page(
    request: HttpRequest, site: RosterSite, model: type[Record], key: int
) -> TemplateResponse:
    """The record of this key at the two moments that the address names; 404 if at neither."""
    if not site.get_model_admin(model).has_view_permission(request):
        raise PermissionDenied
    form = MomentsForm(request)
    row = model._default_manager.filter(pk=key).first()
    named = row_text(row) if row else f"{model._meta.verbose_name} {key}"
    context: dict[str, Any] = {
        **site.each_context(request),
        "opts": model._meta,
        "form": form,
        "row": row,
        "row_url": page_url(model, "change", key) if row else "",
        "history_url": page_url(model, "history", key) if row else "",
    }
    status = 200
    if form.is_valid():
        moments = form.cleaned_data["since"], form.cleaned_data["to"]
        old, new = (then_of(model, key, one.position if one else None) for one in moments)
        records = compared(old, new, seen=site.tables_viewed_by(request))
        if then := new.record or old.record:
            named = row_text(then)
        else:
            status = 404
        context |= {
            "moments": moments,
            "records": [one for one in records if one.standing is not Standing.UNCHANGED],
            "unchanged": [one for one in records if one.standing is Standing.UNCHANGED],
            "is_absent": status == 404,
        }
    context["title"] = f"Compare: {named}"
    request.current_app = site.name
    return TemplateResponse(request, "roster/compare/page.html", context, status=status)

"""The page that says who is under protection on a day, and by which protections."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from roster.admin.display import Cell, in_words, page_url
from roster.dashboards.coverage import OfficialCoverage, coverage_on
from roster.models import Official, Protection
from roster.models.protections import ProtectionLevel
from roster.periods import Certainty

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

OFFICIALS_A_PAGE = 100
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DayForm(forms.Form):
    """Asks for a day; left blank, it is today."""

    on = forms.CharField(
        label="Day",
        required=False,
        widget=forms.TextInput(attrs={"type": "date", "max": "9999-12-31"}),
    )

    def clean_on(self) -> date | None:
        text: str = self.cleaned_data["on"]
        if not text:
            return None
        try:
            if not _DAY.fullmatch(text):
                raise ValueError(text)
            return date.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(
                f"“{text[:40]}” is not a day: give one as YYYY-MM-DD, such as 2024-07-18."
            ) from error


@dataclass(frozen=True)
class ShownProtection:
    """A protection of the page, in words."""

    link: Cell
    level: str
    start: str
    end: str
    in_force: Certainty


@dataclass(frozen=True)
class ShownOfficial:
    """An official of the page with all protections, in force or not."""

    link: Cell
    protections: tuple[ShownProtection, ...]


@dataclass(frozen=True)
class ShownGroup:
    """The officials of one page whose being protected is equally sure; `count` is of all pages."""

    certainty: Certainty
    count: int
    officials: tuple[ShownOfficial, ...]


def protected_page(request: HttpRequest, site: RosterSite) -> TemplateResponse:
    """Every official on the day of the address, the surest first; today where it names none."""
    for model in (Official, Protection):
        if not site.get_model_admin(model).has_view_permission(request):
            raise PermissionDenied
    form = DayForm(request.GET or {"on": timezone.localdate().isoformat()})
    context = {**site.each_context(request), "title": "Protected", "form": form}
    if form.is_valid():
        context |= _shown(form.cleaned_data["on"] or timezone.localdate(), request)
    request.current_app = site.name
    return TemplateResponse(request, "roster/protected/page.html", context)


def _shown(day: date, request: HttpRequest) -> dict[str, Any]:
    surest_first = list(Certainty)
    officials = sorted(
        coverage_on(day), key=lambda one: (surest_first.index(one.in_force), one.name, one.ref)
    )
    page: Page[OfficialCoverage] = Paginator(officials, OFFICIALS_A_PAGE).get_page(
        request.GET.get("p")
    )
    of_page = list(page.object_list)
    shown = dict(zip((one.ref for one in of_page), _linked(of_page), strict=True))
    return {
        "day": day,
        "day_in_words": in_words(day.isoformat()),
        "page": page,
        "groups": [
            ShownGroup(
                certainty,
                sum(one.in_force is certainty for one in officials),
                tuple(shown[one.ref] for one in of_page if one.in_force is certainty),
            )
            for certainty in surest_first
        ],
    }


def _linked(officials: list[OfficialCoverage]) -> list[ShownOfficial]:
    """The officials with links to their pages and to those of their protections."""
    refs = [one.ref for one in officials]
    pages = _pages(Official.objects.filter(ref__in=refs))
    protection_pages = _pages(Protection.objects.filter(official__ref__in=refs))
    return [
        ShownOfficial(
            Cell(official.name, pages.get(official.ref, "")),
            tuple(
                ShownProtection(
                    Cell(protection.ref, protection_pages.get(protection.ref, "")),
                    ProtectionLevel(protection.level).label,
                    in_words(protection.start),
                    in_words(protection.end),
                    protection.in_force,
                )
                for protection in official.protections
            ),
        )
        for official in officials
    ]


def _pages(rows: models.QuerySet[Any]) -> dict[str, str]:
    """The address of each row's page, by ref."""
    return {ref: page_url(rows.model, "change", key) for ref, key in rows.values_list("ref", "pk")}

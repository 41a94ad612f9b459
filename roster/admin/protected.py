"""The page that says who is under protection on a day, and by which protections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.template.response import TemplateResponse

from roster.admin.display import Cell, cell_text, in_words, page_url
from roster.admin.past.times import Moment, TwoTimesForm, past_url
from roster.dashboards.coverage import OfficialCoverage, ProtectionCoverage
from roster.dashboards.protected import ProtectedOn, ProtectedThen
from roster.models import Official, Protection
from roster.models.records import Record
from roster.periods import Certainty

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

OFFICIALS_A_PAGE = 100


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
    """Every official on the day of the address, the surest first; today where it names none.

    With a moment in the address, what was known then.
    """
    for model in (Official, Protection):
        if not site.get_model_admin(model).has_view_permission(request):
            raise PermissionDenied
    form = TwoTimesForm.asked(request)
    context = {**site.each_context(request), "title": "Protected", "form": form}
    if form.is_valid():
        context |= _shown(form.day, form.moment, request)
    request.current_app = site.name
    return TemplateResponse(request, "roster/protected/page.html", context)


def _shown(day: date, moment: Moment | None, request: HttpRequest) -> dict[str, Any]:
    ranked: Any = ProtectedOn(day) if moment is None else ProtectedThen(day, moment.position)
    page: Page[OfficialCoverage] = Paginator(ranked, OFFICIALS_A_PAGE).get_page(
        request.GET.get("p")
    )
    of_page = list(page.object_list)
    return {
        "day": day,
        "day_in_words": in_words(day.isoformat()),
        "moment": moment,
        "now_url": f"?on={day.isoformat()}",
        "page": page,
        "groups": [
            ShownGroup(
                certainty,
                count,
                tuple(_linked(one, day, moment) for one in of_page if one.in_force is certainty),
            )
            for certainty, count in ranked.counts.items()
        ],
    }


def _linked(official: OfficialCoverage, day: date, moment: Moment | None) -> ShownOfficial:
    """The official with links to the pages of today, or to the official's page of the past."""

    def url(model: type[Record], row: OfficialCoverage | ProtectionCoverage) -> str:
        if moment is None:
            return page_url(model, "change", row.key)
        label = f"{model.record_kind}:{row.ref}"
        return past_url(official.key, known=moment.given, on=day, record=label)

    return ShownOfficial(
        Cell(official.name, url(Official, official)),
        tuple(
            ShownProtection(
                Cell(protection.ref, url(Protection, protection)),
                cell_text(Protection, "level", protection.level),
                in_words(protection.start),
                in_words(protection.end),
                protection.in_force,
            )
            for protection in official.protections
        ),
    )

"""What the first page shows: what needs this user today, and below it what is new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from roster.admin.desk.evidence import evidence
from roster.admin.desk.lines import Line, most_urgent
from roster.admin.desk.own import own_sections
from roster.admin.desk.queues import SECTIONS, Section, tally_on
from roster.admin.desk.shown import Number, ShownSection
from roster.admin.display import Cell, page_url
from roster.admin.exports.bundles import may_export_bundles
from roster.admin.review.states import reviews_of_interest
from roster.admin.trust.page import trust_of_interest
from roster.dashboards.desk.memory import Memory
from roster.models import Changeset, Official, Source

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

LATEST_CHANGESETS = 5
FIRST_STEPS: tuple[tuple[type[models.Model], str], ...] = (
    (Source, "Add a source"),
    (Official, "Add an official"),
)


def desk(request: HttpRequest, site: RosterSite) -> dict[str, Any]:
    """What the template of the index needs; only of what this user may view."""
    memory = Memory(timezone.localdate())
    shown: dict[str, Any] = {
        "day": memory.day,
        "own_sections": own_sections(request, site),
        "sections": [*_sections(memory, request, site), *evidence(memory, request, site)],
        "first_steps": _first_steps(memory, request, site),
        "exports_bundles": may_export_bundles(request),
        **reviews_of_interest(request, site),
        **trust_of_interest(request, site),
    }
    if _may_view(request, site, Changeset):
        latest = Changeset.objects.newest_first().select_related("user")
        shown |= {"latest_changesets": latest[:LATEST_CHANGESETS], "shows_changesets": True}
    return shown


def _may_view(request: HttpRequest, site: RosterSite, *models: type[models.Model]) -> bool:
    return all(site.get_model_admin(model).has_view_permission(request) for model in models)


def _sections(memory: Memory, request: HttpRequest, site: RosterSite) -> Iterator[ShownSection]:
    seen = [section for section in SECTIONS if _may_view(request, site, *section.about)]
    if not seen:
        return
    counts = memory.total(tally_on(memory.day))
    for section in seen:
        numbers = tuple(
            Number(
                queue.label.capitalize(),
                counts[section.key, queue.choice],
                queue.url(request, site),
            )
            for queue in section.queues
        )
        is_empty = not any(number.count for number in numbers)
        lines = () if is_empty else _lines(section, memory)
        yield ShownSection(
            key=section.key,
            title=section.title,
            sentence=section.sentence,
            nothing=section.nothing,
            numbers=numbers,
            lines=lines,
            more=_linked(section.more),
        )


def _linked(more: tuple[str, str] | None) -> Cell | None:
    return Cell(more[0], reverse(f"admin:{more[1]}")) if more else None


def _lines(section: Section, memory: Memory) -> tuple[Line, ...]:
    return memory.recall(section.key, lambda: most_urgent(section.lines(memory.day)))


def _first_steps(
    memory: Memory, request: HttpRequest, site: RosterSite
) -> list[tuple[str, str]] | None:
    """What this user may begin an empty roster with; None where there is something in it."""

    def is_empty() -> bool:
        return not (Official.objects.exists() or Source.objects.exists())

    if not memory.recall("is_empty", is_empty):
        return None
    return [
        (said, page_url(model, "add"))
        for model, said in FIRST_STEPS
        if site.get_model_admin(model).has_add_permission(request)
    ]

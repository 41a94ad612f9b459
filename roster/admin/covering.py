"""The section Coverage of an official's page: what is found of the protections, in sentences."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpRequest

from roster.admin.display import Cell, page_url
from roster.dashboards.coverage import chains_of
from roster.models import Citation, Official, Protection, ProtectionExtension, Source
from roster.periods import Certainty, Days, coverage, findings

if TYPE_CHECKING:
    from roster.admin.site import RosterSite

TELLING = (Protection, ProtectionExtension, Citation, Source)
"""What the section tells of: who may not view all of these is not shown it."""


@dataclass(frozen=True)
class ShownFindings:
    """What is found of one protection, or between them where it names none."""

    protection: Cell | None
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class ShownCoverage:
    """An official on a day: how surely covered, and what is found of the protections."""

    day: date
    covered: Certainty
    findings: tuple[ShownFindings, ...]


def coverage_of(
    official: Official, day: date, request: HttpRequest, site: RosterSite
) -> ShownCoverage | None:
    """None for an official without protections, and for who may not view what it tells of."""
    if not all(site.get_model_admin(model).has_view_permission(request) for model in TELLING):
        return None
    chains = chains_of(Official.objects.filter(pk=official.pk)).get(official.pk)
    if chains is None:
        return None
    keys = dict(Protection.objects.filter(official=official).values_list("ref", "pk"))
    links = {ref: Cell(ref, page_url(Protection, "change", key)) for ref, key in keys.items()}
    (today,) = coverage([chain.period for chain in chains], within=Days(day, day))
    found = defaultdict[Cell | None, list[str]](list)
    for finding in findings(chains, on=day):
        about = None if finding.is_between_protections else links[finding.refs[0]]
        found[about].append(finding.sentence)
    shown = (ShownFindings(about, tuple(sentences)) for about, sentences in found.items())
    return ShownCoverage(day, today.covered, tuple(shown))

"""The queues of the desk: each is a choice of a list's filter, so that number and list are one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.admin.views.main import ORDER_VAR
from django.db import models
from django.db.models import Count, IntegerField, Value
from django.http import HttpRequest
from django.utils.http import urlencode

from roster.admin.desk import lines
from roster.admin.desk.filters import (
    GapFilter,
    LapsedFilter,
    LiveThreatFilter,
    UnthreatenedFilter,
)
from roster.admin.desk.lines import Line
from roster.admin.display import page_url
from roster.admin.filters import DAYS_AHEAD, DayFilter, EndingFilter, ProtectedFilter
from roster.dashboards.desk.memory import Tally
from roster.dashboards.desk.officials import bucket_of, in_buckets, touched_officials
from roster.models import Official, Protection, ProtectionExtension, Threat, ThreatSource
from roster.periods import Certainty

if TYPE_CHECKING:
    from roster.admin.site import RosterSite


@dataclass(frozen=True)
class Queue:
    """The rows of a list by one choice of one of its filters."""

    label: str
    model: type[models.Model]
    filter: type[DayFilter]
    choice: str
    sorted_by: str = ""
    """The column of the list by which the most urgent come first."""

    def rows(self, day: date) -> Any:
        return self.filter.on_day(self.model._default_manager.order_by(), self.choice, day)

    def counted(self, day: date, number: int, buckets: Collection[int] | None) -> Any:
        """The number given, a bucket, and how many rows are in it, of all buckets or of these."""
        official = "pk" if self.model is Official else "official"
        rows = self.rows(day)
        if buckets is not None:
            rows = rows.filter(in_buckets(official, buckets))
        return (
            rows.values(queue=Value(number, IntegerField()), bucket=bucket_of(official))
            .annotate(rows=Count("pk"))
            .values_list("queue", "bucket", "rows")
        )

    def url(self, request: HttpRequest, site: RosterSite) -> str:
        """The address of the list with all of it."""
        asked = {str(self.filter.parameter_name): self.choice}
        if self.sorted_by:
            asked[ORDER_VAR] = str(self._column(request, site))
        return f"{page_url(self.model, 'changelist')}?{urlencode(asked)}"

    def _column(self, request: HttpRequest, site: RosterSite) -> int:
        """The number of the column; that of the boxes to tick, where there are some, is 0."""
        pages = site.get_model_admin(self.model)
        boxes = bool(pages.get_actions(request))
        return list(pages.get_list_display(request)).index(self.sorted_by) + boxes


@dataclass(frozen=True)
class Section:
    """Queues that belong together; the sentence says what is counted, and on which grounds."""

    key: str
    title: str
    sentence: str
    nothing: str
    """What is said where nothing is in them."""
    queues: tuple[Queue, ...]
    lines: Callable[[date], Iterable[Line]]
    """The most urgent of their rows first."""
    about: tuple[type[models.Model], ...]
    """What it tells of: it is for those who may view all of it."""
    more: tuple[str, str] | None = None
    """A page that tells more of it: what it is called, and the name of its address."""


def _by_certainty(
    label: str, model: type[models.Model], chosen: type[DayFilter]
) -> tuple[Queue, ...]:
    return tuple(
        Queue(label.format(certainty), model, chosen, certainty.value)
        for certainty in (Certainty.DEFINITELY, Certainty.POSSIBLY)
    )


def tally_on(day: date) -> Tally:
    """How many rows are in each queue, by its section and its choice."""
    queues = [(section.key, queue) for section in SECTIONS for queue in section.queues]

    def count(buckets: Collection[int] | None) -> dict[tuple[Any, int], int]:
        first, *others = (
            queue.counted(day, number, buckets) for number, (_key, queue) in enumerate(queues)
        )
        found = first.union(*others, all=True)
        names = [(key, queue.choice) for key, queue in queues]
        return {(names[number], bucket): rows for number, bucket, rows in found}

    return Tally("queues", count, touched_officials)


SECTIONS = (
    Section(
        key="covered",
        title="Covered today",
        sentence="Officials under protection, in every reading of the dates or only in some.",
        nothing="No official is under protection today.",
        queues=_by_certainty("{}", Official, ProtectedFilter),
        lines=lines.covered,
        about=(Official, Protection),
        more=("Who they are, today or on another day", "protected"),
    ),
    Section(
        key="ending",
        title="Running out",
        sentence="Protections whose last day, today included, comes definitely or possibly within "
        "so many days. An unknown end is a possible one.",
        nothing="No protection can run out within 90 days.",
        queues=tuple(
            Queue(
                f"{certainty}, {days} days",
                Protection,
                EndingFilter,
                f"{certainty}-{days}",
                sorted_by="end_in_words",
            )
            for certainty in (Certainty.DEFINITELY, Certainty.POSSIBLY)
            for days in DAYS_AHEAD
        ),
        lines=lines.ending,
        about=(Official, Protection),
        more=("The roster over time", "timeline"),
    ),
    Section(
        key="gaps",
        title="Gaps",
        sentence="Officials whom nothing covers on some day from today on, between two of their "
        "protections. Lapsed: protections without a last day, whose extensions are all over.",
        nothing="No gap ahead, and nothing has lapsed.",
        queues=(
            *_by_certainty("{}", Official, GapFilter),
            Queue("lapsed", Protection, LapsedFilter, "over"),
        ),
        lines=lines.gaps,
        about=(Official, Protection, ProtectionExtension),
    ),
    Section(
        key="threats",
        title="Threats without protection",
        sentence="Threats neither foiled nor withdrawn, and not over in every reading, against an "
        "official who is not, or only possibly, protected today.",
        nothing="No live threat is against an official without protection.",
        queues=(
            Queue("not protected", Threat, LiveThreatFilter, "unprotected"),
            Queue("possibly", Threat, LiveThreatFilter, "unsure"),
        ),
        lines=lines.threats,
        about=(Official, Protection, Threat, ThreatSource),
    ),
    Section(
        key="unthreatened",
        title="Protections without a live threat",
        sentence="Protections in force today, at least possibly, whose official no such threat "
        "names. Threats against officials in general name nobody.",
        nothing="No protection in force is without a live threat.",
        queues=(
            Queue("in force", Protection, UnthreatenedFilter, "none", sorted_by="end_in_words"),
        ),
        lines=lines.unthreatened,
        about=(Official, Protection, Threat),
    ),
)

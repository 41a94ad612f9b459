"""Who is protected on a day, as a list that is counted and cut into pages by the database."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cached_property
from typing import Any

from django.db import models

from roster.dashboards.coverage import OfficialCoverage, coverage_as_of, coverage_on
from roster.models import Official, Protection
from roster.periods import Certainty


class ProtectedOn:
    """Every official on `day`, the surest first, then by name and ref; a few queries a page."""

    def __init__(self, day: date) -> None:
        self.day = day

    @cached_property
    def counts(self) -> dict[Certainty, int]:
        """How many officials are protected this surely."""
        surely = _officials(self._surely).count()
        perhaps = _officials(self._perhaps.exclude(official__in=_officials(self._surely))).count()
        return {
            Certainty.DEFINITELY: surely,
            Certainty.POSSIBLY: perhaps,
            Certainty.NO: Official.objects.count() - surely - perhaps,
        }

    def count(self) -> int:
        """How many officials there are."""
        return sum(self.counts.values())

    def __getitem__(self, cut: slice) -> list[OfficialCoverage]:
        keys: list[int] = []
        before = 0
        for certainty, count in self.counts.items():
            start, stop = max(cut.start - before, 0), min(cut.stop - before, count)
            if start < stop:
                keys += self._keys(certainty, start, stop)
            before += count
        of_page = coverage_on(self.day, Official.objects.filter(pk__in=keys))
        found = {one.key: one for one in of_page}
        return [found[key] for key in keys if key in found]

    def _keys(self, certainty: Certainty, start: int, stop: int) -> list[int]:
        """Of the officials who are protected this surely; read from the nearer end."""
        count = self.counts[certainty]
        rows = self._group(certainty).order_by("name", "ref").values_list("pk", flat=True)
        if start <= count - stop:
            return list(rows[start:stop])
        return list(rows.reverse()[count - stop : count - start])[::-1]

    def _group(self, certainty: Certainty) -> models.QuerySet[Official]:
        match certainty:
            case Certainty.DEFINITELY:
                return Official.objects.filter(pk__in=_officials(self._surely))
            case Certainty.POSSIBLY:
                perhaps = Official.objects.filter(pk__in=_officials(self._perhaps))
                return perhaps.exclude(pk__in=_officials(self._surely))
            case Certainty.NO:
                others = Official.objects.exclude(pk__in=_officials(self._surely))
                return others.exclude(pk__in=_officials(self._perhaps))

    @property
    def _surely(self) -> models.QuerySet[Any]:
        return Protection.objects.in_force_on(self.day, Certainty.DEFINITELY)

    @property
    def _perhaps(self) -> models.QuerySet[Any]:
        return Protection.objects.in_force_on(self.day, Certainty.POSSIBLY)


class ProtectedThen:
    """The same as it was known at a position of the ledger; of the past all are read at once."""

    def __init__(self, day: date, position: int | None) -> None:
        surest_first = list(Certainty)
        self._officials = sorted(
            coverage_as_of(position, day),
            key=lambda one: (surest_first.index(one.in_force), one.name, one.ref),
        )

    @property
    def counts(self) -> dict[Certainty, int]:
        counted = Counter(one.in_force for one in self._officials)
        return {certainty: counted[certainty] for certainty in Certainty}

    def count(self) -> int:
        return len(self._officials)

    def __getitem__(self, cut: slice) -> list[OfficialCoverage]:
        return self._officials[cut]


def _officials(protections: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Those who are protected, each once."""
    return protections.order_by().values("official_id").distinct()

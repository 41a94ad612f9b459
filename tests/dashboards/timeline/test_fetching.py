"""What a timeline is told of officials, and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.dashboards.timeline import SHOWN, Cited, Kind, entries_of, timeline_of
from roster.models import Citation, Protection, ThreatSource
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    ThreatFactory,
)

pytestmark = pytest.mark.django_db


def cite(kind, record, field, source, number, *, stance="supports"):
    about = {"source__ref": source, "source__title": "A notice", "source__published": "2024-07-18"}
    paragraph = ParagraphFactory(number=number, **about)
    return CitationFactory(
        official=None, field=field, paragraph=paragraph, stance=stance, **{kind: record}
    )


def test_entries_are_told_kind_by_kind_with_extensions_below_their_protection():
    ann = OfficialFactory()
    late = ProtectionFactory(official=ann, start="2024", level="event", provider="City police")
    early = ProtectionFactory(official=ann, start="2020", level="round_the_clock")
    ExtensionFactory(protection=early, number=None)
    ExtensionFactory(protection=early, number=8)
    ThreatFactory(official=ann, kind="plot", status="foiled", threat_source__name="Ruritania")
    RoleFactory(official=ann, title="Envoy", organization="")
    cite("protection", late, "end", "notice", 3)
    found = [(one.kind, one.name, one.extensions) for one in timeline_of(ann)]
    assert found == [
        (Kind.PROTECTION, "Round the clock", 8),
        (Kind.EXTENSION, "Extension 8", 0),
        (Kind.EXTENSION, "Extension", 0),
        (Kind.PROTECTION, "At events, City police", 0),
        (Kind.THREAT, "Plot, foiled: Ruritania", 0),
        (Kind.ROLE, "Envoy", 0),
        (Kind.EVIDENCE, "A notice", 0),
    ]


def test_an_official_has_only_what_is_theirs():
    ann, bo = OfficialFactory(), OfficialFactory()
    RoleFactory(official=ann)
    cite("role", RoleFactory(official=bo), "title", "notice", 1)
    found = entries_of([ann.pk, bo.pk])
    assert [one.kind for one in found[ann.pk]] == [Kind.ROLE]
    assert [one.kind for one in found[bo.pk]] == [Kind.ROLE, Kind.EVIDENCE]


def test_the_citation_that_says_most_of_the_dates_is_named_and_the_others_counted():
    protection = ProtectionFactory()
    cite("protection", protection, "level", "a", 1)
    cite("protection", protection, "start", "b", 2)
    last = cite("protection", protection, "end", "c", 3)
    cite("protection", protection, "end", "a-denial", 4, stance="disputes")
    shown, *sources = timeline_of(protection.official)
    assert shown.cited == Cited("c", 3, last.paragraph.source_id, 3)
    assert [(one.ref, one.period.start.text) for one in sources] == [
        (ref, "2024-07-18") for ref in ("a", "b", "c")
    ]


def test_what_only_a_denial_speaks_of_has_no_evidence():
    protection = ProtectionFactory()
    cite("protection", protection, "end", "a-denial", 4, stance="disputes")
    (shown,) = timeline_of(protection.official)
    assert shown.cited is None


@pytest.mark.parametrize(
    ("hidden", "kinds"),
    [
        (Protection, [Kind.ROLE, Kind.EVIDENCE]),
        (Citation, [Kind.PROTECTION, Kind.EXTENSION, Kind.ROLE]),
    ],
)
def test_what_is_not_seen_is_not_told(hidden, kinds):
    extension = ExtensionFactory()
    ann = extension.protection.official
    cite("role", RoleFactory(official=ann), "title", "notice", 1)
    cite("extension", extension, "start", "hidden-notice", 1)
    seen = [model for model in SHOWN if model is not hidden]
    entries = timeline_of(ann, seen)
    assert [one.kind for one in entries] == kinds
    assert "hidden-notice" not in [one.ref for one in entries]


def test_a_threat_source_that_is_not_seen_is_not_named():
    threat = ThreatFactory(kind="plot", status="foiled")
    (shown,) = timeline_of(threat.official, [one for one in SHOWN if one is not ThreatSource])
    assert shown.name == "Plot, foiled"


def test_it_costs_five_queries_for_one_official_and_for_twenty():
    keys = []
    for _ in range(20):
        extension = ExtensionFactory()
        ann = extension.protection.official
        cite("threat", ThreatFactory(official=ann), "kind", f"notice-{ann.pk}", 1)
        cite("role", RoleFactory(official=ann), "title", f"other-{ann.pk}", 1)
        keys.append(ann.pk)
    for asked in (keys[:1], keys):
        with CaptureQueriesContext(connection) as queries:
            found = entries_of(asked)
        assert (len(queries), len(found)) == (5, len(asked))

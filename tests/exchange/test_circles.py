"""Rows below one another: an import closes no circle, over whichever rows it would go."""

from __future__ import annotations

import pytest

from roster.exchange.runs import import_csv
from roster.models import ThreatSource
from tests.factories import ThreatSourceFactory

pytestmark = pytest.mark.django_db


def imported(text: str):
    return import_csv("threat_sources", text.encode(), reason="A test.")


def test_a_circle_over_rows_that_are_here_is_refused_and_named():
    top = ThreatSourceFactory(ref="top")
    ThreatSourceFactory(ref="low", parent=ThreatSourceFactory(ref="middle", parent=top))

    report = imported("ref,parent\ntop,low\n")

    (error,) = report.errors
    assert (error.line, error.column) == (2, "parent")
    assert "top → low → middle → top" in error.message
    assert ThreatSource.objects.get(ref="top").parent is None


def test_a_circle_over_a_new_row_is_refused():
    ThreatSourceFactory(ref="old")
    report = imported("ref,name,kind,parent\nold,Old,state,new\nnew,New,state,old\n")
    assert {error.column for error in report.errors} == {"parent"}
    assert not ThreatSource.objects.filter(ref="new").exists()


def test_two_rows_that_change_places_close_no_circle():
    top = ThreatSourceFactory(ref="top")
    ThreatSourceFactory(ref="low", parent=top)

    report = imported("ref,parent\ntop,low\nlow,\n")

    assert not report.errors
    assert ThreatSource.objects.get(ref="top").parent.ref == "low"

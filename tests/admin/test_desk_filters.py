"""The filters that the desk leads to, in their lists: what each choice keeps."""

from __future__ import annotations

import pytest
import time_machine
from django.contrib.auth.models import Permission

from roster.admin.display import page_url
from roster.models import ImportRun, Official, Protection, Threat
from tests.admin.desks import NINE, under_way
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ProtectionFactory,
    ThreatFactory,
    UserFactory,
)


@pytest.fixture(autouse=True)
def nine_in_the_morning(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path
    with time_machine.travel(NINE, tick=False):
        yield


@pytest.fixture
def listed(signed_in):
    """The rows of a list with these parameters."""

    def rows(model, **parameters):
        response = signed_in.get(page_url(model, "changelist"), parameters)
        assert response.status_code == 200, response["Location"]
        return {getattr(row, "ref", row.pk) for row in response.context["cl"].result_list}

    return rows


@pytest.mark.parametrize(
    ("choice", "expected"), [("definitely", {"broken"}), ("possibly", {"maybe"}), ("no", {"whole"})]
)
def test_officials_by_gaps_ahead(listed, choice, expected):
    for ref, end in (("broken", "2024-03-01"), ("maybe", "2024-03"), ("whole", "2024-03-31")):
        official = OfficialFactory(ref=ref)
        ProtectionFactory(official=official, start="2020", end=end)
        start = "2024-03-09" if ref == "broken" else "2024-04-01"
        ProtectionFactory(official=official, start=start, end="..")
    assert listed(Official, gap=choice) == expected


def test_protections_whose_extensions_are_over(listed):
    for ref, end in (("over", "2024-02-28"), ("not-yet", "2024-02-29")):
        ExtensionFactory(protection=ProtectionFactory(ref=ref, end=".."), end=end)
    assert listed(Protection, extensions="over") == {"over"}


def test_protections_in_force_that_no_live_threat_stands_behind(listed):
    ThreatFactory(official=ProtectionFactory(ref="threatened").official)
    ProtectionFactory(ref="safe")
    assert listed(Protection, live_threat="none") == {"safe"}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("yes", {"bare", "unsure", "sure"}),
        ("unprotected", {"bare"}),
        ("unsure", {"unsure"}),
        ("no", {"foiled"}),
    ],
)
def test_threats_by_whether_they_live_and_the_official_is_protected(listed, choice, expected):
    ThreatFactory(ref="bare")
    ThreatFactory(ref="unsure", official=ProtectionFactory(start="2020").official)
    ThreatFactory(ref="sure", official=ProtectionFactory(start="2020", end="..").official)
    ThreatFactory(ref="foiled", status="foiled")
    assert listed(Threat, live=choice) == expected


def test_import_runs_by_progress(listed, analyst, monkeypatch):
    monkeypatch.setattr("roster.admin.imports.run_pages.note_lost", lambda: None)
    run = under_way(analyst)
    assert listed(ImportRun, under_way="yes") == {run.pk}
    assert listed(ImportRun, under_way="no") == set()


def test_protections_that_end_within_a_week(listed):
    for ref, end in (("in", "2024-03-07"), ("out", "2024-03-08")):
        ProtectionFactory(ref=ref, start="2020", end=end)
    assert listed(Protection, ending="definitely-7") == {"in"}


@pytest.mark.parametrize(
    ("model", "parameter", "lacking"),
    [
        (Official, "gap", "protection"),
        (Protection, "extensions", "protectionextension"),
        (Protection, "live_threat", "threat"),
        (Threat, "live", "protection"),
    ],
)
def test_a_filter_is_hidden_from_who_may_not_view_what_it_tells_of(
    client, db, model, parameter, lacking
):
    may = Permission.objects.filter(codename__startswith="view_", content_type__app_label="roster")
    user = UserFactory(is_staff=True)
    client.force_login(user)

    def offered():
        listing = client.get(page_url(model, "changelist")).context["cl"]
        return {getattr(spec, "parameter_name", "") for spec in listing.filter_specs}

    user.user_permissions.set(may)
    assert parameter in offered()
    user.user_permissions.set(may.exclude(codename=f"view_{lacking}"))
    assert parameter not in offered()

"""Times are shown in the zone that the viewer's browser names; their order is the ledger's."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template import Context, Template
from django.utils import timezone

from roster.access.zones import COOKIE, in_the_viewers_zone
from roster.admin.lists import moment
from roster.history.changesets import changeset
from roster.models import Changeset
from tests.factories import OfficialFactory, SuperuserFactory

SUMMER = "2024-07-18T22:30Z"
WINTER = "2024-12-31T23:30Z"
PAGES = (
    "/",
    "/feed/",
    "/roster/changeset/",
    "/roster/changeset/{changeset}/change/",
    "/roster/official/",
    "/roster/official/{official}/history/",
    "/review/",
    "/review/{changeset}/",
)


@pytest.fixture
def viewer(client, db):
    """Signs in and reads with a browser of the zone."""

    def in_zone(zone=None):
        client.force_login(SuperuserFactory())
        if zone is not None:
            client.cookies[COOKIE] = zone
        return client

    return in_zone


def zone_of(rf, name):
    """The zone that is active in a view."""
    request = rf.get("/")
    request.COOKIES[COOKIE] = name
    view = in_the_viewers_zone(lambda _: HttpResponse(timezone.get_current_timezone_name()))
    return view(request).content.decode()


@pytest.mark.parametrize("name", ["Europe/Zurich", "America/St_Johns", "Asia/Kathmandu", "UTC"])
def test_zone_of_the_cookie_is_active(rf, name):
    assert zone_of(rf, name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Nowhere/Town",
        "europe/zurich",
        "../../etc/passwd",
        "/etc/passwd",
        "Europe/Zurich; Path=/",
        "Europe/Zurich\0",
        "<script>",
        "x" * 5_000,
    ],
)
def test_anything_that_is_no_zone_is_utc(rf, name):
    assert zone_of(rf, name) == "UTC"


def test_zone_ends_with_the_request(rf):
    zone_of(rf, "Asia/Tokyo")
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE == "UTC"


@pytest.mark.parametrize(
    ("when", "zone", "said"),
    [
        (SUMMER, "UTC", "2024-07-18 22:30 UTC"),
        (SUMMER, "Europe/Zurich", "2024-07-19 00:30 CEST"),
        (WINTER, "Europe/Zurich", "2025-01-01 00:30 CET"),
        (WINTER, "America/New_York", "2024-12-31 18:30 EST"),
        (WINTER, "Asia/Kathmandu", "2025-01-01 05:15 +0545"),
    ],
)
def test_time_is_said_with_its_zone(when, zone, said):
    with timezone.override(ZoneInfo(zone)):
        told = datetime.fromisoformat(when)
        assert moment(told) == said
        assert Template('{{ when|date:"Y-m-d H:i T" }}').render(Context({"when": told})) == said


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue"])  # days are far apart
@pytest.mark.parametrize("page", PAGES)
def test_times_are_shown_in_the_viewers_zone(viewer, zone, page):
    with changeset(reason="Written.", kind="import"):
        official = OfficialFactory()
    closed = Changeset.objects.newest_first()[0]
    client = viewer(zone)
    address = page.format(official=official.pk, changeset=closed.pk)
    said = timezone.localtime(closed.closed_at, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    text = client.get(address).content.decode()
    assert said in text
    assert " UTC" not in text


@time_machine.travel(WINTER, tick=False)
@pytest.mark.parametrize(("zone", "today"), [("UTC", "2024-12-31"), ("Asia/Tokyo", "2025-01-01")])
def test_today_is_the_viewers(viewer, zone, today):
    form = viewer(zone).get("/protected/").context["form"]
    assert form["on"].value() == today


def test_order_is_that_of_the_ledger_in_every_zone(viewer):
    for _ in range(3):
        with changeset(reason="Written.", kind="edit"):
            OfficialFactory()
    orders = {
        zone: [entry.changeset.position for entry in viewer(zone).get("/feed/").context["entries"]]
        for zone in ("UTC", "Pacific/Kiritimati")
    }
    assert orders["UTC"] == orders["Pacific/Kiritimati"] == sorted(orders["UTC"], reverse=True)


def test_what_is_stored_is_utc_in_every_zone(viewer):
    url = "/roster/official/add/"
    client = viewer("Asia/Tokyo")
    with time_machine.travel(WINTER, tick=False):
        client.post(url, {"name": "Ada Example", "change_reason": "New."})
    assert Changeset.objects.newest_first()[0].closed_at.tzname() == "UTC"


def test_script_that_names_the_zone_is_on_every_page(viewer):
    assert finders.find("roster/zone.js")
    assert "roster/zone.js" in viewer().get("/").content.decode()

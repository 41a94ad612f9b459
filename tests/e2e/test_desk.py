"""The desk in a browser: numbers lead to their lists, by keys too, in every width and colour."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from roster.history.changesets import changeset
from tests.e2e.pages import WINDOWS, faults, window_for_axe
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ProtectionFactory,
    SuperuserFactory,
    ThreatFactory,
    UserFactory,
)

LONG = "Aurelia-Bernardina von und zu Hinterobermeyerskirchen-Langenscheidtsdottir"


@pytest.fixture
def session(live_server, client):
    """The cookie of a superuser on a roster in which every section has something."""
    today = timezone.localdate()
    with changeset(reason="Notices of the morning.", user=UserFactory()):
        for name in ("Ann Roe", LONG):
            official = OfficialFactory(name=name)
            soon, later = today + timedelta(days=3), today + timedelta(days=20)
            ProtectionFactory(official=official, start="2020", end=soon.isoformat())
            ProtectionFactory(official=official, start=later.isoformat(), end="..")
            unsure = ProtectionFactory(start="2020", end="")
            ExtensionFactory(protection=unsure, end="2023")
            ThreatFactory(official=OfficialFactory(name=f"Bo {name}"))
    with changeset(reason="Account.", kind="command"):
        user = SuperuserFactory(username="ann")
    with changeset(reason="Mine.", user=user):
        OfficialFactory()
    client.force_login(user)
    value = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": value, "url": live_server.url}


@pytest.fixture
def desk(page, session):
    page.context.add_cookies([session])
    page.goto("/")
    return page


def section(page, name):
    return page.get_by_role("region", name=name)


@pytest.mark.parametrize(
    ("title", "label", "heading"),
    [
        ("Covered today", "Definitely", "officials"),
        ("Running out", "Definitely, 7 days", "protections"),
        ("Gaps", "Definitely", "officials"),
        ("Gaps", "Lapsed", "protections"),
        ("Threats without protection", "Not protected", "threats"),
        ("Protections without a live threat", "In force", "protections"),
    ],
)
def test_a_number_leads_to_as_many_rows(desk, title, label, heading):
    link = section(desk, title).get_by_role("link", name=f" {label} (")
    expect(link).to_have_count(1)
    count = int(link.locator(".desk-count").inner_text())
    assert count > 1
    link.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(heading[:-1])
    expect(desk.locator("#result_list tbody tr")).to_have_count(count)


def test_it_is_walked_by_keys_from_the_first_number_to_its_list(desk):
    first = section(desk, "Covered today").get_by_role("link").first
    for _ in range(30):
        if first.evaluate("link => link === document.activeElement"):
            break
        desk.keyboard.press("Tab")
    expect(first).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"/roster/official/\?protected=definitely$"))


def test_a_line_leads_to_what_it_is_about(desk):
    section(desk, "Running out").get_by_role("link", name="Ann Roe").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("protection")


def test_no_width_is_too_narrow_and_axe_finds_nothing(browser, live_server, session):
    page = window_for_axe(browser, live_server, session).new_page()
    page.goto("/")
    windows = (*WINDOWS, ("light", 768), ("dark", 1280), ("light", 1920))
    assert not faults(page, windows)
    page.context.close()

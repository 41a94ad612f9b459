"""The browser tells its zone by a cookie, and pages show their times in it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from roster.history.changesets import changeset
from tests.factories import SuperuserFactory


@pytest.fixture
def abroad(browser, live_server, client):
    """A page of a browser whose clock stands in Tokyo, signed in."""
    with changeset(reason="Account.", kind="command"):
        client.force_login(SuperuserFactory())
    session = client.cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, timezone_id="Asia/Tokyo")
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    yield context.new_page()
    context.close()


def test_times_are_shown_in_the_zone_of_the_browser_from_its_second_page_on(abroad):
    abroad.goto("/feed/")
    expect(abroad.locator(".when").first).to_contain_text("UTC")
    abroad.goto("/feed/")
    expect(abroad.locator(".when").first).to_contain_text("JST")


def test_cookie_of_the_zone_stays_on_this_site(abroad, live_server):
    abroad.goto("/feed/")
    (cookie,) = (one for one in abroad.context.cookies() if one["name"] == "roster_zone")
    assert (cookie["value"], cookie["sameSite"], cookie["secure"]) == (
        "Asia/Tokyo",
        "Lax",
        False,
    )
    assert cookie["domain"] == urlsplit(live_server.url).hostname

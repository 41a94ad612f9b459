"""Every page that a link leads to meets WCAG 2.2 AA, as far as axe can tell."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from roster.exchange.bundle import import_bundle
from roster.history.changesets import changeset
from tests.e2e.crawling import LINKS, crawl
from tests.e2e.pages import faults, follow, window_for_axe
from tests.exchange.conftest import SEED
from tests.factories import SuperuserFactory

PREVIEWED = (
    "ref,name\nmike-pompeo,Pompeo\nmark-milley,Mark Milley\nnew,Mark Miley\n",
    "ref,name\nmike-pompeo,\nUP,x\nshort\n",
    "ref,summary,_version\nmike-pompeo,Of another time.,1\ngone,Who was here.,1\n",
)
"""Files whose previews have lists of every kind."""


@pytest.fixture
def superuser(live_server, client):
    """The session cookie of a superuser of the seeded roster."""
    import_bundle(SEED, reason="Seed.", kind="seed")
    with changeset(reason="Account.", kind="command"):
        client.force_login(SuperuserFactory())
    session = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": session, "url": live_server.url}


@pytest.mark.first
def test_no_page_violates_wcag(browser, live_server, superuser):
    context = window_for_axe(browser, live_server, superuser)
    page, found = context.new_page(), {}

    def visit(page):
        if here := faults(page):
            found[urlsplit(page.url).path] = here

    crawl(page, f"{live_server.url}/", visit)
    for rows in PREVIEWED:
        file = {"name": "a.csv", "mimeType": "text/csv", "buffer": rows.encode()}
        page.goto(f"{live_server.url}/roster/official/import/")
        page.set_input_files("input[type=file]", file)
        follow(page.locator("#content [type=submit]").first)
        expect(page.get_by_role("heading", name="Import officials: preview")).to_be_visible()
        for address in page.locator(".lists a[href]").evaluate_all(LINKS):
            page.goto(address)
            page.locator("summary").filter(has_text="Read as").click()
            visit(page)
    context.close()

    assert not found

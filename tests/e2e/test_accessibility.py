"""Every page that a link leads to meets WCAG 2.2 AA, as far as axe can tell."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from roster.exchange.bundle import import_bundle
from roster.history.changesets import changeset
from tests.e2e.crawling import LINKS, crawl
from tests.e2e.pages import follow
from tests.exchange.conftest import SEED
from tests.factories import SuperuserFactory

PREVIEWED = (
    "ref,name\nmike-pompeo,Pompeo\nmark-milley,Mark Milley\nnew,Mark Miley\n",
    "ref,name\nmike-pompeo,\nUP,x\nshort\n",
    "ref,summary,_version\nmike-pompeo,Of another time.,1\ngone,Who was here.,1\n",
)
"""Files whose previews have lists of every kind."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def superuser(live_server, client):
    """The session cookie of a superuser of the seeded roster."""
    import_bundle(SEED, reason="Seed.", kind="seed")
    with changeset(reason="Account.", kind="command"):
        client.force_login(SuperuserFactory())
    session = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": session, "url": live_server.url}


@pytest.mark.first
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_no_page_violates_wcag(browser, live_server, superuser, scheme, width):
    context = browser.new_context(
        bypass_csp=True,  # axe brings its own script
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    context.add_cookies([superuser])
    found = {}

    def visit(page):
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        for violation in result.response["violations"]:
            nodes = [node["html"][:150] for node in violation["nodes"][:2]]
            found.setdefault(violation["id"], {})[urlsplit(page.url).path] = nodes

    page = context.new_page()
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

    assert not found, json.dumps(found, indent=1)

"""Pages that no link leads to, with the longest words: none violates WCAG or is cut off.

They come of a form that is sent wrongly, of a search, of a deletion; and of an empty roster.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from roster.admin.display import page_url, reader_url, row_url
from roster.history.changesets import changeset
from roster.models import Official, Paragraph, Protection, Source
from tests.e2e.pages import WINDOWS, faults, follow, window_for_axe
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    SuperuserFactory,
)

LONG = "Harbourmaster" * 15
RIGHT_TO_LEFT = "حارس الميناء القديم " * 9


@pytest.fixture
def session(live_server, client, settings, tmp_path):
    """The cookie of a superuser of a roster whose values are as long as they may be."""
    settings.ROSTER_HOME = tmp_path
    with changeset(reason="Account.", kind="command"):
        user = SuperuserFactory()
        client.force_login(user)
    with changeset(user=user, reason=f"The longest. {LONG} " * 4):
        official = OfficialFactory(
            ref="h" * 100,
            name=LONG,
            honorific=LONG,
            aliases=[f"Harbour master {number}" for number in range(60)],
            summary="She keeps the harbour. " * 150,
        )
        OfficialFactory(ref="rtl", name=RIGHT_TO_LEFT)
        RoleFactory(official=official, title=LONG, organization=LONG)
        protection = ProtectionFactory(ref="p" * 100, official=official, provider=LONG)
        ExtensionFactory(protection=protection, number=5, granted_by=LONG)
        source = SourceFactory(ref="s" * 100, title=LONG, url=f"https://example.org/{LONG}")
        paragraph = ParagraphFactory(source=source, number=1, summary=LONG, text=f"{LONG} went.")
        CitationFactory(
            official=official, paragraph=paragraph, quote=LONG, value="Other", note=LONG
        )
        SourceFactory(ref="bare", title="Bare")
    with changeset(user=user, reason="Entered twice."):
        OfficialFactory(ref="twice", name=LONG).delete()
    value = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": value, "url": live_server.url}


class Looks:
    """A page, and what was found wrong on any of those that it looked at."""

    def __init__(self, page):
        self.page, self.found = page, {}

    def at(self, address):
        self.open(address)
        self.now(address)

    def fits(self, address):
        """Only whether the page is as wide as its windows: the crawl sees to the rest."""
        self.open(address)
        for _, width in WINDOWS:
            self.page.set_viewport_size({"width": width, "height": 800})
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                self.found[address] = f"wider than {width}"

    def open(self, address):
        assert self.page.goto(address).ok, address

    def now(self, place):
        if here := faults(self.page):
            self.found[place] = here

    def after(self, button, place):
        """What comes of pressing a button of the form that is shown."""
        follow(self.page.get_by_role("button", name=button, exact=True).first)
        self.now(place)


@pytest.fixture
def looks(browser, live_server):
    """Looks at pages; at the end nothing may have been found."""
    context = window_for_axe(browser, live_server)
    looks = Looks(context.new_page())
    yield looks
    context.close()
    assert not looks.found


def test_what_is_sent_wrongly_and_what_is_long(looks, session):
    page = looks.page
    looks.at("/login/")
    page.context.add_cookies([session])
    official, source = Official.objects.get(ref="h" * 100), Source.objects.get(ref="s" * 100)
    protection = Protection.objects.get()

    for address in (
        *(page_url(model, "changelist") for model in (Official, Protection, Paragraph)),
        row_url(protection),
        row_url(source),
        reader_url(source),
        f"{row_url(official)}../history/",
        f"{row_url(official)}../past/",
        "/feed/",
        "/review/",
        "/evidence/stale/",
        "/evidence/unsourced/",
    ):
        looks.fits(address)
    for address in (
        row_url(official),
        f"{row_url(official)}../compare/?from=%231&to=",
        "/find/?q=harbourmaster",
        "/find/?q=nobody+at+all",
        "/deleted/",
    ):
        looks.at(address)
    follow(page.get_by_role("link", name="Bring it back").first)
    looks.now("bring back")

    page.goto(page_url(Official, "add"))
    looks.after("Save", "a new official without a name")
    page.goto(f"{row_url(official)}../delete/")
    looks.now("deletion refused")
    page.goto(f"{row_url(protection)}../delete/")
    looks.now("deletion")
    page.goto(page_url(Official, "changelist"))
    page.locator("input.action-select").last.check()
    page.get_by_label("Action:").select_option("delete_selected")
    looks.after("Go", "deletion of what is ticked")
    page.goto("/trust/")
    looks.after("Verify", "outcome of verifying")
    page.goto(reader_url(source))
    page.locator("#p1").get_by_role("link", name="Cite").click()
    expect(page.get_by_role("form", name="Cite paragraph 1")).to_be_visible()
    looks.after("Cite", "citing without a record")
    page.goto("/roster/official/import/")
    looks.after("Preview", "import without a file")
    page.goto(f"/roster/source/{Source.objects.get(ref='bare').pk}/text/")
    looks.after("Preview", "text that is not given")


def test_pages_of_an_empty_roster(looks, live_server, client):
    with changeset(reason="Account.", kind="command"):
        client.force_login(SuperuserFactory())
    value = client.cookies["sessionid"].value
    cookie = {"name": "sessionid", "value": value, "url": live_server.url}
    looks.page.context.add_cookies([cookie])
    for address in (
        page_url(Official, "changelist"),
        "/roster/importrun/",
        "/roster/importmapping/",
        "/roster/official/?q=nobody",
        "/protected/",
        "/evidence/stale/",
        "/deleted/",
        "/find/",
    ):
        looks.at(address)


def test_filters_of_a_narrow_list_are_a_link_away(page, session):
    page.context.add_cookies([session])
    page.goto(page_url(Official, "changelist"))
    link = page.get_by_role("link", name="Filters, below the list")
    expect(link).to_be_hidden()
    page.set_viewport_size({"width": 360, "height": 800})
    link.press("Enter")
    expect(page.locator("#changelist-filter")).to_be_in_viewport()

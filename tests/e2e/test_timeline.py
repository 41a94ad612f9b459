"""Timelines in a browser: reached by keys, zoomed by links, in narrow windows and on paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import Official
from tests.e2e.pages import faults
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ProtectionFactory,
    RoleFactory,
    SuperuserFactory,
    ThreatFactory,
)

LONG = "Envoy for the northern border and everything beyond it, including the islands and the sea"
PAGES_OF_PDF = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture
def ann(live_server, client):
    """An official with bars of each kind, among officials for two pages of the roster."""
    today = timezone.localdate()
    ends = (today + timedelta(days=90)).isoformat()
    with changeset(reason="Prepared.", kind="command"):
        ann = OfficialFactory(ref="ann-roe", name="Ann Roe")
        protection = ProtectionFactory(official=ann, start="2020", end=ends, provider="City police")
        for number in range(1, 6):
            ExtensionFactory(protection=protection, number=number, start=f"202{number}", end=ends)
        for field in ("start", "end"):
            CitationFactory(official=None, protection=protection, field=field)
        ThreatFactory(official=ann, start="../2021")
        RoleFactory(official=ann, title=LONG, start="2018", end="..")
        for number in range(30):
            official = OfficialFactory(ref=f"official-{number:02}", name=f"{LONG} {number}")
            ProtectionFactory(official=official, start="2019-03", end="")
    return ann


@pytest.fixture
def opened(browser, live_server, client, ann):
    """Opens pages signed in, with a window of this width and these colours."""
    with changeset(reason="Account.", kind="command"):
        client.force_login(SuperuserFactory())
    session = client.cookies["sessionid"].value
    contexts = []

    def open_page(address, *, width=1280, scheme="light"):
        context = browser.new_context(
            base_url=live_server.url,
            bypass_csp=True,  # axe brings its own script
            color_scheme=scheme,
            viewport={"width": width, "height": 800},
        )
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def timeline_url(official):
    return page_url(Official, "timeline", official.pk)


def picture(page):
    return page.get_by_role("region", name="Picture of the timeline")


def test_a_bar_is_reached_by_keys_and_opens_its_record(opened, ann):
    page = opened(timeline_url(ann))
    picture(page).focus()
    page.keyboard.press("Tab")
    bar = page.get_by_role("link", name="Protection: Part time, City police. Start: 2020.")
    expect(bar).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Change protection")).to_be_visible()


def test_keys_lead_past_the_picture_to_the_table_and_the_citation(opened, ann):
    page = opened(timeline_url(ann))
    past = page.get_by_role("link", name="To the table of the same")
    past.focus()
    expect(past).to_be_in_viewport()
    page.keyboard.press("Enter")
    table = page.get_by_role("table", name="Entries of the timeline")
    expect(table).to_be_in_viewport()
    table.get_by_role("link", name="¶").first.click()
    expect(page).to_have_url(re.compile(r"/read/.*#p\d+$"))


def test_windows_are_zoomed_and_moved_by_links(opened, ann):
    page = opened(timeline_url(ann))
    windows = page.get_by_role("navigation", name="Window of the timeline")
    windows.get_by_role("link", name="Quarters").click()
    before = windows.locator(".window-shown").inner_text()
    expect(page.locator(".today-label")).to_have_text("Today")
    for _ in range(3):
        windows.get_by_role("link", name="Earlier").click()
    expect(windows.locator(".window-shown")).not_to_have_text(before)
    expect(page.locator(".today-label")).to_have_count(0)
    windows.get_by_role("link", name="Today").click()
    expect(windows.locator(".window-shown")).to_have_text(before)


def test_roster_pages_on_and_leads_to_an_official_s_own_timeline(opened, ann):
    page = opened("/timeline/")
    page.get_by_role("link", name="After").click()
    expect(picture(page).get_by_role("link", name=f"{LONG} 29", exact=True)).to_be_visible()
    page.get_by_role("link", name="First").click()
    picture(page).get_by_role("link", name="Ann Roe").click()
    expect(page.get_by_role("heading", name="Timeline: Ann Roe (ann-roe)")).to_be_visible()


def test_pages_fit_the_window_and_violate_nothing(opened, ann):
    for address in (timeline_url(ann), "/timeline/", page_url(Official, "change", ann.pk)):
        page = opened(address)
        for folded in page.locator("details.timeline-table:not([open]) > summary").all():
            folded.click()
        assert not faults(page), address


def test_narrow_window_shows_what_a_picture_shows_as_cards(opened, ann):
    page = opened(timeline_url(ann), width=360)
    row = page.get_by_role("row").filter(has_text="City police")
    box = row.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


@pytest.mark.parametrize("which", ["roster", "official"])
def test_it_prints_on_one_page_without_navigation(opened, ann, which):
    page = opened("/timeline/" if which == "roster" else timeline_url(ann), scheme="dark")
    for unfolded in page.locator("details.timeline-table[open] > summary").all():
        unfolded.click()
    page.emulate_media(media="print")
    for hidden in ("#header", "#nav-sidebar", ".breadcrumbs"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.get_by_role("link", name="Quarters")).to_be_hidden()
    expect(picture(page)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert printed_pages(page) == 1


def test_an_unfolded_table_is_printed_after_the_picture(opened, ann):
    assert printed_pages(opened(timeline_url(ann))) == 2


def printed_pages(page):
    return len(PAGES_OF_PDF.findall(page.pdf(prefer_css_page_size=True)))

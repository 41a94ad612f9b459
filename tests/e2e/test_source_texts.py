"""Texts of sources in a browser: attached, and revised, by keyboard and within WCAG."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from roster.history.changesets import changeset
from roster.models import Citation, Paragraph, Source
from tests.e2e.pages import faults, send, window_for_axe
from tests.factories import CitationFactory, OfficialFactory, SuperuserFactory
from tests.provenance.texts import NOTICE, as_text, fingerprinted

CHANGED = NOTICE[2].replace("spring fair", "autumn fair")
NEAR = "stay until the spring fair, the council decided by nine votes"


@pytest.fixture
def source(live_server, client, settings, tmp_path):
    """A notice whose third paragraph a fact rests on, and the client of a superuser."""
    settings.ROSTER_HOME = tmp_path
    with changeset(reason="Prepared.", kind="command"):
        client.force_login(SuperuserFactory())
        source = fingerprinted(with_text=True)
        third = Paragraph.objects.get(number=3)
        CitationFactory(paragraph=third, official=OfficialFactory(ref="odile-farrow"), quote=NEAR)
    return source


@pytest.fixture
def page(browser, live_server, client, source):
    """A page of that user; it must not be wider than the window, nor violate WCAG."""
    session = client.cookies["sessionid"].value
    cookie = {"name": "sessionid", "value": session, "url": live_server.url}
    context = window_for_axe(browser, live_server, cookie)
    yield context.new_page()
    context.close()


def preview(page, address, text):
    """Paste a text by keyboard and look at its preview."""
    page.goto(address)
    page.get_by_label("Or paste the text").fill(text)
    page.keyboard.press("Tab")
    send(page)
    expect(page.get_by_label("Why?")).to_be_visible()
    assert not faults(page)


def confirm(page):
    page.get_by_label("Why?").fill("Own copy")
    send(page)


def test_a_text_that_differs_is_taken_by_its_tick(page, source):
    text = as_text((*NOTICE[:2], CHANGED, *NOTICE[3:]))
    preview(page, f"/roster/source/{source.pk}/text/", text)
    expect(page.get_by_role("heading", name="Paragraph 3 differs")).to_be_visible()
    page.get_by_label("Take this text as paragraph 3").check()
    confirm(page)
    expect(page.get_by_text("1 paragraph stored")).to_be_visible()
    assert Paragraph.objects.get(number=3).text == CHANGED


def test_a_new_version_takes_over_what_stays_ticked(page, source):
    text = as_text((*NOTICE[:2], CHANGED, NOTICE[4]))
    preview(page, f"/roster/source/{source.pk}/revise/", text)
    expect(page.get_by_label("Move it: Name of official:odile-farrow")).to_be_checked()
    confirm(page)
    expect(page.get_by_text("1 citation moved to this version")).to_be_visible()
    new = Source.objects.get(supersedes=source)
    assert Citation.objects.get().paragraph.source == new

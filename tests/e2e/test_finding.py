"""Finding by keys in a browser: the field, the overview, the rows of a list, and switching off."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from roster.history.changesets import changeset
from roster.models import Official
from tests.e2e.pages import faults, follow, send, window_for_axe
from tests.factories import OfficialFactory, ProtectionFactory, RoleFactory, SuperuserFactory


@pytest.fixture
def session(live_server, client):
    """The cookie of a superuser of a roster of three officials, one of them with more."""
    with changeset(reason="Prepared.", kind="command"):
        for ref, name in (("ann-roe", "Ann Roe"), ("bo-roe", "Bo Roe"), ("cy-poe", "Cy Poe")):
            official = OfficialFactory(ref=ref, name=name, aliases=["Çelik the Long-Named"])
        RoleFactory(official=official)
        ProtectionFactory(official=official)
        client.force_login(SuperuserFactory())
    value = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": value, "url": live_server.url}


@pytest.fixture
def signed_in(page, session):
    page.context.add_cookies([session])
    page.goto("/")
    return page


def field(page):
    return page.get_by_role("searchbox", name="Find anywhere")


def keys(page):
    return page.get_by_role("dialog", name="Keyboard shortcuts")


def press(page, *pressed):
    """Press keys once the page listens to them."""
    page.wait_for_load_state()
    for key in pressed:
        page.keyboard.press(key)


def test_slash_finds_from_any_page_and_the_list_has_all_of_it(signed_in):
    page = signed_in
    press(page, "/")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")
    page.keyboard.type("celik poe/?")
    send(page)
    expect(page.get_by_role("heading", name="Find", exact=True)).to_be_visible()
    officials = page.get_by_role("region", name="Officials 1")
    expect(officials.get_by_role("listitem")).to_contain_text("alias: Çelik the Long-Named")
    expect(officials.locator("mark")).to_have_text(["Poe", "Çelik"])
    follow(officials.get_by_role("link", name="In the list of officials"))
    expect(page.locator("#result_list tbody tr")).to_have_count(1)


def test_j_and_k_move_along_a_list_and_enter_opens(signed_in):
    page = signed_in
    page.goto("/roster/official/")
    for key, name in (
        ("j", "Ann Roe"),
        ("j", "Bo Roe"),
        ("j", "Cy Poe"),
        ("j", "Cy Poe"),
        ("k", "Bo Roe"),
    ):
        press(page, key)
        expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()
    send(page)
    expect(page.get_by_role("heading", name="Bo Roe")).to_be_visible()
    press(page, "e")
    expect(page.locator("#id_ref")).to_be_focused()
    page.locator("h1").first.click()
    press(page, "s")
    expect(page.get_by_label("Why?")).to_be_focused()
    assert Official.objects.count() == 3


def test_g_and_a_letter_lead_to_a_place_and_an_unknown_letter_nowhere(signed_in):
    page = signed_in
    page.clock.set_fixed_time("2026-01-05")  # the letter must follow soon
    with page.expect_navigation():
        press(page, "g", "o")
    expect(page.get_by_role("heading", name="Select official to change")).to_be_visible()
    press(page, "g", "j")
    expect(page.get_by_role("link", name="Ann Roe")).not_to_be_focused()
    with page.expect_navigation():
        press(page, "g", "h")
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()


def test_question_mark_shows_the_keys_and_the_focus_comes_back(signed_in):
    page = signed_in
    page.goto("/roster/official/")
    press(page, "j")
    press(page, "?")
    expect(keys(page)).to_be_visible()
    press(page, "j")
    press(page, "Escape")
    expect(keys(page)).to_be_hidden()
    expect(page.get_by_role("link", name="Ann Roe")).to_be_focused()
    press(page, "?")
    keys(page).get_by_role("button", name="Close").click()
    expect(page.get_by_role("link", name="Ann Roe")).to_be_focused()


def test_keys_do_nothing_while_one_types(signed_in):
    page = signed_in
    page.goto("/roster/official/")
    box = page.locator("#searchbar")
    box.focus()
    page.keyboard.type("?gojk/")
    expect(box).to_have_value("?gojk/")
    expect(keys(page)).to_be_hidden()


def test_keys_stay_switched_off_until_they_are_switched_on(signed_in):
    page = signed_in
    press(page, "?")
    page.get_by_label("Use these keys in this browser").uncheck()
    press(page, "Escape")
    page.goto("/roster/official/")
    for key in ("?", "/", "j"):
        press(page, key)
    expect(keys(page)).to_be_hidden()
    expect(page.locator("body")).to_be_focused()

    follow(page.get_by_role("link", name="Keyboard shortcuts"))
    switch = page.get_by_label("Use these keys in this browser")
    expect(switch).not_to_be_checked()
    switch.check()
    page.goto("/")
    press(page, "/")
    expect(field(page)).to_be_focused()


def test_finding_needs_no_script(browser, live_server, session):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([session])
    page = context.new_page()
    page.goto("/")
    field(page).fill("poe")
    follow(page.get_by_role("button", name="Find"))
    expect(page.get_by_role("link", name="Cy Poe (cy-poe)")).to_be_visible()
    follow(page.get_by_role("link", name="Keyboard shortcuts"))
    follow(page.locator("dd").get_by_role("link", name="Officials"))
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    context.close()


def test_finding_meets_wcag_and_is_no_wider_than_the_window(browser, live_server, session):
    context = window_for_axe(browser, live_server, session)
    page = context.new_page()
    addresses = ("/find/?q=celik", "/find/?q=celix", "/find/?q=" + "x" * 400, "/keys/", "/find/")
    for address in (*addresses, "/roster/official/?q=long", "/roster/role/?q=celix", "?"):
        if address == "?":
            press(page, "?")
            expect(keys(page)).to_be_visible()
        else:
            page.goto(address)
        assert not faults(page), address
    context.close()

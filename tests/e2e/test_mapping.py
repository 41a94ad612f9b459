"""A foreign file in a browser without scripts: its columns mapped, previewed, confirmed, kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from roster.history.changesets import changeset
from roster.models import ImportMapping, Protection
from tests.e2e.pages import faults, follow, window_for_axe
from tests.factories import OfficialFactory, SuperuserFactory

FOREIGN = (
    "person,first,last,guarded,since,remarks\n"
    "ann,Ann,Lee,yes,2020-05,<b>none</b>\n"
    "bob,Bob,,no,03/01/2020,\n"
)


@pytest.fixture
def session(live_server, client, settings, tmp_path):
    """The session cookie of a superuser of a roster with two officials."""
    settings.ROSTER_HOME = tmp_path
    with changeset(reason="Prepared.", kind="command"):
        client.force_login(SuperuserFactory())
        OfficialFactory(ref="ann", name="Ann Lee")
        OfficialFactory(ref="bob", name="Bob")
    value = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": value, "url": live_server.url}


def open_mapping(page, address):
    """Upload the foreign file and go to the page that maps its columns."""
    file = {"name": "guards.csv", "mimeType": "text/csv", "buffer": FOREIGN.encode()}
    page.goto(f"{address}/roster/protection/import/")
    page.set_input_files("input[type=file]", file)
    follow(page.get_by_role("button", name="Preview"))
    follow(page.get_by_role("link", name="Map its columns"))


def choose(page):
    becomes = {
        "person": "official",
        "first": "provider",
        "last": "provider",
        "guarded": "level",
        "since": "start",
        "remarks": "ignored",
    }
    for theirs, ours in becomes.items():
        page.get_by_label(f"“{theirs}” becomes").select_option(label=ours)


def test_foreign_file_is_mapped_and_imported_without_scripts(browser, live_server, session):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([session])
    page = context.new_page()
    open_mapping(page, live_server.url)
    choose(page)
    page.get_by_text("and also").first.click()
    page.get_by_label("“person” also").first.select_option(label="ref")
    follow(page.get_by_role("button", name="Preview"))

    expect(page.get_by_text("There is more to decide: look at level, provider")).to_be_visible()
    expect(page.get_by_text("Of 2 different values found, 1 is a date")).to_be_visible()
    page.get_by_label("yes means").select_option(label="round_the_clock")
    page.get_by_label("no means").select_option(label="part_time")
    page.get_by_label("03/01/2020 means").fill("2020-01-03")
    page.get_by_label("Place of first").fill("2")
    page.get_by_label("Place of last").fill("1")
    page.get_by_label("Joined with").fill(", ")
    page.get_by_label("Save it as").fill("Guards")
    page.get_by_label("Why?").fill("They send it monthly")
    follow(page.get_by_role("button", name="Preview"))

    expect(page.get_by_text("Its columns are mapped onto ours.")).to_be_visible()
    page.get_by_label("Why?").fill("The list of May")
    follow(page.get_by_role("button", name="Import 2 rows"))
    expect(page.get_by_text("“guards.csv” is imported")).to_be_visible()
    context.close()

    found = Protection.objects.order_by("ref").values_list("ref", "level", "provider", "start")
    assert list(found) == [
        ("ann", "round_the_clock", "Lee, Ann", "2020-05"),
        ("bob", "part_time", "Bob", "2020-01-03"),
    ]
    assert ImportMapping.objects.get().name == "Guards"


def test_page_fits_its_window_and_violates_no_wcag(browser, live_server, session):
    context = window_for_axe(browser, live_server, session)
    page = context.new_page()
    open_mapping(page, live_server.url)
    choose(page)
    for button in ("Show how ours are made", "Preview"):  # what is asked, and what is missing
        follow(page.get_by_role("button", name=button))
        assert not faults(page), button
    context.close()


def test_page_breaks_no_content_policy(browser, live_server, session):
    said = []
    context = browser.new_context()
    context.add_cookies([session])
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    open_mapping(page, live_server.url)
    choose(page)
    follow(page.get_by_role("button", name="Show how ours are made"))
    context.close()
    assert [text for text in said if "Content Security Policy" in text] == []

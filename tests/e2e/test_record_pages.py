"""The pages of records in a browser: dates explained as one types, rows in place, citing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from roster.admin.display import row_url
from roster.history.changesets import changeset
from roster.models import Citation, Role
from tests.e2e.pages import follow
from tests.factories import (
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    SuperuserFactory,
)


@pytest.fixture
def protection(live_server):
    """A protection with a source to cite, written in a changeset."""
    with changeset(reason="Seed.", kind="seed"):
        ParagraphFactory(source=SourceFactory(ref="notice"), number=6)
        official = OfficialFactory(ref="mark-milley", name="Mark Milley")
        return ProtectionFactory(
            ref="mark-milley/protection", official=official, level="event", start="2020"
        )


@pytest.fixture
def analyst(page, protection, client, live_server):
    """The page of somebody who is signed in."""
    with changeset(reason="Account.", kind="command"):
        client.force_login(SuperuserFactory(username="ann"))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


def test_date_is_explained_as_one_types(analyst, protection):
    analyst.goto(row_url(protection))
    start, end = analyst.locator("#id_start"), analyst.locator("#id_end")
    explained = analyst.locator(".field-start .understood").first
    expect(explained).to_have_text("2020")
    start.press("End")
    start.press_sequentially("-07")
    expect(explained).to_have_text("July 2020")
    start.fill("by 2024-07-18")
    expect(explained).to_have_text("on or before 18 July 2024")
    start.fill("03/01/2020")
    expect(explained).to_have_text("Not a date that can be read.")
    end.fill("..")
    expect(analyst.locator(".field-end .understood").first).to_have_text("open: no end foreseen")


def test_row_is_added_in_place_and_its_date_is_explained(analyst, protection):
    analyst.goto(row_url(protection.official))
    analyst.get_by_role("button", name="Add another Role").click()
    row = analyst.locator("#roles-0")
    row.get_by_label("Title:").fill("Chairman")
    row.get_by_label("Start:").fill("2019-10")
    expect(row.locator(".understood").first).to_have_text("October 2019")
    analyst.get_by_label("Why?").fill("Named in the notice")
    follow(analyst.get_by_role("button", name="Save", exact=True))
    expect(analyst.locator(".messagelist .success")).to_be_visible()
    role = Role.objects.get()
    assert (role.ref, role.start) == ("mark-milley/chairman", "2019-10")


def test_row_is_unfolded_and_changed_in_place(analyst, protection):
    with changeset(reason="Seed.", kind="seed"):
        RoleFactory(official=protection.official, title="Chairman")
    analyst.goto(row_url(protection.official))
    analyst.locator("#roles-0 summary", has_text="Chairman").click()
    analyst.locator("#roles-0").get_by_label("Organization:").fill("Joint Chiefs of Staff")
    analyst.get_by_label("Why?").fill("Named in the notice")
    follow(analyst.get_by_role("button", name="Save", exact=True))
    expect(analyst.locator(".messagelist .success")).to_be_visible()
    assert Role.objects.get().organization == "Joint Chiefs of Staff"


def test_field_is_cited_from_the_page_of_its_record(analyst, protection):
    analyst.goto(row_url(protection))
    evidence = analyst.get_by_role("region", name="Evidence")
    expect(evidence.get_by_role("row", name="Level")).to_contain_text("Unsourced")
    follow(evidence.get_by_role("link", name="Cite level"))
    analyst.locator(".field-paragraph .select2-selection").click()
    analyst.locator(".select2-search__field").fill("notice")
    analyst.get_by_role("option", name="notice ¶6").click()
    analyst.get_by_label("Quote:").fill("at events only")
    analyst.get_by_label("Why?").fill("Read again")
    follow(analyst.get_by_role("button", name="Save", exact=True))
    level = analyst.get_by_role("region", name="Evidence").get_by_role("row", name="Level")
    expect(level).to_contain_text("1 citation")
    opened = analyst.locator("#evidence-of-level")
    expect(opened).to_be_hidden()
    level.get_by_role("link", name="Level", exact=True).click()
    expect(opened).to_contain_text("at events only")
    assert Citation.objects.get().value == "event"

"""A cited value is changed in a browser: the questions stand at the field, and axe passes them."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import expect

from roster.admin.display import row_url
from roster.history.changesets import changeset
from roster.models import Citation, Protection
from tests.e2e.pages import faults, follow, window_for_axe
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    SuperuserFactory,
)

TEXT = "A detail has guarded her at events since that year, and round the clock in May."


@pytest.fixture
def protection(live_server):
    """A protection whose level two passages of a notice are cited for, written in a changeset."""
    with changeset(reason="Seed.", kind="seed"):
        paragraph = ParagraphFactory(source=SourceFactory(ref="notice"), number=6, text=TEXT)
        official = OfficialFactory(ref="ann", name="Ann")
        row = ProtectionFactory(ref="ann/protection", official=official, level="event")
        for quote, stance in (("guarded her at events", "supports"), ("round the", "disputes")):
            CitationFactory(
                official=None,
                protection=row,
                field="level",
                value="event",
                paragraph=paragraph,
                quote=quote,
                stance=stance,
            )
        return row


@pytest.fixture
def session(protection, client, live_server):
    """The cookie of somebody who is signed in."""
    with changeset(reason="Account.", kind="command"):
        client.force_login(SuperuserFactory(username="bob"))
    value = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": value, "url": live_server.url}


@pytest.fixture
def analyst(page, session):
    page.context.add_cookies([session])
    return page


def save(page):
    page.get_by_label("Why?").fill("A new notice")
    follow(page.get_by_role("button", name="Save", exact=True))


def choose_paragraph(page, within):
    within.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("notice")
    page.get_by_role("option", name="notice ¶6").click()


def test_questions_appear_at_the_field_and_value_and_evidence_are_saved_together(
    analyst, protection
):
    analyst.goto(row_url(protection))
    analyst.get_by_label("Level:").select_option("round_the_clock")
    questions = analyst.locator(".field-level + .recite-field")
    expect(questions).to_contain_text("Level is cited. What becomes of each citation?")
    supports, disputes = (
        questions.get_by_role("group", name=name) for name in ("Supports", "Disputes")
    )
    expect(supports.get_by_label("Quote")).to_be_hidden()
    supports.get_by_label("Replace with another passage").check()
    choose_paragraph(analyst, supports)
    supports.get_by_label("Quote").fill("round the clock in May")
    disputes.get_by_label("Leave stale").check()
    save(analyst)
    expect(analyst.locator(".messagelist .success")).to_be_visible()
    assert Protection.objects.get().level == "round_the_clock"
    assert set(Citation.objects.values_list("quote", "value")) == {
        ("round the clock in May", "round_the_clock"),
        ("round the", "event"),
    }


def test_questions_go_when_the_value_is_as_it_was(analyst, protection):
    analyst.goto(row_url(protection))
    level = analyst.get_by_label("Level:")
    level.select_option("part_time")
    expect(analyst.locator(".recite-field")).to_be_visible()
    level.select_option("event")
    expect(analyst.locator(".recite-field")).to_be_hidden()


def test_row_edited_in_place_asks_at_its_own_field(analyst, protection):
    analyst.goto(row_url(protection.official))
    row = analyst.locator("#protections-0")
    row.locator("summary", has_text="Level").first.click()
    row.get_by_label("Level:").select_option("part_time")
    questions = row.locator(".field-level + .recite-field")
    for name in ("Still supports the new value", "Still disputes it"):
        questions.get_by_label(name).check()
    save(analyst)
    expect(analyst.locator(".messagelist .success")).to_be_visible()
    assert set(Citation.objects.values_list("value", flat=True)) == {"part_time"}


def test_new_values_rest_on_the_passage_given_beside_the_reason(analyst, protection):
    analyst.goto(row_url(protection))
    analyst.get_by_label("Provider:").fill("A detail")
    box = analyst.get_by_role("group", name="Evidence for what is new here")
    choose_paragraph(analyst, box)
    box.get_by_label("Quote").fill("A detail has guarded her")
    save(analyst)
    expect(analyst.locator(".messagelist .success")).to_be_visible()
    assert Citation.objects.get(field="provider").quote == "A detail has guarded her"


def asked(page, protection):
    """Change the level and say nothing of its evidence; the questions that come of it."""
    page.goto(row_url(protection))
    page.get_by_label("Level:").select_option("part_time")
    save(page)
    questions = page.locator(".recite-field")
    expect(questions).to_be_visible()
    expect(questions.get_by_text("Choose what becomes of this citation.")).to_have_count(2)
    questions.get_by_label("Replace with another passage").first.check()
    return questions


def test_questions_meet_wcag_and_are_no_wider_than_the_window(
    browser, live_server, protection, session
):
    context = window_for_axe(browser, live_server, session)
    page = context.new_page()
    asked(page, protection)
    assert not faults(page, product(("light", "dark"), (1280, 360)))
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_questions_are_answered_without_a_script(browser, live_server, protection, session, width):
    window = {"viewport": {"width": width, "height": 800}, "java_script_enabled": False}
    context = browser.new_context(base_url=live_server.url, **window)
    context.add_cookies([session])
    page = context.new_page()
    questions = asked(page, protection)
    for name in ("Still supports the new value", "Still disputes it"):
        questions.get_by_label(name).check()
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert set(Citation.objects.values_list("value", flat=True)) == {"part_time"}
    context.close()

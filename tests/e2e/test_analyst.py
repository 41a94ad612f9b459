"""An analyst in a browser: signs in, adds, edits with a reason, reads what changed and why."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Changeset, Official, Protection
from tests.e2e.pages import PASSWORD, follow, sign_in
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
)

ASKED_WHY = "Say in a few words why this is changed; nothing was written."


@pytest.fixture
def roster(live_server):
    """A protection of an official with one citation, and an account; all written in changesets."""
    with changeset(reason="Account.", kind="command"):
        User.objects.create_superuser("ann", password=PASSWORD)
    with changeset(reason="Seed.", kind="seed"):
        official = OfficialFactory(ref="mark-milley", name="Mark Milley")
        protection = ProtectionFactory(
            ref="mark-milley/protection", official=official, level="unknown"
        )
        CitationFactory(
            official=None,
            protection=protection,
            field="level",
            paragraph=ParagraphFactory(source=SourceFactory(ref="notice"), number=6),
            quote="under protection",
        )


@pytest.fixture
def analyst(page, roster):
    """The page of somebody who has just signed in."""
    page.goto("/")
    sign_in(page, "ann")
    expect(page.get_by_role("link", name="Officials").first).to_be_visible()
    return page


def open_row(page, kind, text):
    page.goto(f"/roster/{kind}/")
    follow(page.get_by_role("link", name=text, exact=True))


def save(page):
    follow(page.get_by_role("button", name="Save", exact=True))


def test_lists_open_from_the_index(analyst):
    for name in ("Officials", "Protections", "Paragraphs", "Citations", "Changesets"):
        analyst.goto("/")
        follow(analyst.locator("#content").get_by_role("link", name=name, exact=True))
        expect(analyst.locator("#result_list tbody tr").first).to_be_visible()


def test_official_without_a_ref_gets_one(analyst):
    analyst.goto("/roster/official/add/")
    analyst.get_by_label("Name:").fill("Émile Zola")
    analyst.get_by_label("Why?").fill("Named in the notice")
    save(analyst)
    expect(analyst.locator(".messagelist .success")).to_contain_text("was added successfully")
    assert Official.objects.get(name="Émile Zola").ref == "emile-zola"


def test_edit_with_a_reason_shows_in_history_and_among_the_changesets(analyst):
    open_row(analyst, "protection", "mark-milley/protection")
    analyst.get_by_label("Level:").select_option("round_the_clock")
    analyst.get_by_label("Leave stale").check()
    analyst.get_by_label("Why?").fill("Confirmed by the notice")
    save(analyst)
    open_row(analyst, "protection", "mark-milley/protection")
    follow(analyst.get_by_role("link", name="History"))
    newest = analyst.locator("table.changes tbody tr").first
    for text in ("ann", "Confirmed by the notice", "level: unknown → round_the_clock"):
        expect(newest).to_contain_text(text)
    analyst.goto("/roster/changeset/")
    first = analyst.locator("#result_list tbody tr").first
    expect(first).to_contain_text("Confirmed by the notice")
    follow(first.get_by_role("link").first)
    level = analyst.locator("table.changes").get_by_role("row", name="level")
    expect(level).to_contain_text("unknown")
    expect(level).to_contain_text("round_the_clock")
    assert verify().ok


def test_blank_reason_is_refused_and_what_was_typed_stays(analyst):
    open_row(analyst, "protection", "mark-milley/protection")
    analyst.get_by_label("Level:").select_option("event")
    save(analyst)
    expect(analyst.get_by_text(ASKED_WHY)).to_be_visible()
    expect(analyst.get_by_label("Level:")).to_have_value("event")
    assert Protection.objects.get().level == "unknown"
    assert not Changeset.objects.filter(kind="edit").exists()


def test_citation_leads_to_its_paragraph_and_back(analyst):
    open_row(analyst, "protection", "mark-milley/protection")
    evidence = analyst.locator(".form-row.field-level .evidence-of-field")
    evidence.locator("summary").click()
    expect(evidence.locator("mark")).to_have_text("under protection")
    follow(evidence.get_by_role("link", name="¶6"))
    expect(analyst).to_have_url(re.compile(r"/roster/paragraph/\d+/change/$"))
    follow(analyst.get_by_role("link", name="mark-milley/protection", exact=True))
    expect(analyst.locator("#id_ref")).to_have_value("mark-milley/protection")


def test_official_of_a_new_protection_is_found_by_typing(analyst):
    analyst.goto("/roster/protection/add/")
    analyst.locator(".field-official .select2-selection").click()
    analyst.locator(".select2-search__field").fill("MILLÉY")
    analyst.get_by_role("option", name="Mark Milley (mark-milley)").click()
    analyst.get_by_label("Level:").select_option("event")
    analyst.get_by_label("Why?").fill("A second arrangement")
    save(analyst)
    expect(analyst.locator(".messagelist .success")).to_be_visible()
    assert Protection.objects.filter(ref="mark-milley/protection-2").exists()


def test_deletion_asks_why(analyst):
    analyst.goto("/roster/citation/")
    follow(analyst.locator("#result_list tbody tr").first.get_by_role("link").first)
    follow(analyst.get_by_role("link", name="Delete", exact=True))
    follow(analyst.get_by_role("button", name="Delete"))
    expect(analyst.get_by_text(ASKED_WHY)).to_be_visible()
    analyst.get_by_label("Why?").fill("Cited twice")
    follow(analyst.get_by_role("button", name="Delete"))
    expect(analyst.locator(".messagelist .success")).to_be_visible()
    assert Changeset.objects.first().reason == "Cited twice"

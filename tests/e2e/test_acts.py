"""Acts in a browser: extend one from its official's page, end a ticked list, by keys alone."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from roster.admin.acts.rights import END, EXTEND, OPEN, act_url
from roster.admin.display import page_url, row_url
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Citation, Protection, ProtectionExtension
from tests.e2e.pages import PASSWORD, faults, follow, send, sign_in, window_for_axe
from tests.factories import (
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
)


@pytest.fixture
def protections(live_server):
    """Three protections until July 2024, one of them extended before, and a notice to cite."""
    with changeset(reason="Accounts.", kind="seed"):
        for name, group in (("ann", "Analyst"), ("vic", "Viewer")):
            user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
            user.groups.add(Group.objects.get(name=group))
    with changeset(reason="First known.", kind="seed"):
        rows = [
            ProtectionFactory(
                ref=f"{ref}/protection",
                official=OfficialFactory(ref=ref, name=ref.replace("-", " ").title()),
                start="2023",
                end="2024-07-18",
            )
            for ref in ("ann-lee", "bo-roe", "cy-poe")
        ]
        ExtensionFactory(
            protection=rows[0],
            ref="ann-lee/protection/3",
            number=3,
            end="2024-07-18",
            granted_by="The secretary",
        )
        source = SourceFactory(ref="a-notice", title="A notice")
        ParagraphFactory(source=source, number=7, text="Her protection goes on for half a year.")
    return rows


def test_one_is_extended_from_its_officials_page_with_evidence(page, protections):
    page.goto("/")
    sign_in(page, "ann")
    page.goto(row_url(protections[0].official))
    follow(page.get_by_role("link", name="Extend ann-lee/protection"))
    page.get_by_label("New end").fill("2025-01-18")
    page.get_by_label("Paragraph").fill("a-notice#7")
    page.get_by_label("Quote").fill("goes on for half a year")
    page.get_by_label("Why?").fill("The notice of July.")
    follow(page.get_by_role("button", name="Preview"))
    added = page.get_by_role("region", name="ann-lee/protection")
    expect(added).to_contain_text("extension:ann-lee/protection/4 is added")
    expect(added).to_contain_text("Start: 19 July 2024")
    expect(added).to_contain_text("Granted by: The secretary")
    expect(added).to_contain_text("End: 18 July 2024 → 18 January 2025")
    assert ProtectionExtension.objects.count() == 1

    follow(page.get_by_role("button", name="Extend a protection"))
    expect(page.get_by_text("1 protection is extended; the new end is 18 January")).to_be_visible()
    expect(page.get_by_role("region", name="Coverage")).to_contain_text("at least 4 times")
    new = ProtectionExtension.objects.get(number=4)
    assert (new.start, new.end, new.granted_by) == ("2024-07-19", "2025-01-18", "The secretary")
    assert Protection.objects.get(pk=protections[0].pk).end == "2025-01-18"
    assert Citation.objects.filter(extension=new).count() == 4
    assert verify().problems == []


def test_a_ticked_list_is_ended_by_keys_alone(page, protections):
    page.goto("/")
    sign_in(page, "ann")
    page.goto(page_url(Protection, "changelist"))
    for ref in ("ann-lee", "cy-poe"):
        page.get_by_role("checkbox", name=f"{ref}/protection").focus()
        page.keyboard.press("Space")
    page.locator("select[name=action]").select_option(label="End selected protections…")
    page.locator("button[name=index]").focus()
    send(page)
    page.get_by_label("Last day").fill("2024-01-18")
    page.get_by_label("End reason").select_option("Revoked")
    page.get_by_label("Ended by").fill("The agency")
    page.get_by_label("Why?").fill("Announced on the day.")
    send(page)
    expect(page.get_by_text("extension 3, ann-lee/protection/3, reaches beyond")).to_be_visible()
    page.get_by_role("button", name="End 2 protections").focus()
    send(page)
    expect(page.get_by_text("2 protections are ended (revoked)")).to_be_visible()
    assert dict(Protection.objects.values_list("ref", "end_reason")) == {
        "ann-lee/protection": "revoked",
        "bo-roe/protection": "",
        "cy-poe/protection": "revoked",
    }

    follow(page.get_by_role("link", name="Undo", exact=True))
    page.get_by_label("Why?").fill("The wrong ones.")
    follow(page.get_by_role("button", name="Undo", exact=True))
    assert set(Protection.objects.values_list("end", "end_reason")) == {("2024-07-18", "")}
    assert verify().problems == []


def test_a_viewer_is_offered_no_act(page, protections):
    page.goto("/")
    sign_in(page, "vic")
    for row in (protections[0], protections[0].official):
        page.goto(row_url(row))
        expect(page.get_by_role("link", name=re.compile("^Extend "))).to_have_count(0)
        expect(page.get_by_role("link", name="Open a protection")).to_have_count(0)


def test_the_steps_of_an_act_meet_wcag_and_are_no_wider_than_the_window(
    browser, live_server, protections
):
    context = window_for_axe(browser, live_server)
    page = context.new_page()
    page.goto("/")
    sign_in(page, "ann")

    def look(step):
        assert not faults(page), step

    keys = [row.pk for row in protections]
    page.goto(act_url(EXTEND, keys))
    look("form")
    page.get_by_label("New end").fill("2025-01-18")
    page.get_by_label("Why?").fill("The notice of July.")
    follow(page.get_by_role("button", name="Preview"))
    page.get_by_text("Change what is asked for").click()
    look("preview")
    page.get_by_label("New end").fill("2023")
    follow(page.get_by_role("button", name="Preview again"))
    expect(page.get_by_text("bo-roe/protection lasts until 18 July 2024 already")).to_be_visible()
    look("refusal")
    page.goto(act_url(END, keys))
    follow(page.get_by_role("button", name="Preview"))
    look("errors")
    page.goto(act_url(OPEN, [row.official_id for row in protections]))
    look("open")
    page.goto(row_url(protections[0].official))
    look("official")
    context.close()


def test_an_act_needs_no_script(browser, live_server, protections):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    sign_in(page, "ann")
    page.goto(act_url(OPEN, [protections[1].official_id]))
    page.get_by_label("Level").select_option("At events")
    page.get_by_label("Start", exact=True).fill("since 2024-09-01")
    page.get_by_label("Why?").fill("Announced on the day.")
    follow(page.get_by_role("button", name="Preview"))
    follow(page.get_by_role("button", name="Open a protection"))
    context.close()
    assert Protection.objects.get(level="event").start == "2024-09-01/.."

"""Two sessions edit one official: what does not clash merges, and what does is asked about."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import expect

from roster.admin.display import row_url
from roster.history.changesets import changeset
from roster.models import Official, Protection
from tests.e2e.pages import faults, follow, window_for_axe
from tests.factories import OfficialFactory, ProtectionFactory, SuperuserFactory


@pytest.fixture
def ann(live_server):
    with changeset(reason="Seed.", kind="seed"):
        official = OfficialFactory(ref="ann", name="Ann", country="US", summary="A minister.")
        ProtectionFactory(ref="ann/protection", official=official, level="event")
        return official


@pytest.fixture
def cookies(ann, client, live_server):
    """The cookies of two people who are signed in, by their names."""
    found = {}
    for name in ("bea", "cas"):
        with changeset(reason="Account.", kind="command"):
            client.force_login(SuperuserFactory(username=name))
        value = client.cookies["sessionid"].value
        found[name] = {"name": "sessionid", "value": value, "url": live_server.url}
        client.cookies.clear()
    return found


@pytest.fixture
def editors(browser, live_server, cookies, ann):
    """The official's form, opened by one person and by another."""
    contexts = [browser.new_context(base_url=live_server.url) for _ in cookies]
    pages = []
    for context, cookie in zip(contexts, cookies.values(), strict=True):
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(row_url(ann))
        pages.append(page)
    yield pages
    for context in contexts:
        context.close()


def field(page, name):
    return page.locator(f".form-row.field-{name}").first


def fill(page, **values):
    for name, value in values.items():
        page.locator(f"#id_{name}").fill(value)


def save(page, why):
    page.get_by_label("Why?").fill(why)
    follow(page.get_by_role("button", name="Save", exact=True))


def is_saved(page):
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_disjoint_fields_merge_and_the_message_says_so(editors, ann):
    first, second = editors
    fill(first, summary="Minister until May.")
    save(first, "A newer notice")
    is_saved(first)
    fill(second, name="Anna")
    save(second, "Her full name")
    is_saved(second)
    expect(second.locator(".messagelist .info")).to_contain_text("Summary (by bea)")
    ann.refresh_from_db()
    assert (ann.name, ann.summary) == ("Anna", "Minister until May.")


@pytest.mark.parametrize(
    ("choice", "summary"),
    [
        ("Keep theirs: Minister until May.", "Minister until May."),
        ("Keep mine, as it stands in the field", "Minister until June."),
    ],
)
def test_field_that_both_changed_is_asked_about_and_the_choice_decides(
    editors, ann, choice, summary
):
    first, second = editors
    fill(first, summary="Minister until May.")
    save(first, "A newer notice")
    is_saved(first)
    fill(second, summary="Minister until June.", name="Anna")
    save(second, "Another notice")
    asked = field(second, "summary").get_by_role("group", name="Summary: which value stays?")
    expect(asked).to_contain_text("By bea")
    expect(asked).to_contain_text("A newer notice")
    expect(asked.get_by_role("radio", checked=True)).to_have_count(0)
    expect(second.locator("#id_summary")).to_have_value("Minister until June.")
    assert Official.objects.get().name == "Ann"
    asked.get_by_label(choice).check()
    save(second, "Another notice")
    is_saved(second)
    ann.refresh_from_db()
    assert (ann.name, ann.summary) == ("Anna", summary)


def in_conflict(page, ann):
    """Save what another has changed meanwhile; the questions that come of it."""
    page.goto(row_url(ann))
    with changeset(reason="A newer notice"):
        Official.objects.update(summary="Minister until May.", country="GB")
        Protection.objects.update(level="round_the_clock", provider="A guard")
    fill(page, summary="Minister until June.")
    page.locator("#protections-0 summary").first.click()
    page.locator("#id_protections-0-level").select_option("part_time")
    save(page, "Another notice")
    asked = page.locator(".conflict:not(.merged)")
    expect(asked).to_have_count(2)
    expect(page.locator(".conflict.merged")).to_have_count(2)
    return asked


def test_conflict_meets_wcag_and_is_no_wider_than_the_window(browser, live_server, cookies, ann):
    context = window_for_axe(browser, live_server, cookies["cas"])
    page = context.new_page()
    in_conflict(page, ann)
    assert not faults(page, product(("light", "dark"), (1280, 360)))
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_conflict_is_decided_without_a_script(browser, live_server, cookies, ann, width):
    window = {"viewport": {"width": width, "height": 800}, "java_script_enabled": False}
    context = browser.new_context(base_url=live_server.url, **window)
    context.add_cookies([cookies["cas"]])
    page = context.new_page()
    for each in in_conflict(page, ann).all():
        each.get_by_label("Keep mine").check()
    save(page, "Another notice")
    is_saved(page)
    row = Protection.objects.get()
    assert (row.level, row.provider) == ("part_time", "A guard")
    context.close()

"""A working morning with the seed: what an analyst gets done, and what a viewer cannot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from roster.admin.display import page_url, row_url
from roster.admin.evidence.provenance import cite_url
from roster.exchange.bundle import import_bundle
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Changeset, Citation, Official, Protection
from tests.e2e.pages import PASSWORD, follow, send, sign_in

SEED = Path(__file__).parents[2] / "fixtures" / "2024-07-18-iran-threat"
POMPEO = "mike-pompeo/protection"
WRITES = re.compile(r"^(Add|Import|Export|Cite|Delete)\b")
PASSAGE = "2024-07-18-iran-threat ¶7"


@pytest.fixture
def roster(live_server, settings, tmp_path):
    """The seed, with one more name for Pompeo."""
    settings.ROSTER_HOME = tmp_path
    import_bundle(SEED, reason="Seed.", kind="seed")
    with changeset(reason="Prepared.", kind="command"):
        official = Official.objects.get(ref="mike-pompeo")
        official.aliases = ("Mícheál Pompéo",)
        official.save()
    return live_server


@pytest.fixture
def member(page, roster):
    """Signs a member of the group in through the form; gives the page."""

    def as_member_of(group):
        with changeset(reason="Account.", kind="command"):
            user = User.objects.create_user("ann", password=PASSWORD, is_staff=True)
            user.groups.add(Group.objects.get(name=group))
        page.goto("/")
        sign_in(page, "ann")
        return page

    return as_member_of


def search(page, text):
    """Look for `text` in the list of officials; the rows found."""
    page.goto(page_url(Official, "changelist"))
    page.locator("#searchbar").fill(text)
    send(page)
    return page.locator("#result_list tbody tr")


def save(page, reason):
    page.get_by_label("Why?").fill(reason)
    follow(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator(".messagelist .success")).to_be_visible()


def latest(kind):
    return Changeset.objects.filter(kind=kind).first()


def test_an_analyst_finds_changes_cites_exports_imports_and_reads_what_changed(member):
    page = member("Analyst")

    found = search(page, "pompeo MICHEAL")
    expect(found).to_have_count(1)
    follow(found.get_by_role("link", name="Mike Pompeo"))

    protection = page.locator("#protections-0")
    protection.locator("summary").first.click()
    protection.get_by_label("Level:").select_option("part_time")
    protection.get_by_label("Leave stale").check()
    save(page, "Fewer agents since June")
    assert Protection.objects.get(ref=POMPEO).level == "part_time"
    assert latest("edit").reason == "Fewer agents since June"

    page.goto(row_url(Official.objects.get(ref="mike-pompeo")))
    protection.locator("summary").first.click()
    follow(protection.get_by_role("link", name="Open with its evidence"))
    evidence = page.get_by_role("region", name="Evidence")
    follow(evidence.get_by_role("link", name="Cite level"))
    page.locator(".field-paragraph .select2-selection").click()
    page.locator(".select2-search__field").fill("iran-threat 7")
    page.get_by_role("option", name=PASSAGE).click()
    page.get_by_label("Quote:").fill("has repeatedly extended")
    save(page, "Read again")
    level = evidence.get_by_role("row", name="Level")
    level.get_by_role("link", name="Level", exact=True).click()
    expect(page.locator("#evidence-of-level")).to_contain_text("has repeatedly extended")
    assert Citation.objects.get(quote="has repeatedly extended").value == "part_time"

    page.goto(page_url(Protection, "changelist"))
    follow(page.get_by_role("link", name="Export", exact=True))
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    exported = download.value.path().read_text(encoding="utf-8")
    edited = exported.replace(f"{POMPEO},mike-pompeo,part_time", f"{POMPEO},mike-pompeo,event")
    assert edited != exported

    page.goto(page_url(Protection, "changelist"))
    follow(page.get_by_role("link", name="Import", exact=True))
    page.get_by_label("CSV or Excel file").set_input_files(
        {"name": "protections.csv", "mimeType": "text/csv", "buffer": edited.encode()}
    )
    follow(page.get_by_role("button", name="Preview"))
    expect(page.get_by_role("table", name="What would change")).to_contain_text(
        "level: part_time → event"
    )
    assert Protection.objects.get(ref=POMPEO).level == "part_time"
    page.get_by_label("Why?").fill("Corrected from the notice")
    follow(page.get_by_role("button", name="Import 1 row"))
    expect(page.get_by_text("“protections.csv” is imported")).to_be_visible()

    follow(page.get_by_role("link", name=str(latest("import"))))
    expect(page.get_by_text("Corrected from the notice")).to_be_visible()
    level = page.locator("table.changes").get_by_role("row", name="level")
    expect(level).to_contain_text("part_time")
    expect(level).to_contain_text("event")
    assert Protection.objects.get(ref=POMPEO).level == "event"
    assert verify().ok


def test_a_viewer_reads_the_same_and_can_do_none_of_it(member):
    page = member("Viewer")
    changesets = Changeset.objects.count()

    follow(search(page, "pompeo MICHEAL").get_by_role("link", name="Mike Pompeo"))
    expect(page.get_by_role("heading", name="Mike Pompeo").first).to_be_visible()
    protection = Protection.objects.get(ref=POMPEO)
    writes = {
        row_url(protection): {"level": "event"},
        page_url(Protection, "import"): {},
        page_url(Protection, "process_import"): {"confirm": "Import"},
        page_url(Protection, "export"): {},
        page_url(Protection, "add"): {"level": "event"},
        page_url(Protection, "delete", protection.pk): {"post": "yes"},
        cite_url(protection, "level"): {"quote": "has repeatedly extended"},
    }
    pages = (
        page.url,
        row_url(protection),
        page_url(Official, "changelist"),
        page_url(Protection, "changelist"),
    )
    for address in pages:
        assert page.goto(address).status == 200
        assert page.locator("#content").get_by_role("link", name=WRITES).count() == 0
        assert page.get_by_role("button", name="Save").count() == 0
        assert page.get_by_label("Why?").count() == 0

    token = next(one for one in page.context.cookies() if one["name"] == "csrftoken")["value"]
    for address, values in writes.items():
        form = values | {"csrfmiddlewaretoken": token, "change_reason": "Because"}
        assert page.request.post(address, form=form).status == 403, address
    for name in ("import", "export", "add"):
        assert page.goto(page_url(Protection, name)).status == 403
    assert Changeset.objects.count() == changesets
    assert verify().ok

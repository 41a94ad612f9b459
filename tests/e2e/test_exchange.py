"""A list in a browser: out as a file, edited, in again with a preview and a reason."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from roster.history.changesets import changeset
from roster.models import Changeset, Official
from tests.factories import OfficialFactory

PASSWORD = "a-Long-enough-1"


@pytest.fixture
def analyst(page, live_server, settings, tmp_path):
    """The list of officials, before somebody who has just signed in."""
    settings.ROSTER_HOME = tmp_path
    with changeset(reason="Prepared.", kind="command"):
        User.objects.create_superuser("ann", password=PASSWORD)
        OfficialFactory(ref="mark-milley", name="Mark Milley", honorific="")
        OfficialFactory(ref="mike-pompeo", name="Mike Pompeo")
    page.goto("/roster/official/")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def export(page):
    """The text of the file that the export of the present list gives."""
    page.get_by_role("link", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    return download.value.path().read_text(encoding="utf-8")


def choose(page, text):
    page.goto("/roster/official/")
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("CSV file").set_input_files(
        {"name": "edited.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Preview").click()


def test_an_edited_export_is_previewed_confirmed_and_in_the_ledger(analyst):
    text = export(analyst).replace("mark-milley,Mark Milley,", "mark-milley,Mark Milley,General")
    choose(analyst, text)
    expect(analyst.get_by_text("Nothing is written yet.")).to_be_visible()
    expect(analyst.get_by_role("table", name="What would change")).to_contain_text(
        "honorific: — → General"
    )
    assert Official.objects.get(ref="mark-milley").honorific == ""
    analyst.get_by_label("Why?").fill("Rank from the notice")
    analyst.keyboard.press("Enter")
    expect(analyst.get_by_text("“edited.csv” is imported")).to_be_visible()
    analyst.get_by_role("link", name=str(Changeset.objects.get(kind="import"))).click()
    expect(analyst.locator("table.changes")).to_contain_text("General")
    assert Official.objects.get(ref="mark-milley").honorific == "General"


def test_a_bad_file_shows_where_it_is_wrong_and_leads_to_another(analyst):
    choose(analyst, "ref,name,country\nmark-milley,Mark Milley,Utopia\n")
    wrong = analyst.get_by_role("table", name="What is wrong")
    expect(wrong.get_by_role("row").nth(1)).to_contain_text("2country“Utopia” is not a country")
    expect(analyst.get_by_label("Why?")).to_have_count(0)
    analyst.get_by_role("button", name="Choose another file").click()
    expect(analyst.get_by_text("nothing was written")).to_be_visible()
    expect(analyst.get_by_label("CSV file")).to_be_visible()


def test_selected_rows_of_a_list_are_downloaded(analyst):
    analyst.get_by_role("row", name="mike-pompeo").get_by_role("checkbox").check()
    analyst.get_by_label("Action:").select_option(label="Export selected officials")
    analyst.get_by_role("button", name="Go").click()
    expect(analyst.get_by_label("Those selected in the list: 1")).to_be_checked()
    with analyst.expect_download() as download:
        analyst.get_by_role("button", name="Export").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["ref", "mike-pompeo"]
    assert download.value.suggested_filename.startswith("officials-")

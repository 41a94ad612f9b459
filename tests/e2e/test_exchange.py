"""A list in a browser: out as a file, edited, in again with a preview and a reason."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from roster.history.changesets import changeset
from roster.models import Changeset, Official
from tests.e2e.pages import PASSWORD, follow, send, sign_in
from tests.factories import OfficialFactory


@pytest.fixture
def analyst(page, live_server, settings, tmp_path):
    """The list of officials, before somebody who has just signed in."""
    settings.ROSTER_HOME = tmp_path
    with changeset(reason="Prepared.", kind="command"):
        User.objects.create_superuser("ann", password=PASSWORD)
        OfficialFactory(ref="mark-milley", name="Mark Milley", honorific="")
        OfficialFactory(ref="mike-pompeo", name="Mike Pompeo")
    page.goto("/roster/official/")
    sign_in(page, "ann")
    return page


def export(page, *ticked):
    """The text of the file that the export of the present list gives."""
    follow(page.get_by_role("link", name="Export", exact=True))
    for label in ticked:
        page.get_by_label(label).check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    return download.value.path().read_text(encoding="utf-8")


def choose(page, text):
    content = text if isinstance(text, bytes) else text.encode()
    page.goto("/roster/official/")
    follow(page.get_by_role("link", name="Import", exact=True))
    page.get_by_label("CSV or Excel file").set_input_files(
        {"name": "edited.csv", "mimeType": "text/csv", "buffer": content}
    )
    follow(page.get_by_role("button", name="Preview"))


def test_an_edited_export_is_previewed_confirmed_and_in_the_ledger(analyst):
    text = export(analyst).replace("mark-milley,Mark Milley,", "mark-milley,Mark Milley,General")
    choose(analyst, text)
    expect(analyst.get_by_text("Nothing is written yet.")).to_be_visible()
    expect(analyst.get_by_role("table", name="What would change")).to_contain_text(
        "honorific: — → General"
    )
    assert Official.objects.get(ref="mark-milley").honorific == ""
    analyst.get_by_label("Why?").fill("Rank from the notice")
    send(analyst)
    expect(analyst.get_by_text("“edited.csv” is imported")).to_be_visible()
    follow(analyst.get_by_role("link", name=str(Changeset.objects.get(kind="import"))))
    expect(analyst.locator("table.changes")).to_contain_text("General")
    assert Official.objects.get(ref="mark-milley").honorific == "General"


def test_a_bad_file_shows_where_it_is_wrong_and_leads_to_another(analyst):
    choose(analyst, "ref,name,country\nmark-milley,Mark Milley,Utopia\n")
    wrong = analyst.get_by_role("table", name="What is wrong")
    expect(wrong.get_by_role("row").nth(1)).to_contain_text(
        "2countryUtopia“Utopia” is not a country"
    )
    expect(analyst.get_by_label("Why?")).to_have_count(0)
    follow(analyst.get_by_role("button", name="Choose another file"))
    expect(analyst.get_by_text("nothing was written")).to_be_visible()
    expect(analyst.get_by_label("CSV or Excel file")).to_be_visible()


def test_selected_rows_of_a_list_are_downloaded(analyst):
    analyst.get_by_role("row", name="mike-pompeo").get_by_role("checkbox").check()
    analyst.get_by_label("Action:").select_option(label="Export selected officials")
    follow(analyst.get_by_role("button", name="Go"))
    expect(analyst.get_by_label("Those selected in the list: 1")).to_be_checked()
    with analyst.expect_download() as download:
        analyst.get_by_role("button", name="Export").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["ref", "mike-pompeo"]
    assert download.value.suggested_filename.startswith("officials-")


def test_conflicts_are_decided_by_keyboard_and_the_file_is_then_imported(analyst):
    text = export(analyst, "Add the column _version")
    with changeset(reason="A newer notice.", kind="edit"):
        Official.objects.update(honorific="Judge")
    choose(analyst, text.replace("Mark Milley,", "Mark Milley,General"))
    expect(analyst.get_by_text("were changed here after it was exported")).to_be_visible()
    row = analyst.get_by_role("group", name="Line 2: mark-milley")
    expect(row).to_contain_text("In the fileGeneral")
    row.get_by_label("Keep what is here").focus()
    analyst.keyboard.press("ArrowRight")
    expect(row.get_by_label("Take the file’s")).to_be_checked()
    send(analyst)
    expect(analyst.get_by_text("1 row of the file is still to be decided")).to_be_visible()
    expect(row.get_by_label("Take the file’s")).to_be_checked()
    analyst.get_by_role("group", name="Line 3").get_by_label("Keep what is here").check()
    follow(analyst.get_by_role("button", name="Save these choices"))
    expect(analyst.get_by_text("All are decided.")).to_be_visible()
    analyst.get_by_label("Why?").fill("Rank from the notice")
    follow(analyst.get_by_role("button", name="Import 1 row"))
    expect(analyst.get_by_text("“edited.csv” is imported")).to_be_visible()
    honorifics = dict(Official.objects.values_list("ref", "honorific"))
    assert honorifics == {"mark-milley": "General", "mike-pompeo": "Judge"}


def test_a_file_of_another_encoding_is_read_as_was_chosen(analyst):
    choose(analyst, "ref,name\njose,José\n".encode("cp1252"))
    expect(analyst.get_by_role("table", name="What is wrong")).to_contain_text("is not UTF-8")
    analyst.get_by_text("Read as").click()
    analyst.get_by_label("Encoding").select_option(label="Western European, Windows-1252")
    follow(analyst.get_by_role("button", name="Read it so"))
    expect(analyst.get_by_role("table", name="What would be new")).to_contain_text("José")


def test_errors_are_corrected_in_the_file_that_has_them_beside_the_rows(analyst):
    choose(analyst, "ref,name,country\nann,Ann,Utopia\n")
    link = analyst.get_by_role("link", name="Download the file with its errors beside the rows")
    with analyst.expect_download() as download:
        link.last.click()
    text = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename == "officials-with-errors.csv"
    choose(analyst, text.replace("Ann,Utopia", "Ann,US"))
    expect(analyst.get_by_text("Nothing is written yet.")).to_be_visible()

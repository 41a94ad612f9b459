"""Import into a list: what a file would do is shown first, and done when its owner confirms."""

from __future__ import annotations

import pytest

from roster.admin.display import page_url
from roster.admin.imports.listings import SHOWN_A_PAGE
from roster.exchange.citing import CITE_COLUMNS
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import DOMAIN, RECORDS, Change, Changeset, Official, Paragraph, Role, Source
from tests.admin.exchanging import confirm, imports, upload, waiting_files
from tests.admin.pages import text_of, with_bare_cells
from tests.exchange.workbooks.making import by_openpyxl
from tests.factories import OfficialFactory

NEW_AND_CHANGED = "ref,name,honorific\nann,Ann,Dr\nbob,Bob,General\n"


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def ann(db):
    with changeset(reason="Prepared.", kind="command"):
        return OfficialFactory(ref="ann", name="Ann", honorific="Mrs")


@pytest.fixture
def preview(signed_in, ann):
    """The preview of a file with one changed and one new row."""
    return upload(signed_in, NEW_AND_CHANGED)


def names():
    return dict(Official.objects.values_list("ref", "honorific"))


def test_preview_says_how_many_rows_and_shows_old_and_new(signed_in, preview):
    report = preview.context["report"]
    assert (report.rows, report.new, report.changed, report.unchanged) == (2, 1, 1, 0)
    page = text_of(preview)
    assert "<b>honorific</b>: <del>Mrs</del> → <ins>Dr</ins>" in page
    assert page.index("Rows of the file") < page.index("What would change")
    new = text_of(signed_in.get(preview.wsgi_request.get_full_path() + "&show=new"))
    assert "<b>name</b>: <ins>Bob</ins>" in new


def test_a_workbook_is_previewed_and_confirmed_as_csv_is(signed_in, ann):
    content = by_openpyxl(["ref", "name", "honorific"], ["ann", "Ann", "Dr"], ["bob", "=Bob", ""])
    refused = upload(signed_in, content, name="officials.xlsx")
    assert "The cell B3: it holds a formula" in text_of(refused)
    content = by_openpyxl(["ref", "name", "honorific"], ["ann", "Ann", "Dr"], ["bob", "Bob", ""])
    shown = upload(signed_in, content, name="officials.xlsx")
    confirm(signed_in, shown)
    assert names() == {"ann": "Dr", "bob": ""}


def test_nothing_is_written_before_the_confirmation(preview):
    assert names() == {"ann": "Mrs"}
    assert not imports().exists()
    assert len(waiting_files()) == 1


def test_confirmed_file_is_one_changeset_of_the_user_with_the_reason(signed_in, analyst, preview):
    response = confirm(signed_in, preview, change_reason="The notice of July")
    assert names() == {"ann": "Dr", "bob": "General"}
    entry = imports().get()
    assert (entry.user, entry.reason, entry.change_count) == (analyst, "The notice of July", 2)
    assert {problem.kind for problem in verify().problems} <= {"outside"}  # made for the test
    page = text_of(response)
    assert "“officials.csv” is imported" in page
    assert f'<a href="{page_url(Changeset, "change", entry.pk)}">#{entry.position}</a>' in page
    assert "The ledger holds 2 changes of it" in page
    assert "There are now 2 rows of officials" in page
    assert not waiting_files()


@pytest.mark.parametrize("reason", ["", "   ", "two\u2028lines", "x" * 501])
def test_confirmation_without_a_good_reason_asks_again(signed_in, preview, reason):
    response = confirm(signed_in, preview, change_reason=reason)
    assert response.context["reason_form"].errors
    assert "The reason is missing or cannot be taken: see below." in text_of(response)
    assert names() == {"ann": "Mrs"}
    confirm(signed_in, response)
    assert names() == {"ann": "Dr", "bob": "General"}


def test_errors_are_listed_with_line_and_column_and_nothing_can_be_confirmed(signed_in, ann):
    page = upload(signed_in, "ref,name,country,born\nann,Ann,US,1950\nbob,,Utopia,2020-13\n")
    found = [(e.line, e.column) for e in page.context["errors"]]
    assert found == [(3, "name"), (3, "country"), (3, "born")]
    text = with_bare_cells(page)
    assert "<td>3</td><td>country</td><td>Utopia</td><td>“Utopia” is not a country" in text
    assert "cannot be imported as it is" in text
    assert 'name="confirm"' not in text
    assert "Choose another file" in text
    confirm(signed_in, page)
    assert names() == {"ann": "Mrs"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"ref,nmae\nann,Ann\n", "Did you mean name?"),
        (b"name\nAnn\n", "The key column ref is missing."),
        ("ref,name\nann,Ärztin\n".encode("latin-1"), "The file is not UTF-8"),
        (b"ref,name\nann\n", "The row has 1 cells, the header 2"),
    ],
)
def test_file_of_another_form_is_told_what_is_wrong(signed_in, content, said):
    assert said in text_of(upload(signed_in, content))


def test_conflict_is_counted_and_cannot_be_confirmed(signed_in, ann):
    version = Change.objects.of_row(ann).last().pk
    Official.objects.filter(pk=ann.pk).update(honorific="Dr")
    page = upload(signed_in, f"ref,honorific,_version\nann,General,{version}\n")
    assert page.context["report"].conflicts == 1
    assert 'name="confirm"' not in text_of(page)
    assert "were changed here after it was exported" in text_of(page)


@pytest.mark.parametrize(
    ("values", "said"),
    [({}, "Choose a CSV file"), ({"file": ""}, "Choose a CSV file")],
)
def test_upload_without_a_file_asks_for_one(signed_in, values, said):
    assert said in text_of(signed_in.post(page_url(Official, "import"), values))


def test_empty_file_is_refused_in_a_sentence(signed_in):
    assert "The file is empty" in text_of(upload(signed_in, ""))
    assert not waiting_files()


def test_file_with_too_many_bytes_is_refused_before_it_is_read(signed_in, settings):
    settings.ROSTER_MAX_FILE_BYTES = 8
    assert "more than 8 bytes" in text_of(upload(signed_in, NEW_AND_CHANGED))
    assert not waiting_files()


@pytest.mark.parametrize("model", DOMAIN)
def test_upload_page_lists_every_column_and_leads_to_an_export(signed_in, model):
    page = signed_in.get(page_url(model, "import"))
    noted = [note.name for note in page.context["columns"]]
    state = [] if model in (Source, Paragraph) else ["_state"]
    evidence = CITE_COLUMNS if model in RECORDS else ()
    assert noted == [*model.columns, "_version", *state, *evidence, "_errors"]
    assert f'href="{page_url(model, "export")}"' in text_of(page)


def test_upload_page_says_what_is_needed_and_taken(signed_in):
    notes = {note.name: note for note in signed_in.get(page_url(Role, "import")).context["columns"]}
    assert notes["ref"].needed == "always: key"
    assert (notes["title"].needed, notes["organization"].needed) == ("in a new row", "")
    assert notes["official"].takes == "The ref of one official."
    assert "../2024-07-18 (on or before)" in notes["start"].takes


def test_hostile_cells_and_file_names_are_shown_as_text(signed_in, ann):
    hostile = "<script>alert(1)</script>"
    page = upload(
        signed_in,
        f"ref,name,honorific\nann,{hostile},{{{{ x }}}}\nbob,Bob,<img src=x>\n",
        name=f"{hostile}.csv".replace("/", ""),
    )
    text = text_of(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert "<img src=x>" not in text
    result = text_of(confirm(signed_in, page, change_reason="<b>why</b>"))
    assert "&lt;b&gt;why&lt;/b&gt;" in result
    assert "<script>alert" not in result


def test_hostile_text_in_an_error_is_shown_as_text(signed_in):
    text = text_of(upload(signed_in, "ref,<i>name</i>\na,b\n"))
    assert "&lt;i&gt;name&lt;/i&gt;" in text
    assert "<i>name</i>" not in text


def test_preview_has_pages_and_every_row_is_on_one(signed_in):
    lines = [f"o-{number},Name {number}" for number in range(SHOWN_A_PAGE + 1)]
    page = upload(signed_in, "\n".join(["ref,name", *lines]) + "\n")
    assert len(page.context["rows"]) == SHOWN_A_PAGE
    address = page.wsgi_request.get_full_path()
    second = signed_in.get(f"{address}&p=2")
    assert [row.label for row in second.context["rows"]] == [f"o-{SHOWN_A_PAGE}"]
    confirm(signed_in, second)
    assert Official.objects.count() == len(lines)


def test_later_page_of_a_preview_that_changed_leads_to_its_first(signed_in):
    lines = [f"o-{number},Name {number}" for number in range(SHOWN_A_PAGE + 2)]
    page = upload(signed_in, "\n".join(["ref,name", *lines]) + "\n")
    OfficialFactory(ref="o-0", name="Somebody")
    response = signed_in.get(f"{page.wsgi_request.get_full_path()}&p=2", follow=True)
    assert response.context["page"].number == 1
    assert "it is shown anew from its first page" in text_of(response)


def test_long_texts_are_cut_to_where_they_differ(signed_in, ann):
    Official.objects.filter(pk=ann.pk).update(summary="a" * 5000 + "old")
    page = upload(signed_in, f"ref,summary\nann,{'a' * 5000}new\n")
    (row,) = page.context["rows"]
    (cell,) = row.cells
    assert cell.old.text == f"…{'a' * 40}old (5,003 characters)"
    assert cell.new.text == f"…{'a' * 40}new (5,003 characters)"


def test_preview_names_each_value_that_lacks_the_evidence_that_is_required(
    signed_in, ann, settings
):
    settings.ROSTER_EVIDENCE = "require"
    page = upload(signed_in, "ref,name,honorific\nann,Ann,Dr\n")
    sentence = "official:ann, honorific: Dr has no current citation: cite the passage"
    assert f"<td>2</td><td>honorific</td><td>Dr</td><td>{sentence}" in with_bare_cells(page)
    assert 'name="confirm"' not in text_of(page)
    confirm(signed_in, page)
    assert names() == {"ann": "Mrs"}
    assert not imports()


def test_upload_page_says_how_much_is_read(signed_in, settings):
    settings.ROSTER_MAX_FILE_BYTES, settings.ROSTER_MAX_ROWS = 2048, 12_345
    assert "At most 2.0\xa0KB, 12,345 rows" in text_of(signed_in.get(page_url(Official, "import")))

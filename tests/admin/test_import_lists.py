"""The lists of a preview: each count is that of its list, and no page outgrows its measure."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.admin.display import page_url
from roster.admin.imports.listings import CONFLICTS_A_PAGE, SHOWN_A_PAGE, Listing
from roster.exchange import sheets
from roster.history.changesets import changeset
from roster.models import Change, Official, Source
from tests.admin.exchanging import confirm, upload, user_who_may
from tests.admin.pages import text_of
from tests.factories import CitationFactory, OfficialFactory

MOST_BYTES = 300_000
MIXED = """ref,name,honorific,country,_version
new-1,New One,,,
new-2,New Two,,,
ann,Ann,Dr,,{ann}
same,Same,,,
bob,Bob,General,,{bob}
bad,Bad,,Utopia,
short,Short
"""


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def mixed(db):
    """A file with rows of every kind; bob was changed after it was exported."""
    with changeset(reason="Prepared.", kind="command"):
        rows = {
            ref: OfficialFactory(ref=ref, name=ref.title(), honorific="Mrs")
            for ref in ("ann", "bob")
        }
        OfficialFactory(ref="same", name="Same")
    versions = {ref: Change.objects.of_row(row).last().pk for ref, row in rows.items()}
    versions["same"] = ""
    with changeset(reason="A newer notice.", kind="edit"):
        Official.objects.filter(ref="bob").update(honorific="Judge")
    return MIXED.format(**versions).replace("same,Same,,,", f"same,Same,,,{_version('same')}")


def _version(ref):
    return Change.objects.of_row(Official.objects.get(ref=ref)).last().pk


def show(client, page, listing, number=1):
    """Another list of the preview of a page."""
    address = re.sub(r"&show=.*", "", page.wsgi_request.get_full_path())
    return client.get(f"{address}&show={listing}&p={number}")


def counted(page):
    return {one.listing: one.count for one in page.context["lists"]}


def listed(page):
    """How many the shown page lists."""
    context = page.context
    return len(
        next(context[n] for n in ("rows", "errors", "conflicts", "duplicates") if n in context)
    )


@pytest.mark.parametrize("listing", Listing)
def test_each_count_is_that_of_its_list(signed_in, mixed, listing):
    page = upload(signed_in, mixed)
    found = show(signed_in, page, listing)
    assert counted(found)[listing] == listed(found)
    assert found.context["listing"] == listing


def test_every_row_of_the_file_is_counted_once(signed_in, mixed):
    page = upload(signed_in, mixed)
    counts = counted(page)
    rows = ("new", "changed", "unchanged", "conflict", "wrong")
    assert {name: counts[name] for name in rows} == {
        "new": 2,
        "changed": 1,
        "unchanged": 1,
        "conflict": 1,
        "wrong": 1,
    }
    assert page.context["report"].rows == 7
    assert re.search(r'7 in all, <a href="[^"]+&amp;show=errors">1 not read</a>', text_of(page))


def test_counts_lead_to_their_lists_and_empty_ones_nowhere(signed_in, db):
    page = text_of(upload(signed_in, "ref,name\nann,Ann\n"))
    assert page.count("&amp;show=new") == 1
    assert "show=changed" not in page
    assert "<span>Changed <b>0</b></span>" in page


@pytest.mark.parametrize(
    ("dropped", "first"),
    [
        ((), "errors"),
        (("bad", "short"), "conflict"),
        (("bad", "short", "bob"), "changed"),
        (("bad", "short", "bob", "ann"), "new"),
        (("bad", "short", "bob", "ann", "new"), "unchanged"),
    ],
)
def test_first_sight_is_the_most_urgent_list_that_has_anything(signed_in, mixed, dropped, first):
    lines = (
        [line for line in mixed.splitlines() if not line.startswith(dropped)]
        if dropped
        else [mixed]
    )
    page = upload(signed_in, "\n".join(lines) + "\n")
    assert page.context["listing"] == first


@pytest.mark.parametrize("show_what", ["", "nothing", "<script>", "NEW"])
def test_list_that_there_is_not_gives_the_most_urgent(signed_in, mixed, show_what):
    page = upload(signed_in, mixed)
    assert show(signed_in, page, show_what).context["listing"] == "errors"


def test_page_beyond_the_last_is_the_last(signed_in, db):
    lines = [f"o-{number},Name {number}" for number in range(SHOWN_A_PAGE + 3)]
    page = upload(signed_in, "\n".join(["ref,name", *lines]) + "\n")
    last = show(signed_in, page, "new", 99)
    assert last.context["page"].number == 2
    assert [shown.label for shown in last.context["rows"]] == [f"o-{n}" for n in (50, 51, 52)]


def test_wrong_row_names_all_that_is_wrong_with_it(signed_in, db):
    page = upload(signed_in, "ref,name,country,born\nbob,Bob,Utopia,2020-13\n")
    text = text_of(show(signed_in, page, "wrong"))
    assert "<b>country</b>: “Utopia” is not a country" in text
    assert "<b>born</b>: “2020-13” is not a date" in text


def test_errors_beyond_the_stated_number_are_counted(signed_in, db, monkeypatch):
    rows = "".join(f"o-{number},,\n" for number in range(sheets.MAX_ERRORS + 5))
    page = upload(signed_in, f"ref,name,summary\n{rows}")
    assert counted(page)["errors"] == sheets.MAX_ERRORS + 5
    assert "The first 1000 are listed; 5 more are not." in text_of(page)
    last = show(signed_in, page, "errors", 999)
    assert last.context["page"].end_index() == sheets.MAX_ERRORS
    beyond = show(signed_in, page, "wrong", 999)
    assert "Beyond the errors that are listed." in text_of(beyond)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("General", "General of the Army", "General<mark> of the Army</mark>"),
        ("Major General", "Brigadier General", "<mark>Brigadier </mark>General"),
        ("Mr", "Dr", "<ins>Dr</ins>"),
        ("", "Dr", "<del>—</del> → <ins>Dr</ins>"),
        ("Dr", "", "<del>Dr</del> → <ins>—</ins>"),
        ("Two of the", "Quite another thing of note", "<ins>Quite another thing of note</ins>"),
    ],
)
def test_what_differs_is_marked_unless_little_is_the_same(signed_in, db, old, new, shown):
    OfficialFactory(ref="ann", name="Ann", honorific=old)
    assert shown in text_of(upload(signed_in, f"ref,honorific\nann,{new}\n"))


def test_row_says_which_citations_it_leaves_stale(signed_in, db):
    ann = OfficialFactory(ref="ann", honorific="Mrs")
    CitationFactory(official=ann, field="honorific", value="Mrs")
    page = text_of(upload(signed_in, "ref,honorific\nann,Dr\n"))
    assert "Leaves 1 citation stale: honorific." in page


LONG = '"' * 2 + "<&é\N{OLD ITALIC LETTER A}" + "&" * 1_900


@pytest.mark.parametrize("kind", ["new", "changed", "wrong", "errors", "conflict"])
def test_no_page_is_large_however_long_the_cells_are(signed_in, db, kind):
    count = SHOWN_A_PAGE + 1
    refs = [f"{'r' * 180}-{number}" for number in range(count)]
    columns = "ref,name,honorific,aliases,summary"
    version = ""
    if kind in ("changed", "conflict"):
        with changeset(reason="x" * 400, kind="command"):
            for ref in refs:
                OfficialFactory(ref=ref, name="&" * 500, honorific="<" * 200, summary="'" * 10_000)
    if kind == "conflict":
        columns, version = f"{columns},_version", ",1"
    name = "" if kind in ("wrong", "errors") else '"' + "<" * 499 + '"'
    rows = "".join(
        f'{ref},{name},"{"&" * 200}","{"<" * 1_000}","{LONG * 5}"{version}\n' for ref in refs
    )
    page = show(signed_in, upload(signed_in, f"{columns}\n{rows}"), kind)
    assert listed(page) == (CONFLICTS_A_PAGE if kind == "conflict" else SHOWN_A_PAGE)
    assert len(page.content) < MOST_BYTES


@pytest.mark.parametrize("listing", ["new", "changed", "conflict", "wrong", "errors", "duplicates"])
def test_queries_do_not_grow_with_the_rows(signed_in, mixed, listing):
    first = upload(signed_in, mixed)
    counts = [_queries(signed_in, first, listing)]
    with changeset(reason="Prepared.", kind="command"):
        for number in range(8):
            OfficialFactory(ref=f"more-{number}", name=f"More {number}")
    versions = {row.ref: Change.objects.of_row(row).last().pk for row in Official.objects.all()}
    Official.objects.filter(ref__startswith="more-").update(honorific="Judge")
    more = "".join(
        f"more-{n},More {n},General,,{versions[f'more-{n}']}\n"
        f"fresh-{n},New Onee{n},,,\nworse-{n},Worse,,Utopia,\n"
        for n in range(8)
    )
    counts.append(_queries(signed_in, upload(signed_in, mixed + more), listing))
    assert counts[0] == counts[1]


def _queries(client, page, listing):
    with CaptureQueriesContext(connection) as captured:
        show(client, page, listing)
    return len(captured)


def test_confirming_on_any_list_imports_all_of_the_file(signed_in, db):
    OfficialFactory(ref="ann", name="Ann", honorific="Mrs")
    page = upload(signed_in, "ref,name,honorific\nann,Ann,Dr\nbob,Bob,General\n")
    confirm(signed_in, show(signed_in, page, "new"))
    assert dict(Official.objects.values_list("ref", "honorific")) == {"ann": "Dr", "bob": "General"}


def test_possible_duplicates_lead_to_the_officials_who_are_here(signed_in, db):
    here = OfficialFactory(ref="here", name="Ada <b>Example</b>")
    page = upload(
        signed_in, "ref,name\nnew,Ada <b>Example</b>\nother,Ada Exampel\nsame,Ada Exampel\n"
    )
    text = text_of(show(signed_in, page, "duplicates"))
    link = f'<a href="{page_url(Official, "change", here.pk)}">'
    assert f"{link}Ada &lt;b&gt;Example&lt;/b&gt; (here)</a>" in text
    assert "<li>Ada Exampel, on line 3</li>" in text
    assert counted(page)["duplicates"] == 2
    confirm(signed_in, page)
    assert Official.objects.count() == 4


def test_who_may_not_view_officials_is_not_told_who_is_here(client, db):
    OfficialFactory(ref="here", name="Ada Éxample")
    client.force_login(user_who_may("import"))
    page = upload(client, "ref,name\nnew,Ada Example\n")
    text = text_of(show(client, page, "duplicates"))
    assert "an official who is here" in text
    assert "Éxample" not in text


def test_only_imports_of_officials_have_possible_duplicates(signed_in, db):
    page = upload(signed_in, "ref,title\nnotice,Notice\n", model=Source)
    assert "duplicates" not in counted(page)
    assert "No new official" in text_of(show(signed_in, page, "duplicates"))

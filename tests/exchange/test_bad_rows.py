"""Rows that no one should send: each has its sentence, and nothing of the file is written."""

from __future__ import annotations

import pytest

from roster.exchange import runs
from roster.exchange.planning import plan
from roster.exchange.runs import preview_csv
from roster.models import Official, Source, ThreatSource
from tests.exchange.cells import send, table
from tests.factories import ParagraphFactory, SourceFactory, ThreatSourceFactory

pytestmark = pytest.mark.django_db

NO_REF = "No ref can be made from these names: give "


def places(report):
    return [(error.line, error.column) for error in report.errors]


@pytest.mark.parametrize(
    ("stem", "header", "row"),
    [
        ("officials", ["ref", "name"], ["", "!!!"]),
        ("officials", ["ref", "name"], ["", "   "]),
        ("threat_sources", ["ref", "name", "kind"], ["", "…", "state"]),
        ("sources", ["ref", "title"], ["", "!!!"]),
    ],
)
def test_names_from_which_no_ref_can_be_made(stem, header, row):
    report = send(stem, header, ["good", *row[1:]], row)
    assert places(report) == [(3, "ref")]
    assert report.errors[0].message.startswith(NO_REF)
    assert report.errors[0].message.endswith(".")


def test_a_row_without_a_ref_is_told_of_its_other_errors_first():
    report = send("officials", ["ref", "name", "country"], ["", "!!!", "Utopia"])
    assert places(report) == [(2, "country")]


def test_two_rows_from_whose_names_the_same_ref_would_be_made():
    report = send("officials", ["ref", "name"], ["", "Ann Lee"], ["ann-lee", "A"], ["", "Ann Lee"])
    assert report.ok
    assert set(Official.objects.values_list("ref", flat=True)) == {
        "ann-lee", "ann-lee-2", "ann-lee-3",
    }  # fmt: skip


def test_long_names_make_refs_that_differ():
    assert send("officials", ["ref", "name"], *[["", "a" * 400]] * 3).ok
    refs = Official.objects.values_list("ref", flat=True)
    assert sorted(map(len, refs)) == [200, 200, 200]


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "1_0", "١", "1.0", "-1", "0", "2147483648"])
def test_no_number_of_a_paragraph(number):
    cited = ["record", "field", "source", "paragraph", "quote", "stance"]
    of_citation = send("citations", cited, ["official:a", "name", "s", number, "q", "supports"])
    evidence = ["ref", "name", "cite_source", "cite_paragraph"]
    of_official = send("officials", evidence, ["a", "Ann", "s", number])
    assert (2, "paragraph") in places(of_citation)
    assert places(of_official) == [(2, "cite_paragraph")]


@pytest.mark.parametrize("number", ["7", "07", " 7 "])
def test_a_number_however_it_is_written(number):
    ParagraphFactory(source=SourceFactory(ref="s"), number=7)
    evidence = ["ref", "name", "cite_source", "cite_paragraph"]
    assert send("officials", evidence, ["a", "Ann", "s", number]).ok
    cited = ["record", "field", "source", "paragraph", "quote", "stance"]
    assert send("citations", cited, ["official:a", "name", "s", number, "q", "supports"]).ok


@pytest.mark.parametrize("record", ["", "official", "official:", "nobody:a", "Official:a", ":a"])
def test_no_record(record):
    header = ["record", "field", "source", "paragraph", "quote", "stance"]
    report = send("citations", header, [record, "name", "s", "1", "q", "supports"])
    (error,) = [error for error in report.errors if error.column == "record"]
    assert error.message.endswith(".")


def test_a_long_cell_that_names_nothing_is_quoted_in_part():
    (error,) = send("roles", ["ref", "official", "title"], ["a", "x" * 90_000, "Chair"]).errors
    assert len(error.message) < 300


def test_a_row_below_itself_and_rows_below_one_another():
    ThreatSourceFactory(ref="here")
    header = ["ref", "name", "kind", "parent"]
    report = send(
        "threat_sources",
        header,
        ["self", "A", "state", "self"],
        ["here", "B", "state", "b"],
        ["b", "C", "state", "here"],
        ["low", "D", "state", "b"],
        ["lost", "E", "state", "nowhere"],
        ["bad", "F", "kingdom", ""],
        ["under-bad", "G", "state", "bad"],
    )
    assert places(report) == [
        (2, "parent"),
        (3, "parent"),
        (4, "parent"),
        (6, "parent"),
        (7, "kind"),
    ]
    assert report.errors[1].message.startswith("This would close a circle: here → b → here.")
    assert ThreatSource.objects.count() == 1


def test_a_long_line_of_versions_is_no_circle_and_takes_no_time():
    rows = [[f"v{n}", f"Notice {n}", f"v{n + 1}"] for n in range(3_000)]
    rows.append(["v3000", "Notice", ""])
    assert send("sources", ["ref", "title", "supersedes"], *rows).ok
    assert Source.objects.filter(supersedes=None).count() == 1


def test_a_long_circle_is_named_in_part():
    rows = [[f"v{n}", "Notice", f"v{(n + 1) % 50}"] for n in range(50)]
    report = send("sources", ["ref", "title", "supersedes"], *rows)
    assert len(report.errors) == 50
    assert report.errors[3].message == (
        "This would close a circle: v3 → v4 → v5 → v6 → v7 → … → v48 → v49 → v0 → v1 → v2 → v3. "
        "Choose another, or none."
    )


def test_the_first_errors_are_listed_whatever_finds_them(monkeypatch):
    for module in (runs, plan):
        monkeypatch.setattr(module, "MAX_ERRORS", 4)
    rows = [["a", "Ann", ""], ["a", "Ann", ""], ["UPPER", "", "Utopia"]] * 10
    report = send("officials", ["ref", "name", "country"], *rows)
    assert places(report) == [(3, "ref"), (4, "ref"), (4, "name"), (4, "country"), (None, None)]
    assert report.errors[-1].message == "45 more errors are not listed."


def test_errors_that_are_not_listed_are_counted(monkeypatch):
    monkeypatch.setattr(plan, "MAX_ERRORS", 10)
    monkeypatch.setattr(runs, "MAX_ERRORS", 10)
    rows = [["a", "Ann", "x"]] * 3_000
    report, shown = preview_csv("officials", table(["ref", "name", "_version"], rows))
    assert (len(report.errors), shown.error_count) == (11, 2_999)  # the first is a conflict


def test_columns_beside_the_contract_are_passed_over():
    header = ["_errors", "ref", "name", "_state"]
    report = send("officials", header, ["Wrong once.", "a", "Ann", "name=stale"])
    again = send("officials", header, ["", "a", "Ann", ""])
    assert (report.new, again.unchanged) == (1, 1)


def test_a_preview_shows_errors_of_form_and_of_content():
    report, shown = preview_csv("officials", b"ref,name,country\na,Ann\nb,Bob,Utopia\n")
    assert shown.errors == report.errors
    assert (places(report), shown.error_count) == ([(2, None), (3, "country")], 2)


def test_evidence_that_many_rows_lack_is_counted(monkeypatch, settings):
    settings.ROSTER_EVIDENCE = "require"
    for module in (runs, plan):
        monkeypatch.setattr(module, "MAX_ERRORS", 2)
    rows = [[f"a{n}", "Ann"] for n in range(5)]
    report = send("officials", ["ref", "name"], *rows)
    assert places(report) == [(2, "name"), (3, "name"), (None, None)]
    assert report.errors[-1].message == "3 more errors are not listed."
    assert not Official.objects.exists()


def test_of_a_long_cell_an_error_keeps_a_part():
    (error,) = send("officials", ["ref", "name"], ["a", "x" * 50_000]).errors
    assert len(error.value) == 60


def test_new_rows_are_numbered_in_the_order_of_the_file():
    rows = [[f"a{n % 7}{n}", f"Ann {n}"] for n in range(200)]
    assert send("officials", ["ref", "name"], *rows).ok
    assert list(Official.objects.order_by("id").values_list("ref", "name")) == [
        tuple(row) for row in rows
    ]


@pytest.mark.parametrize("content", [b"", b"name\nAnn\n", b"ref,nmae\na,Ann\n", b"ref,name\n"])
def test_a_preview_of_a_file_without_rows_that_could_be_read(content):
    report, shown = preview_csv("officials", content)
    assert (shown.rows, shown.errors, shown.error_count) == ([], report.errors, len(report.errors))

"""A file goes in whole, as one changeset, or not at all; and comes out as it went in."""

import io

import pytest

from roster.exchange import exports, runs
from roster.exchange.exports import export_csv
from roster.exchange.resources import RESOURCES
from roster.exchange.runs import import_csv
from roster.models import (
    Change,
    Changeset,
    Citation,
    Official,
    Protection,
    ProtectionExtension,
    ThreatSource,
)

pytestmark = pytest.mark.django_db


def run(stem, text, **options):
    return import_csv(stem, text.encode(), reason="A test.", **options)


def exported(stem, **options):
    out = io.StringIO(newline="")
    export_csv(stem, out, **options)
    return out.getvalue()


def places(report):
    return [(error.line, error.column) for error in report.errors]


def test_new_rows_are_written_in_one_changeset():
    report = run("officials", "ref,name\na,Ann\nb,Bob\n")

    assert (report.rows, report.new, report.changed, report.unchanged) == (2, 2, 0, 0)
    entry = Changeset.objects.newest_first().first()
    assert (report.changeset, entry.kind, entry.change_count) == (entry.position, "import", 2)
    assert set(Official.objects.values_list("ref", "name")) == {("a", "Ann"), ("b", "Bob")}


def test_importing_again_changes_nothing_and_leaves_no_changeset():
    run("officials", "ref,name\na,Ann\n")
    before = Change.objects.count()

    report = run("officials", "ref,name\na,Ann\n")

    assert (report.unchanged, report.changeset, Change.objects.count()) == (1, None, before)


def test_a_column_left_out_is_left_as_it_is_and_a_blank_cell_clears():
    run("officials", "ref,name,honorific,summary\na,Ann,Dr,Known.\n")

    report = run("officials", "summary,ref\n,a\n")

    official = Official.objects.get(ref="a")
    assert report.changed == 1
    assert (official.name, official.honorific, official.summary) == ("Ann", "Dr", "")


def test_a_changed_name_can_be_found_at_once():
    run("officials", "ref,name\na,Ann\n")
    run("officials", "ref,name\na,Zoë Müller\n")

    assert Official.objects.get(ref="a").search_key == "muller zoe"


def test_a_dry_run_reports_the_same_and_writes_nothing():
    report = run("officials", "ref,name\na,Ann\n", dry_run=True)

    assert (report.new, report.changeset) == (1, None)
    assert not Official.objects.exists()


def test_one_bad_row_keeps_all_rows_out_and_every_error_is_told():
    run("officials", "ref,name\na,Ann\n")
    text = (
        "ref,official,level,start,end\n"
        "good,a,event,2020,2021\n"
        "bad,nobody,sometimes,2020-13,03/01/2020\n"
        "late,a,event,2021,2020\n"
    )

    report = run("protections", text)

    assert places(report) == [(3, "official"), (3, "level"), (3, "start"), (3, "end"), (4, "end")]
    assert report.changeset is None
    assert not Protection.objects.exists()
    messages = [error.message for error in report.errors]
    assert "nobody" in messages[0]
    assert "round_the_clock, part_time, event, unknown" in messages[1]
    assert "2020-13" in messages[2]
    assert "03/01/2020" in messages[3]
    assert "on or before" in messages[3]
    assert "before the start" in messages[4]


def test_errors_of_form_and_of_content_come_together():
    report = run("officials", "ref,name,country\na,Ann\nb,Bob,Utopia\n")

    assert places(report) == [(2, None), (3, "country")]
    assert report.rows == 2


@pytest.mark.parametrize(
    ("stem", "text", "place"),
    [
        ("officials", "ref\na\n", (2, "name")),
        ("officials", "ref,name\na,\n", (2, "name")),
        ("roles", "ref,title\na,Chair\n", (2, "official")),
        ("roles", "ref,official,title\na,,Chair\n", (2, "official")),
        ("paragraphs", "source,number\n,1\n", (2, "source")),
        ("paragraphs", "source,number\ns,\n", (2, "number")),
        ("citations", "record,field,source,paragraph,quote,stance\n,,,,,\n", (2, "record")),
    ],
)
def test_what_a_new_row_requires_is_named(stem, text, place):
    assert place in places(run(stem, text))


def test_a_required_cell_cannot_be_cleared():
    run("officials", "ref,name\na,Ann\n")

    report = run("officials", "ref,name\na,\n")

    assert [(e.line, e.column, e.message) for e in report.errors] == [
        (2, "name", "name must not be empty: give a value.")
    ]


def test_a_key_twice_in_the_file_is_refused_with_both_lines():
    report = run("officials", "ref,name\na,Ann\nb,Bob\na,Anna\n")

    assert places(report) == [(4, "ref")]
    assert "line 2" in report.errors[0].message


def test_the_same_number_written_twice_is_the_same_key(seeded):
    source = "2024-07-18-iran-threat"

    report = run("paragraphs", f"source,number,summary\n{source},7,a\n{source},07,b\n")

    assert places(report) == [(3, "number")]


def test_blank_refs_are_made_and_never_twice():
    report = run("officials", "ref,name\n,Ann Lee\n,Ann Lee\nann-lee-3,Ann Lee\n")

    assert report.ok
    assert list(Official.objects.values_list("ref", flat=True)) == [
        "ann-lee",
        "ann-lee-2",
        "ann-lee-3",
    ]


def test_a_made_ref_avoids_those_of_deleted_rows():
    run("officials", "ref,name\n,Ann Lee\n")
    Official.objects.all().delete()

    run("officials", "ref,name\n,Ann Lee\n")

    assert Official.objects.get().ref == "ann-lee-2"


def test_made_refs_of_extensions_count_up(seeded):
    text = (
        "ref,protection,number\n"
        ",mike-pompeo/protection,\n"
        ",mike-pompeo/protection,8\n"
        ",mike-pompeo/protection,\n"
    )

    assert run("extensions", text).ok
    assert set(
        ProtectionExtension.objects.filter(protection__ref="mike-pompeo/protection").values_list(
            "ref", flat=True
        )
    ) == {f"mike-pompeo/protection/{n}" for n in (1, 2, 3, 8)}


def test_a_row_may_name_one_further_down_in_the_same_file():
    text = "ref,name,kind,parent\nquds,Quds,group,irgc\nirgc,IRGC,organization,iran\n"
    text += "iran,Iran,state,\n"

    report = run("threat_sources", text)

    assert report.ok, report.errors
    assert ThreatSource.objects.get(ref="quds").parent.parent.ref == "iran"


def test_rows_that_name_one_another_in_a_circle_are_refused():
    report = run("threat_sources", "ref,name,kind,parent\na,A,group,b\nb,B,group,a\n")

    assert {(2, "parent"), (3, "parent")} & set(places(report))
    assert not ThreatSource.objects.exists()


def test_a_citation_without_a_value_takes_what_the_field_says(seeded):
    text = (
        "record,field,source,paragraph,quote,stance\n"
        "official:mark-milley,name,2024-07-18-iran-threat,6,Mark Milley again,supports\n"
    )

    assert run("citations", text).ok
    assert Citation.objects.get(quote="Mark Milley again").value == "Mark Milley"


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ("mark-milley,name,2024-07-18-iran-threat,6", "record", "write kind:ref"),
        ("person:mark-milley,name,2024-07-18-iran-threat,6", "record", "write kind:ref"),
        ("official:nobody,name,2024-07-18-iran-threat,6", "record", "nobody"),
        ("official:No one!,name,2024-07-18-iran-threat,6", "record", "No one!"),
        ("official:mark-milley,name,No such one!,6", "paragraph", "no paragraph"),
        ("official:mark-milley,level,2024-07-18-iran-threat,6", "field", "no such field"),
        ("official:mark-milley,ref,2024-07-18-iran-threat,6", "field", "no such field"),
        ("official:mark-milley,name,2024-07-18-iran-threat,60", "paragraph", "no paragraph"),
        ("official:mark-milley,name,,6", "source", "must not be empty"),
        ("official:mark-milley,name,2024-07-18-iran-threat,", "paragraph", "must not be empty"),
        ("official:mark-milley,name,elsewhere,6", "paragraph", "no paragraph"),
        ("official:mark-milley,name,2024-07-18-iran-threat,six", "paragraph", "no paragraph"),
    ],
)
def test_a_citation_of_what_is_not_there_is_refused(seeded, cells, column, words):
    text = f"record,field,source,paragraph,quote,stance\n{cells},x,supports\n"

    (error,) = run("citations", text).errors

    assert (error.line, error.column) == (2, column)
    assert words in error.message


def test_a_row_changed_since_it_was_exported_is_a_conflict():
    run("officials", "ref,name\na,Ann\nb,Bob\n")
    old = exported("officials", versions=True)
    run("officials", "ref,name\na,Anna\n")

    report = run("officials", old.replace("Ann,", "Annie,").replace("Bob,", "Rob,"))

    assert (report.conflicts, report.changed, report.changeset) == (1, 1, None)
    assert places(report) == [(2, "_version")]
    assert set(Official.objects.values_list("name", flat=True)) == {"Anna", "Bob"}


def test_a_row_deleted_since_it_was_exported_is_a_conflict():
    run("officials", "ref,name\na,Ann\n")
    old = exported("officials", versions=True)
    Official.objects.all().delete()

    report = run("officials", old)

    assert (report.conflicts, places(report)) == (1, [(2, "_version")])
    assert not Official.objects.exists()


@pytest.mark.parametrize("stem", RESOURCES)
def test_what_was_exported_imports_again_with_nothing_changed(seeded, stem):
    before = Change.objects.count()

    for versions in (False, True):
        report = run(stem, exported(stem, versions=versions))

        assert report.ok, report.errors
        assert (report.unchanged, report.new, report.changed) == (report.rows, 0, 0)
    assert report.rows > 0
    assert Change.objects.count() == before


@pytest.mark.parametrize("stem", RESOURCES)
def test_the_library_exports_the_same_cells(seeded, stem):
    dataset = RESOURCES[stem]().export()

    assert sorted(dataset.csv.splitlines()) == sorted(exported(stem).splitlines())


def test_versions_are_asked_for_a_batch_at_a_time(monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 2)
    run("officials", "ref,name\na,A\nb,B\nc,C\n")

    rows = [line.split(",") for line in exported("officials", versions=True).splitlines()]

    assert [row[0] for row in rows] == ["ref", "a", "b", "c"]
    assert all(row[-1].isdigit() for row in rows[1:])


@pytest.mark.parametrize("stem", RESOURCES)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    seeded, stem, django_assert_max_num_queries
):
    with django_assert_max_num_queries(2):
        exported(stem)
    text = exported(stem)
    with django_assert_max_num_queries(50):
        run(stem, text)


def test_only_so_many_errors_are_listed(monkeypatch):
    monkeypatch.setattr(runs, "MAX_ERRORS", 3)

    report = run("officials", "ref,name\n" + "UPPER,x\n" * 5)

    assert len(report.errors) == 4
    assert report.errors[-1].message == "2 more errors are not listed."


def test_a_preview_shows_each_row_old_and_new():
    run("officials", "ref,name,summary\na,Ann,Known.\nb,Bob,\n")

    report, plan = runs.preview_csv(
        "officials", b"ref,name,summary\na,Anna,Known.\nb,Bob,\nc,Cid,\n"
    )

    assert (report.new, report.changed, report.unchanged) == (1, 1, 1)
    assert [(row.line, row.is_new, row.label) for row in plan.rows] == [
        (2, False, "a"),
        (4, True, "c"),
    ]
    assert [(cell.column, cell.old, cell.new) for cell in plan.rows[0].cells] == [
        ("name", "Ann", "Anna")
    ]
    assert not Official.objects.filter(ref="c").exists()


def test_what_was_previewed_is_imported_and_nothing_else():
    run("officials", "ref,name\na,Ann\n")
    file = "ref,name\na,Anna\n"
    _report, plan = runs.preview_csv("officials", file.encode())
    run("officials", "ref,name\na,Annie\n")

    refused = run("officials", file, as_previewed=plan.digest)
    _report, again = runs.preview_csv("officials", file.encode())
    accepted = run("officials", file, as_previewed=again.digest)

    assert "changed by someone after the preview" in refused.errors[0].message
    assert refused.changeset is None
    assert accepted.ok
    assert Official.objects.get().name == "Anna"

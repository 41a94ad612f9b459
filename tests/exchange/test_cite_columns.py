"""A row of a file may bring its evidence: one passage for all that it sets or changes."""

from __future__ import annotations

import pytest

from roster.exchange.runs import import_csv, preview_csv
from roster.models import Changeset, Citation, Official, Protection
from roster.provenance.states import EvidenceState
from roster.provenance.tallies import counts
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db

TEXT = "A detail has guarded Ann Lee around the clock since the spring."
CITE = "cite_source,cite_paragraph,cite_quote,cite_stance"


@pytest.fixture(autouse=True)
def paragraph():
    return ParagraphFactory(source=SourceFactory(ref="notice"), number=7, text=TEXT)


def run(stem, text):
    return import_csv(stem, text.encode(), reason="A test.")


def cited():
    return {
        (c.record.ref, c.field, c.value, c.quote, c.stance) for c in Citation.objects.with_records()
    }


def errors(report):
    return [(error.line, error.column) for error in report.errors]


def test_a_new_row_cites_every_factual_field_that_it_sets():
    report = run(
        "officials",
        f"ref,name,country,born,summary,{CITE}\nann,Ann Lee,US,,Words,notice,7,guarded Ann Lee,\n",
    )

    assert not report.errors
    assert (report.cited, report.stale) == (2, 0)
    assert cited() == {
        ("ann", "name", "Ann Lee", "guarded Ann Lee", "supports"),
        ("ann", "country", "US", "guarded Ann Lee", "supports"),
    }
    assert Changeset.objects.newest_first().first().change_count == 3
    assert counts()[EvidenceState.CURRENT] == 2


def test_a_changed_row_cites_what_it_changes_and_nothing_else():
    ProtectionFactory(ref="p", level="part_time", provider="A")
    run("protections", f"ref,level,provider,{CITE}\np,round_the_clock,A,notice,07,,\n")
    assert cited() == {("p", "level", "round_the_clock", "", "supports")}


def test_a_row_that_changes_nothing_cites_nothing():
    ProtectionFactory(ref="p", level="part_time")
    report = run("protections", f"ref,level,{CITE}\np,part_time,notice,7,,\n")
    assert (report.unchanged, report.cited, report.changeset) == (1, 0, None)
    assert not Citation.objects.exists()


@pytest.mark.parametrize("value", ["", "unknown"])
def test_an_unknown_value_needs_and_gets_no_citation(value):
    ProtectionFactory(ref="p", level="part_time", provider="A")
    column = "level" if value else "provider"
    run("protections", f"ref,{column},{CITE}\np,{value},notice,7,,\n")
    assert not Citation.objects.exists()


def test_a_denial_disputes_what_the_row_sets():
    run("officials", f"ref,name,{CITE}\nann,Ann Lee,notice,7,Ann Lee,disputes\n")
    assert cited() == {("ann", "name", "Ann Lee", "Ann Lee", "disputes")}


def test_rows_without_evidence_stand_beside_rows_with_it():
    run("officials", f"ref,name,{CITE}\na,Ann,notice,7,,\nb,Bob,,,,\n")
    assert {ref for ref, *_ in cited()} == {"a"}


def test_words_with_other_quotation_marks_or_spaces_are_placed(paragraph):
    paragraph.text = "She said “a detail – always” is there."
    paragraph.save()
    run("officials", f'ref,name,{CITE}\na,Ann,notice,7,"""a detail - always""",\n')
    assert Citation.objects.get().anchor_words == "“a detail – always”"
    assert counts()[EvidenceState.UNANCHORED] == 0


def test_the_same_words_are_cited_for_the_new_value(paragraph):
    protection = ProtectionFactory(ref="p", level="part_time")
    CitationFactory(
        official=None, protection=protection, field="level", value="part_time",
        paragraph=paragraph, quote="guarded",
    )  # fmt: skip
    report = run("protections", f"ref,level,{CITE}\np,event,notice,7,guarded,\n")
    assert (report.cited, report.stale) == (1, 0)
    assert cited() == {("p", "level", "event", "guarded", "supports")}


def test_the_same_words_with_another_stance_are_refused(paragraph):
    protection = ProtectionFactory(ref="p", level="part_time")
    CitationFactory(
        official=None, protection=protection, field="level", value="part_time",
        paragraph=paragraph, quote="guarded",
    )  # fmt: skip
    report = run("protections", f"ref,level,{CITE}\np,event,notice,7,guarded,disputes\n")
    assert errors(report) == [(2, "cite_stance")]
    assert Protection.objects.get().level == "part_time"


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ("notice,,,", "cite_paragraph", "give cite_paragraph as well"),
        (",7,,", "cite_source", "give cite_source as well"),
        (",,guarded,", "cite_source", "give cite_source as well"),
        ("other,7,,", "cite_paragraph", "has no paragraph"),
        ("notice,8,,", "cite_paragraph", "has no paragraph"),
        ("notice,7,guarded Bob Roe,", "cite_quote", "The nearest words there are"),
        ("notice,7,,maybe", "cite_stance", "supports"),
        (f"notice,7,{'x' * 501},", "cite_quote", "501"),
    ],
)
def test_evidence_that_cannot_be_taken_is_refused_with_its_place(cells, column, says):
    report = run("officials", f"ref,name,{CITE}\na,Ann,,,,\nb,Bob,{cells}\n")
    assert errors(report) == [(3, column)]
    assert says in report.errors[0].message
    assert not Official.objects.exists()


def test_a_file_of_sources_takes_no_such_columns():
    report = run("sources", "ref,title,cite_source\na,A,notice\n")
    assert errors(report) == [(1, "cite_source")]


def test_values_that_change_without_evidence_leave_their_citations_stale(paragraph):
    protection = ProtectionFactory(ref="p", level="part_time", provider="A")
    for field, value in (("level", "part_time"), ("level", "event"), ("provider", "A")):
        CitationFactory(
            official=None, protection=protection, field=field, value=value, paragraph=paragraph
        )
    _report, plan = preview_csv("protections", b"ref,level,provider\np,round_the_clock,A\n")
    assert [row.makes_stale for row in plan.rows] == [("level",)]  # the other was stale before
    report = run("protections", "ref,level,provider\np,round_the_clock,A\n")
    assert report.stale == 1
    assert "stale" not in report.as_json()


def test_where_evidence_is_required_a_row_may_bring_it(settings):
    settings.ROSTER_EVIDENCE = "require"
    refused = run("officials", "ref,name\nann,Ann Lee\n")
    assert errors(refused) == [(2, "name")]
    text = f"ref,name,{CITE}\nann,Ann Lee,notice,7,Ann Lee,\n"
    assert preview_csv("officials", text.encode())[0].ok
    assert run("officials", text).ok
    disputed = run("officials", f"ref,name,{CITE}\nbob,Bob,notice,7,Ann Lee,disputes\n")
    assert errors(disputed) == [(2, "name")]


def test_the_queries_do_not_grow_with_the_rows(django_assert_max_num_queries):
    OfficialFactory.create_batch(40)
    rows = "".join(f"{o.ref},Name of {o.ref},notice,7,,\n" for o in Official.objects.all())
    with django_assert_max_num_queries(50):
        run("officials", f"ref,name,{CITE}\n{rows}")
    assert Citation.objects.count() == 40

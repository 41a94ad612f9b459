"""Previews: which rows are wanted, errors apart from conflicts, and a digest for all of it."""

from __future__ import annotations

import pytest

from roster.exchange.mappings import Made, Mapping
from roster.exchange.plans import NOTHING, Choice, Decision, RowState, Wanted
from roster.exchange.runs import CHANGED_SINCE, import_csv, preview_csv
from roster.exchange.sheets import Form
from roster.history.changesets import changeset
from roster.models import Change, Official
from tests.factories import OfficialFactory


@pytest.fixture
def ann(db):
    with changeset(reason="Prepared.", kind="command"):
        return OfficialFactory(ref="ann", name="Ann", honorific="Mrs")


@pytest.fixture
def overtaken(ann):
    """A file whose row of ann was overtaken, and the version that she has now."""
    version = Change.objects.of_row(ann).last().pk
    with changeset(reason="Meanwhile.", kind="edit"):
        Official.objects.filter(pk=ann.pk).update(honorific="Judge")
    content = f"ref,name,honorific,_version\nann,Ann,Dr,{version}\nbob,,Dr,\n".encode()
    return content, Change.objects.of_row(ann).last().pk


def test_errors_of_a_preview_are_no_conflicts_and_its_report_has_both(overtaken):
    report, shown = preview_csv("officials", overtaken[0])
    assert [(error.line, error.column) for error in shown.errors] == [(3, "name")]
    assert shown.error_count == 1
    assert [(error.line, error.column) for error in report.errors] == [(2, "_version"), (3, "name")]
    assert report.conflicts == 1


def test_wanted_rows_are_chosen_by_what_was_counted(overtaken):
    seen = []

    def wanting(preview):
        seen.append((dict(preview.counts), preview.error_count))
        return Wanted((RowState.CONFLICT,))

    _report, shown = preview_csv("officials", overtaken[0], wanting=wanting)
    assert seen == [({RowState.CONFLICT: 1, RowState.WRONG: 1}, 1)]
    assert [row.label for row in shown.rows] == ["ann"]
    _report, shown = preview_csv("officials", overtaken[0], wanting=lambda _preview: NOTHING)
    assert shown.rows == []


@pytest.mark.parametrize(
    ("choice", "state"), [(Choice.KEEP, RowState.KEPT), (Choice.TAKE, RowState.CHANGED)]
)
def test_decided_conflicts_are_counted_and_shown_among_the_conflicts(overtaken, choice, state):
    content, version = overtaken
    _report, shown = preview_csv(
        "officials",
        content,
        decisions={2: Decision(choice, version)},
        wanting=lambda _preview: Wanted((RowState.CONFLICT,), decided=True),
    )
    assert (shown.decided, shown.counts[state]) == (1, 1)
    assert [(row.label, row.state, row.decided) for row in shown.rows] == [("ann", state, choice)]


@pytest.mark.parametrize("first", [Form(), Form("cp1252"), Form("utf-8", ",")])
def test_digest_is_another_when_the_file_is_read_otherwise(db, first):
    content = b"ref,name\nann,Ann\n"
    _report, shown = preview_csv("officials", content, form=first)
    report = import_csv(
        "officials", content, reason="Do.", form=Form("cp1250"), as_previewed=shown.digest
    )
    assert [error.message for error in report.errors] == [CHANGED_SINCE]
    assert import_csv("officials", content, reason="Do.", form=first, as_previewed=shown.digest).ok


def test_digest_is_the_same_when_what_was_found_out_is_chosen(db):
    content = b"ref,name\nann,Ann\n"
    _report, shown = preview_csv("officials", content)
    assert shown.form == Form("utf-8", ",")
    assert preview_csv("officials", content, form=shown.form)[1].digest == shown.digest


def test_digest_is_another_when_the_file_is_mapped_otherwise(ann):
    content = b"id,one,other\nann,Dr,Judge\n"

    def mapped(column, ignored):
        columns = {"ref": Made(("id",)), "honorific": Made((column,))}
        return Mapping("officials", columns, (ignored,))

    one, other = mapped("one", "other"), mapped("other", "one")
    digest = preview_csv("officials", content, mapping=one)[1].digest
    assert digest == preview_csv("officials", content, mapping=mapped("one", "other"))[1].digest
    report = import_csv("officials", content, reason="Do.", mapping=other, as_previewed=digest)
    assert [error.message for error in report.errors] == [CHANGED_SINCE]


def test_decision_for_another_version_decides_nothing(overtaken):
    content, version = overtaken
    decisions = {2: Decision(Choice.TAKE, version - 1)}
    report, shown = preview_csv("officials", content, decisions=decisions)
    assert (report.conflicts, shown.decided) == (1, 0)

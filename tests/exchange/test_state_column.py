"""The column `_state`: computed for an export, passed over by an import."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from roster.exchange.exports import export_csv
from roster.exchange.runs import import_csv
from roster.exchange.sheets import BATCH
from roster.models import DOMAIN, Change, Citation, Official, Protection
from tests.factories import CitationFactory, OfficialFactory, ParagraphFactory, ProtectionFactory

pytestmark = pytest.mark.django_db

WITH_STATES = [model for model in DOMAIN if model.file_stem not in {"sources", "paragraphs"}]


def written(stem, **options):
    out = io.StringIO(newline="")
    export_csv(stem, out, **options)
    return out.getvalue()


def states(stem):
    rows = list(csv.DictReader(io.StringIO(written(stem, states=True))))
    assert not rows or list(rows[0])[-1] == "_state"
    return [row["_state"] for row in rows]


def cite(record, column, *, text="Her guards stay.", quote="guards stay", **values):
    return CitationFactory(
        **{"official": None, record.record_kind: record},
        field=column,
        paragraph=ParagraphFactory(text=text),
        quote=quote,
        **{"value": record.cell(column), **values},
    )


def test_a_citation_has_all_its_states_the_gravest_first():
    official = OfficialFactory(country="US")
    cite(official, "country")
    assert states("citations") == ["current"]
    Citation.objects.update(value="x")
    assert states("citations") == ["stale"]
    cite(official, "name", value="x", text="")
    assert states("citations") == ["stale", "stale|unverified"]


def test_a_record_has_the_gravest_state_of_each_field_in_column_order():
    protection = ProtectionFactory(level="part_time", provider="Guards", authority="Law", end="..")
    cite(protection, "provider")
    cite(protection, "level")
    cite(protection, "level", value="event")
    cite(protection, "start", text="")
    assert states("protections") == [
        "level=stale|provider=current|authority=unsourced|start=unverified|end=unsourced"
    ]


def test_values_that_want_no_evidence_are_not_named():
    protection = ProtectionFactory(level="unknown", summary="Said in our own words.")
    cite(protection, "summary")
    assert states("protections") == [""]


def test_a_row_that_others_follow_keeps_its_own_state():
    Official.objects.bulk_create(
        Official(ref=f"o-{n:04}", name=f"O {n}") for n in range(2 * BATCH + 1)
    )
    for official in Official.objects.filter(ref__in=("o-0000", f"o-{2 * BATCH:04}")):
        cite(official, "name")
    found = states("officials")
    assert (found[0], found[-1]) == ("name=current", "name=current")
    assert set(found[1:-1]) == {"name=unsourced"}


@pytest.mark.parametrize("model", WITH_STATES)
def test_states_cost_one_query_more_however_many_rows(seeded, django_assert_num_queries, model):
    with django_assert_num_queries(1 if model is Citation else 2):
        written(model.file_stem, states=True)


@pytest.mark.parametrize("model", WITH_STATES)
def test_states_and_versions_round_trip_with_nothing_changed(seeded, model):
    text = written(model.file_stem, versions=True, states=True)
    before = Change.objects.count()
    report = import_csv(model.file_stem, text.encode(), reason="Back.")
    assert text.partition("\n")[0].endswith(",_version,_state")
    assert (report.ok, report.unchanged) == (True, report.rows)
    assert Change.objects.count() == before


@pytest.mark.parametrize("said", ["", "level=stale", "nonsense", "stale|stale", "name=x"])
def test_import_passes_over_whatever_the_state_says(said):
    text = f"ref,name,_state\na,Ann,{said}\n"
    report = import_csv("officials", text.encode(), reason="New.")
    assert (report.ok, report.new) == (True, 1)
    assert states("officials") == ["name=unsourced"]
    assert import_csv("officials", text.encode(), reason="Again.").unchanged == 1


def test_a_state_alone_changes_nothing(seeded):
    text = "ref,_state\nmike-pompeo/protection,level=current\n"
    Protection.objects.filter(ref="mike-pompeo/protection").update(level="event")
    assert import_csv("protections", text.encode(), reason="None.").unchanged == 1
    assert "level=stale" in written("protections", states=True)


@pytest.mark.parametrize("stem", ["sources", "paragraphs"])
def test_what_has_no_state_is_refused_with_a_sentence(stem):
    with pytest.raises(CommandError, match="leave --states out") as refusal:
        call_command("export_csv", stem, "--states")
    assert refusal.value.returncode == 2
    report = import_csv(stem, b"ref,source,number,_state\n", reason="No.")
    assert any("There is no column _state" in error.message for error in report.errors)


def test_command_adds_the_states_last(seeded, capsys):
    call_command("export_csv", "citations", "--versions", "--states")
    header, first = capsys.readouterr().out.splitlines()[:2]
    assert header.endswith(",note,_version,_state")
    assert first.endswith(",unverified")

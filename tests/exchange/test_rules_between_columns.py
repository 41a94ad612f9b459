"""Rules between columns are asked of the row as file and roster together say it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from roster.exchange.resources import RESOURCES
from roster.fields import Rule
from roster.models import DOMAIN, Citation, Official, Protection, Role
from roster.provenance.fingerprints import fingerprint
from tests.exchange.cells import send
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    ThreatFactory,
    ThreatSourceFactory,
)

pytestmark = pytest.mark.django_db

PERIOD = ({"start": "2021"}, {"end": "2020"}, {"end": "2021"})
RULES = {
    "official_dies_after_birth": (
        OfficialFactory, {"born": "1950"}, {"died": "1949"}, {"died": "1950"},
    ),
    "role_period_is_possible": (RoleFactory, *PERIOD),
    "threat_period_is_possible": (ThreatFactory, *PERIOD),
    "protection_period_is_possible": (ProtectionFactory, *PERIOD),
    "extension_period_is_possible": (ExtensionFactory, *PERIOD),
    "protection_open_end_has_no_reason": (
        ProtectionFactory, {"end_reason": "revoked"}, {"end": ".."}, {"end": "2020"},
    ),
    "threat_source_is_not_its_own_parent": (
        ThreatSourceFactory, {"ref": "row"}, {"parent": "row"}, {"parent": ""},
    ),
    "source_does_not_supersede_itself": (
        SourceFactory, {"ref": "row"}, {"supersedes": "row"}, {"supersedes": ""},
    ),
    "citation_field_is_of_its_record": (
        CitationFactory, {"quote": "words"}, {"field": "level"}, {"field": "aliases"},
    ),
}  # fmt: skip
"""Of each rule: a factory, what is stored, and what a file says of another column, bad and good."""
NOT_OF_A_FILE = {
    "citation_is_of_one_record",  # its one column `record` names one
    "citation_anchor_is_whole",  # of columns that no file has
}
NEEDED = {
    "officials": ("name",),
    "roles": ("official", "title"),
    "threat_sources": ("name", "kind"),
    "threats": ("threat_source", "kind", "status"),
    "protections": ("official", "level"),
    "extensions": ("protection",),
    "sources": ("title",),
}


def rules():
    return {
        rule.name: rule
        for model in DOMAIN
        for rule in model._meta.constraints
        if isinstance(rule, Rule)
    }


def says(row, *columns):
    return {column: row.cell(column) for column in columns}


def test_every_rule_has_a_case():
    assert RULES.keys() | NOT_OF_A_FILE == rules().keys()


@pytest.mark.parametrize("name", RULES.keys() - {"citation_field_is_of_its_record"})
def test_a_rule_is_asked_of_a_changed_row_of_which_the_file_has_a_part(name):
    factory, stored, bad, good = RULES[name]
    row = factory(**stored)
    cells = {"ref": row.ref}

    refused = send(row.file_stem, {**cells, **bad}, [*cells.values(), *bad.values()])
    accepted = send(row.file_stem, {**cells, **good}, [*cells.values(), *good.values()])

    assert [error.message for error in refused.errors] == [rules()[name].sentence]
    assert (refused.errors[0].line, refused.errors[0].column) == (2, next(iter(bad)))
    assert accepted.ok, accepted.errors


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_asked_of_a_new_row_with_the_sentence_of_the_form(name):
    factory, stored, bad, good = RULES[name]
    row = factory(**stored)
    needed = row.columns if row.file_stem == "citations" else ("ref", *NEEDED[row.file_stem])
    cells = {**says(row, *needed), **says(row, *stored)}
    if row.file_stem != "citations":
        cells["ref"] = "row"
    for name_of_field, value in bad.items():
        field = row._meta.get_field(name_of_field)
        setattr(row, field.attname, row.pk if field.is_relation else value)
    with pytest.raises(ValidationError) as said:
        row.full_clean()
    row._meta.model.objects.all().delete()

    refused = send(row.file_stem, {**cells, **bad}, [*{**cells, **bad}.values()])
    accepted = send(row.file_stem, {**cells, **good}, [*{**cells, **good}.values()])

    assert [error.message for error in refused.errors] == said.value.messages
    assert accepted.ok, accepted.errors


def test_a_rule_speaks_of_a_column_that_the_file_has():
    ProtectionFactory(ref="p", end="..")
    (error,) = send("protections", ["ref", "end_reason"], ["p", "revoked"]).errors
    assert error.column == "end_reason"


def test_a_row_wrong_in_one_column_is_told_of_all_others():
    OfficialFactory(ref="a")
    report = send(
        "roles",
        ["ref", "official", "title", "start", "end"],
        ["x", "nobody", "", "2021", "2020"],
        ["UPPER", "a", "Chair", "2020-13", "03/01/2020"],
    )
    assert [(error.line, error.column) for error in report.errors] == [
        (2, "official"),
        (2, "title"),
        (2, "end"),
        (3, "ref"),
        (3, "start"),
        (3, "end"),
    ]
    assert not Role.objects.exists()


def test_columns_left_out_of_a_new_row_have_their_defaults():
    assert send("officials", ["ref", "name"], ["a", "Ann"]).ok
    official = Official.objects.get()
    official.full_clean()
    assert (official.aliases, official.country, official.died) == ((), "", "")


@pytest.mark.parametrize("stem", NEEDED)
def test_each_column_that_a_new_row_needs_is_asked_for(stem):
    report = send(stem, ["ref", "summary"], ["a", "Known."])
    assert [(error.line, error.column) for error in report.errors] == [
        (2, column) for column in RESOURCES[stem].model().columns if column in NEEDED[stem]
    ]
    assert report.errors[0].message.startswith(f"A new row needs {NEEDED[stem][0]}: add the col")


def test_of_a_row_whose_ref_is_refused_it_is_not_said_that_it_is_new():
    (error,) = send("officials", ["ref", "summary"], ["UPPER", "Known."]).errors
    assert error.column == "ref"


def test_a_text_is_held_against_the_stored_fingerprint():
    ParagraphFactory(source=SourceFactory(ref="s"), number=1, fingerprint=fingerprint("One."))
    (error,) = send("paragraphs", ["source", "number", "text"], ["s", "1", "Two."]).errors
    assert error.column == "text"
    assert error.message.startswith("The fingerprint is that of another text")


def test_a_long_text_is_held_against_each_fingerprint():
    SourceFactory(ref="s")
    text = "word " * 5_000
    rows = [["s", str(n), text, fingerprint(text if n % 2 else "")] for n in range(1, 5)]
    report = send("paragraphs", ["source", "number", "text", "fingerprint"], *rows)
    assert [error.line for error in report.errors] == [3, 5]


def test_a_new_citation_without_a_value_takes_the_cell_of_every_kind_of_field():
    ParagraphFactory(source=SourceFactory(ref="s"), number=1)
    official = OfficialFactory(ref="o", name="Ann", aliases=["A|B", "C"], born="2020~")
    protection = ProtectionFactory(ref="p", official=official)
    ExtensionFactory(ref="e", protection=protection, number=8)
    ExtensionFactory(ref="f", protection=protection, number=None)
    ThreatSourceFactory(ref="low", parent=ThreatSourceFactory(ref="top"))
    cited = {
        ("official:o", "aliases"): "A\\|B|C",
        ("official:o", "born"): "2020~",
        ("protection:p", "official"): "o",
        ("extension:e", "number"): "8",
        ("extension:f", "number"): "",
        ("threat_source:low", "parent"): "top",
        ("threat_source:top", "parent"): "",
    }
    rows = [[*key, "s", "1", "words", "supports"] for key in cited]
    assert send(
        "citations", ["record", "field", "source", "paragraph", "quote", "stance"], *rows
    ).ok
    found = {(one.record.label, one.field): one.value for one in Citation.objects.all()}
    assert found == cited


def test_counts_say_what_each_row_is_when_some_are_wrong():
    OfficialFactory(ref="a", name="Ann")
    OfficialFactory(ref="b", name="Bob")
    report = send(
        "officials",
        ["ref", "name", "country"],
        ["a", "Ann", ""],
        ["b", "Rob", ""],
        ["c", "Cid", ""],
        ["d", "Dan", "Utopia"],
        ["c", "Cid again", ""],
    )
    assert (report.rows, report.unchanged, report.changed, report.new) == (5, 1, 1, 1)
    assert [(error.line, error.column) for error in report.errors] == [(5, "country"), (6, "ref")]
    assert not Protection.objects.exists()

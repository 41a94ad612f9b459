"""What a bundle says of itself holds: a validator that knows nothing of Roster finds it so."""

import csv
import json

import pytest
from frictionless import Package

from roster.exchange.bundle import export_bundle
from roster.exchange.datapackage import FILE_NAME, listed_in
from roster.exchange.resources import RESOURCES
from roster.models import DOMAIN
from tests.exchange.bundles import contents, describe_anew
from tests.exchange.conftest import SEED
from tests.exchange.rosters import HOSTILE
from tests.factories import SourceFactory, ThreatSourceFactory


def faults(folder):
    """What the validator finds: the file, and the type of the fault."""
    found = Package(str(folder / FILE_NAME)).validate()
    assert found.stats["tasks"] == len(DOMAIN)
    return [(task.place, error.type) for task in found.tasks for error in task.errors]


def edit(bundle, name, column, text, row=0):
    """Put another text into one cell, and describe the file as it then is."""
    path = bundle / name
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row][column] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    describe_anew(bundle, name)


def test_the_seed_is_as_it_is_described():
    assert faults(SEED) == []


@pytest.mark.django_db
def test_a_bundle_without_rows_is_as_it_is_described(tmp_path):
    export_bundle(tmp_path)

    assert faults(tmp_path) == []


@pytest.mark.django_db
def test_a_part_of_a_roster_is_as_it_is_described(seeded, tmp_path):
    ThreatSourceFactory(parent=ThreatSourceFactory())
    for text in HOSTILE:
        SourceFactory(title="x", summary=text)
    export_bundle(tmp_path / "whole")
    export_bundle(tmp_path / "part", officials=["mike-pompeo"])

    assert faults(tmp_path / "whole") == faults(tmp_path / "part") == []


@pytest.mark.parametrize(
    ("name", "column", "text", "fault"),
    [
        ("officials.csv", "name", "", "constraint-error"),
        ("officials.csv", "ref", "Mike Pompeo", "constraint-error"),
        ("officials.csv", "ref", "brian-hook", "unique-error"),
        ("officials.csv", "country", "usa", "constraint-error"),
        ("officials.csv", "born", "..", "constraint-error"),
        ("officials.csv", "born", "03/01/1970", "constraint-error"),
        ("roles.csv", "official", "nobody", "foreign-key"),
        ("threats.csv", "kind", "rumour", "constraint-error"),
        ("threat_sources.csv", "parent", "nobody", "foreign-key"),
        ("protections.csv", "level", "", "constraint-error"),
        ("extensions.csv", "number", "0", "constraint-error"),
        ("extensions.csv", "number", "first", "type-error"),
        ("sources.csv", "url", "ftp://example.org", "constraint-error"),
        ("sources.csv", "language", "english please", "constraint-error"),
        ("paragraphs.csv", "fingerprint", "abc", "constraint-error"),
        ("paragraphs.csv", "number", "2", "primary-key"),
        ("citations.csv", "record", "person:esper", "constraint-error"),
        ("citations.csv", "field", "ref", "constraint-error"),
        ("citations.csv", "paragraph", "99", "foreign-key"),
        ("citations.csv", "credibility", "7", "constraint-error"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_found(bundle, name, column, text, fault):
    edit(bundle, name, column, text)

    assert (name, fault) in faults(bundle)


@pytest.mark.parametrize("text", ["..", "2020", "2020-07~", "../2020-07", "2020/..", "2020/2021"])
def test_every_form_of_a_date_is_in_the_description(bundle, text):
    edit(bundle, "protections.csv", "end", text)

    assert faults(bundle) == []


def test_an_altered_file_is_found(bundle):
    path = bundle / "roles.csv"
    path.write_bytes(path.read_bytes().replace(b"Spokeswoman", b"Spokesperson"))

    assert {fault for _name, fault in faults(bundle)} == {"hash-count", "byte-count"}


def test_a_description_lists_what_it_describes():
    listed = listed_in((SEED / FILE_NAME).read_bytes())

    assert {file.name for file in listed} == contents(SEED).keys() - {FILE_NAME}
    assert all(len(file.sha256) == 64 for file in listed)


def test_a_description_has_the_columns_of_the_contract():
    package = json.loads((SEED / FILE_NAME).read_text())

    described = [
        tuple(field["name"] for field in entry["schema"]["fields"])
        for entry in package["resources"]
    ]
    assert described == [resource.model().columns for resource in RESOURCES.values()]

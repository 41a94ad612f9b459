"""A bundle of one official: all that hangs on it and what that rests on, nothing else."""

import csv

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.exchange.bundle import export_bundle, import_bundle
from roster.exchange.datapackage import BundleError
from roster.models import Change
from tests.exchange.bundles import contents
from tests.exchange.conftest import wipe
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


def refs(folder):
    """The first cell of each row, by file."""
    found = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            _header, *rows = csv.reader(file)
        found[path.stem] = [row[0] for row in rows]
    return found


@pytest.fixture
def two_stories():
    """Ann's, which rests on much; Bob's, of which she has no part; and threats to nobody."""
    state = ThreatSourceFactory(ref="a-state")
    group = ThreatSourceFactory(
        ref="a-group", parent=ThreatSourceFactory(ref="an-army", parent=state)
    )
    first = SourceFactory(ref="a-draft")
    second = SourceFactory(ref="an-article", supersedes=first)
    cited, _not_cited = (ParagraphFactory(source=second, number=n) for n in (1, 2))
    ParagraphFactory(source=first, number=1)
    for name in ("ann", "bob"):
        official = OfficialFactory(ref=name)
        RoleFactory(ref=f"{name}/role", official=official)
        source = group if name == "ann" else ThreatSourceFactory(ref="elsewhere", parent=state)
        ThreatFactory(ref=f"{name}/threat", official=official, threat_source=source)
        protection = ProtectionFactory(ref=f"{name}/protection", official=official)
        extension = ExtensionFactory(ref=f"{name}/extension", protection=protection)
        paragraph = cited if name == "ann" else ParagraphFactory(source=SourceFactory(ref="more"))
        CitationFactory(
            official=None, extension=extension, field="reason", paragraph=paragraph, quote=name
        )
    ThreatFactory(ref="nobody/threat", official=None, threat_source=state)
    CitationFactory(
        official=None, threat_source=state, field="name", paragraph=cited, quote="state"
    )


ANNS = {
    "officials": ["ann"],
    "roles": ["ann/role"],
    "threat_sources": ["a-group", "a-state", "an-army"],
    "threats": ["ann/threat"],
    "protections": ["ann/protection"],
    "extensions": ["ann/extension"],
    "sources": ["a-draft", "an-article"],
    "paragraphs": ["an-article"],
    "citations": ["threat_source:a-state", "extension:ann/extension"],
}


def test_a_bundle_of_one_official_is_closed_and_holds_nothing_else(two_stories, tmp_path):
    export_bundle(tmp_path / "ann", officials=["ann"])

    assert refs(tmp_path / "ann") == ANNS


def test_a_bundle_of_two_officials_is_both_their_stories(two_stories, tmp_path):
    rows = export_bundle(tmp_path / "both", officials=["bob", "ann", "ann"])

    assert refs(tmp_path / "both")["officials"] == ["ann", "bob"]
    assert (rows["threats"], rows["citations"], rows["sources"]) == (2, 3, 3)


def test_it_imports_into_an_empty_roster(two_stories, tmp_path):
    export_bundle(tmp_path / "first", officials=["ann"])
    wipe()

    outcome = import_bundle(tmp_path / "first", reason="Only her.")

    assert outcome.ok, [report.errors for report in outcome.files if report.errors]
    export_bundle(tmp_path / "second")
    assert contents(tmp_path / "second") == contents(tmp_path / "first")


def test_it_changes_nothing_where_it_came_from(two_stories, tmp_path):
    export_bundle(tmp_path / "ann.zip", officials=["ann"])
    before = Change.objects.count()

    outcome = import_bundle(tmp_path / "ann.zip", reason="Back.")

    assert (outcome.ok, outcome.changeset, Change.objects.count()) == (True, None, before)


def test_an_official_of_whom_nothing_is_known_is_a_bundle_too(tmp_path):
    OfficialFactory(ref="ann")

    rows = export_bundle(tmp_path / "ann", officials=["ann"])

    assert {stem: count for stem, count in rows.items() if count} == {"officials": 1}


def test_a_ref_that_nobody_has_is_refused(two_stories, tmp_path):
    with pytest.raises(BundleError, match="There is no official “cas”: give the ref of one"):
        export_bundle(tmp_path / "cas", officials=["ann", "cas"])

    assert list(tmp_path.iterdir()) == []


def test_the_number_of_queries_does_not_depend_on_the_rows(two_stories, tmp_path):
    asked = []
    for officials in (["ann"], ["ann", "bob"]):
        with CaptureQueriesContext(connection) as captured:
            export_bundle(tmp_path / f"{len(officials)}.zip", officials=officials)
        asked.append(len(captured))

    assert asked[1] <= asked[0]  # one for each file, and one for each level of what is above

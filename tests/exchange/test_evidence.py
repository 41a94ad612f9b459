"""Under `require` files and bundles are held to evidence: the same sentence, with its line."""

from __future__ import annotations

import shutil

import pytest

from roster.exchange import bundle as bundles
from roster.exchange.bundle import import_bundle
from roster.exchange.runs import import_csv, preview_csv
from roster.history.changesets import changeset
from roster.models import DOMAIN, Change, Changeset, Protection
from roster.provenance.states import EvidenceState
from roster.provenance.tallies import counts
from tests.exchange.bundles import describe_anew
from tests.exchange.conftest import SEED
from tests.factories import CitationFactory, OfficialFactory, ProtectionFactory

pytestmark = pytest.mark.django_db

SENTENCE = (
    "protection:ann/protection, level: event has no current citation: cite the passage that it "
    "rests on, or leave the field as it was."
)
FILE = b"ref,summary,level\nbob/protection,As before,part_time\nann/protection,,event\n"


@pytest.fixture
def required(settings):
    settings.ROSTER_EVIDENCE = "require"


@pytest.fixture
def protections(db):
    for ref in ("ann", "bob"):
        ProtectionFactory(
            ref=f"{ref}/protection", official=OfficialFactory(ref=ref), level="part_time"
        )


def recorded():
    return Change.objects.count(), Changeset.objects.count()


def places(report):
    return [(error.line, error.column, error.message) for error in report.errors]


@pytest.mark.parametrize("dry_run", [False, True])
def test_file_that_changes_a_value_without_evidence_is_refused(required, protections, dry_run):
    before = recorded()
    report = import_csv("protections", FILE, reason="Try.", dry_run=dry_run)
    assert places(report) == [(3, "level", SENTENCE)]
    assert (report.changeset, recorded()) == (None, before)
    assert set(Protection.objects.values_list("level", "summary")) == {("part_time", "")}


def test_preview_says_what_the_import_would_say(required, protections):
    report, plan = preview_csv("protections", FILE)
    assert [error.message for error in plan.errors] == [SENTENCE]
    assert places(report) == places(import_csv("protections", FILE, reason="Try."))


def test_preview_of_what_would_pass_writes_nothing_either(required, protections):
    CitationFactory(
        official=None,
        protection=Protection.objects.get(ref="ann/protection"),
        field="level",
        value="event",
    )
    before = recorded()
    report, plan = preview_csv("protections", FILE)
    assert (report.ok, plan.counts["changed"], recorded()) == (True, 2, before)
    assert import_csv("protections", FILE, reason="Now.").changeset


def test_preview_and_import_do_the_same_under_require(required, protections):
    file = FILE.replace(b"event", b"unknown")
    digest = preview_csv("protections", file)[1].digest
    assert import_csv("protections", file, reason="Now.", as_previewed=digest).changeset


def test_new_row_without_a_ref_has_its_line_and_every_field_that_lacks_evidence(required, db):
    file = b"ref,name,country,summary\n,Ann,,\n,Bob,US,In short\n"
    report = import_csv("officials", file, reason="Try.")
    assert [(error.line, error.column) for error in report.errors] == [
        (2, "name"),
        (3, "name"),
        (3, "country"),
    ]
    assert report.errors[2].message.startswith("official:bob, country: US has no current")


def test_under_warn_the_file_is_imported_and_the_field_is_in_the_queue(protections):
    assert import_csv("protections", FILE, reason="New notice.").changeset
    assert counts()[EvidenceState.UNSOURCED] == 4  # two names, two levels


def test_seed_carries_its_evidence(required, seeded):
    assert seeded.ok
    assert seeded.changeset


@pytest.fixture
def bundle(tmp_path):
    """The seed with one cited level changed and its citation left as it was."""
    folder = tmp_path / "bundle"
    shutil.copytree(SEED, folder)
    path = folder / "protections.csv"
    path.write_bytes(path.read_bytes().replace(b",round_the_clock,", b",event,", 1))
    describe_anew(folder, path.name)
    return folder


def test_bundle_whose_citations_do_not_speak_of_its_values_is_refused(required, bundle, db):
    outcome = import_bundle(bundle, reason="Try.")
    assert not outcome.ok
    ((file, (error,)),) = [(file.model, file.errors) for file in outcome.files if file.errors]
    assert (file, error.column, outcome.changeset) == ("protections", "level", None)
    assert error.line > 1
    assert error.message.endswith(SENTENCE.partition(", level: ")[2])
    assert not any(model.objects.exists() for model in DOMAIN)


def test_bundle_is_refused_by_what_it_changes_here_alone(required, seeded, bundle):
    assert not import_bundle(bundle, reason="Try.").ok
    with changeset(reason="Cited."):
        protection = Protection.objects.filter(level="round_the_clock").order_by("ref").first()
        CitationFactory(official=None, protection=protection, field="level", value="event")
    assert import_bundle(bundle, reason="Again.").changeset


def test_bundle_under_warn_is_loaded(bundle, db):
    assert bundles.import_bundle(bundle, reason="Load.").ok
    assert counts()[EvidenceState.STALE] == 1

"""A roster travels whole: the same bytes out and in, checksums first, all or nothing."""

import pytest

from roster.exchange.bundle import export_bundle, import_bundle
from roster.models import Change, Changeset, Citation, Official
from tests.exchange.bundles import contents, describe_anew
from tests.exchange.conftest import SEED

pytestmark = pytest.mark.django_db


def test_the_seed_comes_out_byte_for_byte(seeded, tmp_path):
    export_bundle(tmp_path / "out")

    assert contents(tmp_path / "out") == contents(SEED)


def test_the_seed_is_one_changeset(seeded):
    entry = Changeset.objects.get(kind="seed")

    assert entry.position == seeded.changeset
    assert entry.change_count == sum(report.new for report in seeded.files)


def test_importing_a_bundle_again_changes_nothing(seeded):
    before = Change.objects.count()

    outcome = import_bundle(SEED, reason="Again.")

    assert (outcome.ok, outcome.changeset, Change.objects.count()) == (True, None, before)


def test_an_error_in_the_last_file_keeps_all_files_out(bundle):
    path = bundle / "citations.csv"
    path.write_text(path.read_text().replace(",supports,", ",agrees,", 1))
    describe_anew(bundle, "citations.csv")

    outcome = import_bundle(bundle, reason="Try.")

    assert not outcome.ok
    (error,) = outcome.files[-1].errors
    assert (error.column, outcome.changeset) == ("stance", None)
    assert "supports, disputes" in error.message
    assert not Official.objects.exists()
    assert not Citation.objects.exists()


def test_errors_of_form_of_all_files_come_at_once(bundle):
    for name in ("officials.csv", "threats.csv"):
        path = bundle / name
        path.write_text(path.read_text() + "ragged\n")
        describe_anew(bundle, name)

    outcome = import_bundle(bundle, reason="Try.")

    assert [report.model for report in outcome.files if report.errors] == ["officials", "threats"]

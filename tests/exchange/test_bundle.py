"""A roster travels whole: the same bytes out and in, checksums first, all or nothing."""

import json
import zipfile

import pytest

from roster.exchange.bundle import BundleError, export_bundle, import_bundle
from roster.models import Change, Changeset, Citation, Official
from tests.exchange.conftest import SEED, wipe

pytestmark = pytest.mark.django_db


def contents(folder):
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


@pytest.fixture
def bundle(tmp_path):
    """The seed in a folder of its own, to be spoiled."""
    for name, content in contents(SEED).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def describe_anew(bundle, name):
    """Make the description fit a file that a test has edited."""
    import hashlib

    path = bundle / "datapackage.json"
    package = json.loads(path.read_text())
    for entry in package["resources"]:
        if entry["path"] == name:
            digest = hashlib.sha256((bundle / name).read_bytes()).hexdigest()
            entry["hash"] = f"sha256:{digest}"
    path.write_text(json.dumps(package))


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


def test_a_zip_is_the_same_as_a_folder(seeded, tmp_path):
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    export_bundle(first)
    wipe()
    assert import_bundle(first, reason="Back.").ok
    export_bundle(second)

    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == contents(SEED)


def test_an_export_over_an_earlier_bundle_replaces_it(seeded, bundle):
    (bundle / "roles.csv").write_text("old")

    export_bundle(bundle)

    assert contents(bundle) == contents(SEED)


def test_an_export_does_not_go_among_other_files(seeded, tmp_path):
    (tmp_path / "diary.txt").write_text("mine")

    with pytest.raises(BundleError, match=r"holds other files \(diary.txt\)"):
        export_bundle(tmp_path)
    assert contents(tmp_path) == {"diary.txt": b"mine"}


def spoil_a_byte(bundle):
    path = bundle / "officials.csv"
    path.write_bytes(path.read_bytes().replace(b"Esper", b"Asper", 1))


def drop_a_file(bundle):
    (bundle / "roles.csv").unlink()


def drop_the_description(bundle):
    (bundle / "datapackage.json").unlink()


def garble_the_description(bundle):
    (bundle / "datapackage.json").write_text('{"resources": 7}')


def add_a_file(bundle):
    (bundle / "more.csv").write_text("ref\n")


def list_a_stranger(bundle):
    path = bundle / "datapackage.json"
    path.write_text(path.read_text().replace('"path": "roles.csv"', '"path": "../roles.csv"'))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_a_byte, "officials.csv is not the file that datapackage.json describes"),
        (drop_a_file, "roles.csv is missing"),
        (drop_the_description, "has no datapackage.json"),
        (garble_the_description, "not the description of a bundle"),
        (add_a_file, "more.csv is there, but not listed"),
        (list_a_stranger, "names ../roles.csv, which is no file of a roster"),
    ],
)
def test_a_bundle_that_is_not_sound_is_refused(db, bundle, spoil, words):
    spoil(bundle)

    with pytest.raises(BundleError) as refusal:
        import_bundle(bundle, reason="Try.")

    assert words in str(refusal.value)
    assert not Official.objects.exists()


def test_what_is_no_bundle_at_all_is_refused(tmp_path):
    (tmp_path / "x.zip").write_text("not a zip")
    for path in (tmp_path / "x.zip", tmp_path / "nowhere"):
        with pytest.raises(BundleError, match="cannot be read as a bundle"):
            import_bundle(path, reason="Try.")


def test_what_unpacks_to_too_much_is_not_read(seeded, tmp_path, settings):
    export_bundle(tmp_path / "a.zip")
    settings.ROSTER_MAX_FILE_BYTES = 100

    with pytest.raises(BundleError, match="unpacks to more than 100 bytes"):
        import_bundle(tmp_path / "a.zip", reason="Try.")


def test_an_export_to_where_nothing_can_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(BundleError, match="cannot be written"):
        export_bundle(tmp_path / "file" / "out")


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

"""A bundle is looked over before any file is read: complete, as described, not too large."""

import json
import struct
import zipfile

import pytest

from roster.exchange.bundle import import_bundle
from roster.exchange.bundle_reading import verified
from roster.exchange.datapackage import BundleError
from roster.exchange.resources import RESOURCES
from tests.exchange.bundles import contents
from tests.exchange.conftest import SEED


@pytest.fixture
def zipped(bundle, tmp_path):
    """Make a zip of the bundle, the names of whose members a test may have spoiled."""

    def make(*extra):
        path = tmp_path / "bundle.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in [*contents(bundle).items(), *extra]:
                archive.writestr(name, content)
        return path

    return make


def refusal_of(path):
    with pytest.raises(BundleError) as refusal, verified(path):
        pass
    assert str(refusal.value).endswith(".")
    return str(refusal.value)


def spoil_a_byte(bundle):
    path = bundle / "officials.csv"
    path.write_bytes(path.read_bytes().replace(b"Esper", b"Asper", 1))


def drop_a_file(bundle):
    (bundle / "roles.csv").unlink()


def drop_the_description(bundle):
    (bundle / "datapackage.json").unlink()


def garble_the_description(bundle):
    (bundle / "datapackage.json").write_text('{"resources": 7}')


def lengthen_the_description(bundle):
    path = bundle / "datapackage.json"
    path.write_text(path.read_text() + " " * 2**20)


def bury_the_description(bundle):
    (bundle / "datapackage.json").write_text("[" * 100_000)


def add_a_file(bundle):
    (bundle / "more.csv").write_text("ref\n")


def edit_a_path(bundle, path):
    description = bundle / "datapackage.json"
    description.write_text(
        description.read_text().replace('"path": "roles.csv"', f'"path": "{path}"')
    )


def list_a_stranger(bundle):
    edit_a_path(bundle, "../roles.csv")


def list_a_name_without_its_ending(bundle):
    edit_a_path(bundle, "roles")


def list_a_file_twice(bundle):
    edit_a_path(bundle, "officials.csv")


def state_no_checksum(bundle):
    description = bundle / "datapackage.json"
    package = json.loads(description.read_text())
    del package["resources"][0]["hash"]
    description.write_text(json.dumps(package))


SPOILED = [
    (spoil_a_byte, "officials.csv is not the file that datapackage.json describes"),
    (drop_a_file, "roles.csv is missing"),
    (drop_the_description, "has no datapackage.json"),
    (garble_the_description, "not the description of a bundle"),
    (lengthen_the_description, "not the description of a bundle"),
    (bury_the_description, "not the description of a bundle"),
    (add_a_file, "“more.csv” is there, but not listed"),
    (list_a_stranger, "names “../roles.csv”, which is no file of a roster"),
    (list_a_name_without_its_ending, "names “roles”, which is no file of a roster"),
    (list_a_file_twice, "lists officials.csv twice"),
    (state_no_checksum, "officials.csv is not the file that datapackage.json describes"),
]


@pytest.mark.parametrize(("spoil", "words"), SPOILED)
def test_a_folder_that_is_not_sound_is_refused(bundle, spoil, words):
    spoil(bundle)

    assert words in refusal_of(bundle)


@pytest.mark.parametrize(("spoil", "words"), SPOILED)
def test_a_zip_that_is_not_sound_is_refused(bundle, zipped, spoil, words):
    spoil(bundle)

    assert words in refusal_of(zipped())


@pytest.mark.django_db
def test_an_import_looks_the_bundle_over_first(bundle):
    spoil_a_byte(bundle)

    with pytest.raises(BundleError, match="SHA-256 differs"):
        import_bundle(bundle, reason="Try.")


def test_the_files_of_a_sound_bundle_come_in_the_order_of_import(bundle, zipped):
    for path in (bundle, zipped()):
        with verified(path) as files:
            assert list(files) == list(RESOURCES)
            assert {f"{stem}.csv": file.read_bytes() for stem, file in files.items()} == {
                name: content for name, content in contents(SEED).items() if name.endswith(".csv")
            }


def test_what_a_zip_was_unpacked_to_goes_afterwards(zipped):
    with verified(zipped()) as files:
        folder = files["roles"].parent
        assert folder.stat().st_mode & 0o077 == 0

    assert not folder.exists()


def test_a_folder_inside_is_refused(bundle):
    (bundle / "roles.csv").unlink()
    (bundle / "roles.csv").mkdir()

    assert "“roles.csv” is no file" in refusal_of(bundle)


def test_a_folder_inside_a_zip_is_refused(zipped):
    assert "“more/” is there, but not listed" in refusal_of(zipped(("more/", b"")))


def test_a_name_that_climbs_out_of_a_zip_is_refused(zipped, tmp_path):
    assert "“../evil.csv” is there" in refusal_of(zipped(("../evil.csv", b"ref\n")))
    assert not (tmp_path / "evil.csv").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_in_a_zip_twice_is_refused(zipped):
    assert "“roles.csv” is in there twice" in refusal_of(zipped(("roles.csv", b"ref\n")))


def test_what_is_no_bundle_at_all_is_refused(tmp_path):
    (tmp_path / "x.zip").write_text("not a zip")
    for path in (tmp_path / "x.zip", tmp_path / "nowhere"):
        assert "cannot be read as a bundle" in refusal_of(path)


def test_a_zip_of_which_a_part_was_lost_is_refused(zipped):
    path = zipped()
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)

    assert "cannot be read as a bundle" in refusal_of(path)


def test_a_zip_with_a_password_is_refused(zipped):
    path = zipped()
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flags of each member
        start = 0
        while (start := content.find(signature, start)) != -1:
            content[start + place] |= 1
            start += 4
    path.write_bytes(content)

    assert "cannot be read as a bundle" in refusal_of(path)


@pytest.fixture
def few_bytes(settings):
    """A limit that the largest file of the seed alone goes beyond."""
    settings.ROSTER_MAX_FILE_BYTES = 14_500


def test_a_file_that_is_too_large_is_not_read(bundle, zipped, few_bytes):
    (bundle / "datapackage.json").write_text("[]")
    for path in (bundle, zipped()):
        assert "“citations.csv” has more than 14,500 bytes" in refusal_of(path)


def test_a_zip_that_says_less_than_it_holds_is_refused(zipped):
    """A member states one byte, and is not unpacked any further."""
    path = zipped()
    size = struct.pack("<L", (SEED / "citations.csv").stat().st_size)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<L", 1)))

    assert "cannot be read as a bundle" in refusal_of(path)

"""A bundle on its way out: streamed, of one moment, whole or not there, the same every time."""

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.exchange import bundle_writing
from roster.exchange.bundle import export_bundle, import_bundle
from roster.exchange.bundle_writing import bundle_pieces
from roster.exchange.datapackage import BundleError, PackedFile
from roster.exchange.resources import RESOURCES
from roster.models import Official, Protection
from tests.exchange.bundles import contents
from tests.exchange.conftest import SEED, wipe
from tests.factories import OfficialFactory, ProtectionFactory

pytestmark = pytest.mark.django_db


class BrokenOff(Exception):
    """What a test throws in the middle of an export."""


@pytest.fixture
def breaks_off(monkeypatch):
    """An export that ends before its last table is written."""

    def pieces(stem, **chosen):
        if stem == "citations":
            yield "record,"
            raise BrokenOff
        yield "ref\n"

    monkeypatch.setattr(bundle_writing, "csv_pieces", pieces)


def test_a_zip_is_the_same_as_a_folder(seeded, tmp_path):
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    export_bundle(first)
    wipe()
    assert import_bundle(first, reason="Back.").ok
    export_bundle(second)

    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.testzip() is None
        assert {n: archive.read(n) for n in archive.namelist()} == contents(SEED)


def test_pieces_make_up_the_zip(seeded, tmp_path):
    export_bundle(tmp_path / "a.zip")

    pieces = list(bundle_pieces())
    assert b"".join(pieces) == (tmp_path / "a.zip").read_bytes()
    assert len(pieces) > len(RESOURCES)


def test_the_rows_of_each_file_are_counted(seeded, tmp_path):
    rows = export_bundle(tmp_path / "out")

    assert rows == {stem: resource.model().objects.count() for stem, resource in RESOURCES.items()}


cells = st.text(st.sampled_from('ab",\n'), max_size=6)


@given(st.lists(st.lists(cells, min_size=2, max_size=3), min_size=1), st.integers(1, 4))
def test_rows_are_counted_whatever_their_cells_hold(rows, in_a_piece):
    import csv
    import io

    pieces = []
    for start in range(0, len(rows), in_a_piece):
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(rows[start : start + in_a_piece])
        pieces.append(out.getvalue())
    file = PackedFile("officials")

    content = b"".join(file.passing(pieces))

    assert (file.records, file.size_bytes) == (len(rows), len(content))


def test_an_export_over_an_earlier_bundle_replaces_it(seeded, bundle):
    (bundle / "roles.csv").write_text("old")

    export_bundle(bundle)

    assert contents(bundle) == contents(SEED)


def test_an_export_does_not_go_among_other_files(seeded, tmp_path):
    (tmp_path / "diary.txt").write_text("mine")

    with pytest.raises(BundleError, match=r"holds other files \(diary.txt\)"):
        export_bundle(tmp_path)
    assert contents(tmp_path) == {"diary.txt": b"mine"}


def test_an_export_to_where_nothing_can_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    for target in (tmp_path / "file" / "out", tmp_path / "file" / "out.zip", tmp_path / "file"):
        with pytest.raises(BundleError, match="cannot be written"):
            export_bundle(target)


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_an_export_that_breaks_off_leaves_nothing(tmp_path, breaks_off, name):
    with pytest.raises(BrokenOff):
        export_bundle(tmp_path / name)

    assert list(tmp_path.iterdir()) == []


def test_an_export_that_breaks_off_leaves_an_earlier_folder(bundle, breaks_off):
    with pytest.raises(BrokenOff):
        export_bundle(bundle)

    assert contents(bundle) == contents(SEED)


def test_an_export_that_breaks_off_leaves_an_earlier_zip(tmp_path, breaks_off):
    (tmp_path / "a.zip").write_bytes(b"earlier")

    with pytest.raises(BrokenOff):
        export_bundle(tmp_path / "a.zip")

    assert contents(tmp_path) == {"a.zip": b"earlier"}


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_an_export_holds_no_table_as_a_whole(tmp_path, monkeypatch, name):
    """Each piece is gone before the next but one is asked for."""
    alive = []

    class Piece(str):
        __slots__ = ("__weakref__",)

    def pieces(stem, **chosen):
        import weakref

        for _ in range(4):
            piece = Piece("row\n")
            alive.append(weakref.ref(piece))
            yield piece
            del piece
            assert sum(ref() is not None for ref in alive) <= 1

    monkeypatch.setattr(bundle_writing, "csv_pieces", pieces)

    assert set(export_bundle(tmp_path / name).values()) == {3}


@pytest.mark.django_db(transaction=True)
def test_a_bundle_is_of_one_moment(tmp_path):
    """What is committed while the first table goes out is in none of the later ones."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    official = OfficialFactory(ref="there-before")

    def write_meanwhile():
        ProtectionFactory(ref="new-since", official=OfficialFactory(ref="new-since"))
        ProtectionFactory(ref="there-before/p", official=official)
        connections.close_all()

    pieces = bundle_pieces()
    taken = [next(pieces)]
    with ThreadPoolExecutor(1) as other:
        other.submit(write_meanwhile).result()
    path = tmp_path / "a.zip"
    path.write_bytes(b"".join([*taken, *pieces]))

    assert Protection.objects.count() == 2
    with zipfile.ZipFile(path) as archive:
        assert b"there-before" in archive.read("officials.csv")
        assert b"new-since" not in archive.read("officials.csv")
        assert archive.read("protections.csv").count(b"\n") == 1


@pytest.mark.django_db(transaction=True)
def test_a_download_that_is_given_up_gives_the_connection_back():
    OfficialFactory(ref="ann")
    pieces = bundle_pieces()
    next(pieces)
    pieces.close()

    Official.objects.update(summary="Written after.")
    assert Official.objects.get().summary == "Written after."

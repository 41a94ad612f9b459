"""A file waits under a random name, for its owner alone, for a day; it is imported once."""

import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from roster.exchange import uploads
from roster.exchange.plans import Choice, Decision
from roster.exchange.sheets import Form
from roster.exchange.uploads import Receipt, Uploads

NOW = datetime(2024, 7, 18, 12, tzinfo=UTC)
CONTENT = b"ref,name\na,Ann\n"


@pytest.fixture
def waiting(tmp_path):
    return Uploads(tmp_path / "uploads")


def received(waiting, *pieces, **values):
    asked = {"owner": "1", "stem": "officials", "file_name": "o.csv", "now": NOW} | values
    return waiting.receive(pieces or [CONTENT], **asked)


def found(waiting, token, **values):
    return waiting.find(token, **{"owner": "1", "stem": "officials", "now": NOW} | values)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def import_once(waiting, upload):
    with waiting.taken(upload) as taken:
        taken.receipt = Receipt(changeset=5, new=1, changed=0, unchanged=0)


def test_a_file_received_in_pieces_is_found_again_as_it_was(waiting):
    upload = received(waiting, CONTENT[:4], CONTENT[4:])
    assert found(waiting, upload.token) == upload
    assert waiting.content(upload) == CONTENT


def test_folder_and_files_are_their_owners_alone(waiting):
    (waiting.folder).mkdir(mode=0o755)
    waiting.note_preview(received(waiting), "digest")
    assert mode(waiting.folder) == 0o700
    entries = list(waiting.folder.iterdir())
    assert len(entries) == 3
    assert {mode(entry) for entry in entries} == {0o600}


def test_no_name_of_the_users_is_a_name_in_the_folder(waiting):
    received(waiting, file_name="../../escape.csv")
    assert not any("escape" in entry.name for entry in waiting.folder.iterdir())
    assert not list(waiting.folder.parent.glob("*.csv"))


def test_two_files_of_one_name_do_not_meet(waiting):
    first, second = received(waiting, b"first"), received(waiting, b"second")
    assert (waiting.content(first), waiting.content(second)) == (b"first", b"second")


@pytest.mark.parametrize(
    "token", ["", "x", "../../../../etc/passwd", "a" * 43, "a" * 42 + "/", "a" * 43 + "\n", "\0"]
)
def test_a_token_of_no_upload_is_refused(waiting, token):
    received(waiting)
    with pytest.raises(uploads.UploadGone, match="No such file waits"):
        found(waiting, token)


def test_another_user_is_told_so_and_the_file_stays(waiting):
    upload = received(waiting)
    with pytest.raises(uploads.UploadOfAnother, match="another user"):
        found(waiting, upload.token, owner="2")
    assert waiting.content(upload) == CONTENT


def test_an_upload_for_one_model_is_none_for_another(waiting):
    upload = received(waiting)
    with pytest.raises(uploads.UploadGone):
        found(waiting, upload.token, stem="roles")


def test_too_many_bytes_are_refused_and_nothing_is_kept(waiting, settings):
    settings.ROSTER_MAX_FILE_BYTES = 8
    assert waiting.content(received(waiting, b"12345678")) == b"12345678"
    kept = set(waiting.folder.iterdir())
    with pytest.raises(uploads.UploadTooLarge, match="more than 8 bytes"):
        received(waiting, b"12345678", b"9")
    assert set(waiting.folder.iterdir()) == kept


def test_an_altered_file_is_refused_and_waits_unused(waiting):
    upload = received(waiting)
    (waiting.folder / f"{upload.token}.csv").write_bytes(CONTENT.replace(b"Ann", b"Eve"))
    with pytest.raises(uploads.UploadAltered, match="SHA-256 differs"):
        waiting.content(upload)
    with pytest.raises(uploads.UploadAltered), waiting.taken(upload):
        pytest.fail("An altered file was given out.")


def test_a_file_that_is_gone_is_refused(waiting):
    upload = received(waiting)
    (waiting.folder / f"{upload.token}.csv").unlink()
    for attempt in (waiting.content, waiting.discard):
        with pytest.raises(uploads.UploadGone, match="is gone"):
            attempt(upload)


def test_the_digest_last_shown_is_kept(waiting):
    upload = received(waiting)
    assert waiting.previewed(upload) == ""
    waiting.note_preview(upload, "first")
    waiting.note_preview(upload, "second")
    assert waiting.previewed(found(waiting, upload.token)) == "second"


def test_a_mapping_is_kept_beside_its_file_and_goes_with_it(waiting):
    upload = received(waiting)
    assert waiting.mapping(upload) == ""
    waiting.note_mapping(upload, '{"a": "é"}')
    assert waiting.mapping(upload) == '{"a": "é"}'
    waiting.discard(upload)
    assert not list(waiting.folder.iterdir())


def test_how_a_file_is_read_and_its_conflicts_are_decided_goes_with_it(waiting):
    upload = received(waiting)
    assert (waiting.form(upload), waiting.decisions(upload)) == (Form(), {})
    waiting.note_form(upload, Form("cp1252", "\t"))
    waiting.note_decisions(upload, {2: Decision(Choice.KEEP, 7), 3: Decision(Choice.KEEP, 8)})
    waiting.note_decisions(upload, {3: Decision(Choice.TAKE, 9)})
    assert waiting.form(found(waiting, upload.token)) == Form("cp1252", "\t")
    assert waiting.decisions(upload) == {
        2: Decision(Choice.KEEP, 7),
        3: Decision(Choice.TAKE, 9),
    }
    waiting.discard(upload)
    assert not list(waiting.folder.iterdir())


@pytest.mark.parametrize(
    "read_otherwise",
    [
        lambda waiting, upload: waiting.note_form(upload, Form("cp1252")),
        lambda waiting, upload: waiting.note_mapping(upload, "{}"),
    ],
    ids=["form", "mapping"],
)
def test_reading_a_file_otherwise_voids_what_was_decided_and_shown(waiting, read_otherwise):
    upload = received(waiting)
    waiting.note_decisions(upload, {2: Decision(Choice.KEEP, 0)})
    waiting.note_preview(upload, "digest")
    read_otherwise(waiting, upload)
    assert (waiting.decisions(upload), waiting.previewed(upload)) == ({}, "")


def test_a_decision_voids_what_was_last_shown(waiting):
    upload = received(waiting)
    waiting.note_preview(upload, "digest")
    waiting.note_decisions(upload, {2: Decision(Choice.KEEP, 0)})
    assert waiting.previewed(upload) == ""


def test_another_mapping_voids_what_was_last_shown(waiting):
    upload = received(waiting)
    waiting.note_preview(upload, "digest")
    waiting.note_mapping(upload, "{}")
    assert waiting.previewed(upload) == ""


def test_an_imported_file_goes_and_its_receipt_stays(waiting):
    upload = received(waiting)
    import_once(waiting, upload)
    assert not list(waiting.folder.glob("*.csv"))
    assert not list(waiting.folder.glob("*.taken"))
    assert waiting.receipt(found(waiting, upload.token)) == Receipt(5, 1, 0, 0)


def test_an_imported_file_is_not_given_out_again(waiting):
    upload = received(waiting)
    import_once(waiting, upload)
    with (
        pytest.raises(uploads.UploadImported, match="already, in changeset #5"),
        waiting.taken(upload),
    ):
        pytest.fail("A file was given out twice.")
    with pytest.raises(uploads.UploadImported):
        waiting.discard(upload)


def test_while_a_file_is_imported_nobody_else_gets_it(waiting):
    upload = received(waiting)
    with waiting.taken(upload):
        for attempt in (waiting.content, waiting.discard):
            with pytest.raises(uploads.UploadTaken, match="at this moment"):
                attempt(upload)


def test_a_file_whose_import_was_refused_waits_again(waiting):
    upload = received(waiting)
    with waiting.taken(upload) as taken:
        assert taken.content == CONTENT
    assert waiting.content(upload) == CONTENT


def test_a_file_whose_import_broke_off_waits_again(waiting):
    upload = received(waiting)
    with pytest.raises(RuntimeError), waiting.taken(upload):
        raise RuntimeError
    assert waiting.content(upload) == CONTENT


def test_a_discarded_file_leaves_nothing(waiting):
    upload = received(waiting)
    waiting.note_preview(upload, "digest")
    waiting.discard(upload)
    assert not list(waiting.folder.iterdir())


def test_a_file_is_kept_for_a_day_and_not_longer(waiting):
    upload = received(waiting)
    last_moment = NOW + timedelta(days=1)
    assert found(waiting, upload.token, now=last_moment) == upload
    with pytest.raises(uploads.UploadGone):
        found(waiting, upload.token, now=last_moment + timedelta(seconds=1))
    assert not list(waiting.folder.iterdir())


def test_an_upload_sweeps_what_waited_too_long_strays_included(waiting):
    received(waiting)
    stray = waiting.folder / "stray.draft"
    stray.touch()
    os.utime(stray, (NOW.timestamp(), NOW.timestamp()))
    later = received(waiting, now=NOW + timedelta(days=1, seconds=1))
    assert {entry.name.partition(".")[0] for entry in waiting.folder.iterdir()} == {later.token}


def test_a_hostile_file_name_is_quoted_without_what_hides(waiting):
    upload = received(waiting, file_name="a\u202egnp.csv" + "x" * 300)
    assert "\u202e" not in upload.shown_name
    assert len(upload.shown_name) < 110

"""How an upload is read is shown and can be chosen; its errors come back beside its rows."""

from __future__ import annotations

import pytest

from roster.admin.display import page_url
from roster.models import Official
from tests.admin.exchanging import confirm, upload, user_who_may
from tests.admin.pages import text_of
from tests.factories import OfficialFactory, SuperuserFactory

OF_WINDOWS = "ref;name\njose;José\n".encode("cp1252")
WRONG = "ref,name,country\nann,Ann,Utopia\nbob,Bob,US\n"


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


def read_so(client, page, **chosen):
    """Send the form that says how the file of a preview is read."""
    sent = {"upload": page.context["upload"].token, "read": "read"} | chosen
    return client.post(page_url(Official, "process_import"), sent, follow=True)


def errors_file(client, page):
    token = page.context["upload"].token
    return client.get(page_url(Official, "errors"), {"upload": token})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"ref,name\nann,Ann\n", "Unicode, UTF-8; comma between the cells"),
        ("ref;name\nann;Ann\n".encode("utf-8-sig"), "Unicode, UTF-8; semicolon between the cells"),
        ("ref\tname\nann\tAnn\n".encode("utf-16"), "Unicode, UTF-16; tab between the cells"),
    ],
)
def test_preview_says_how_the_file_is_read(signed_in, db, content, said):
    assert f"Read as {said}" in text_of(upload(signed_in, content))


def test_encoding_that_is_chosen_is_kept_and_imported_by(signed_in, db):
    page = upload(signed_in, OF_WINDOWS)
    assert "is not UTF-8" in text_of(page)
    read = read_so(signed_in, page, encoding="cp1252")
    text = text_of(read)
    assert "Read as Western European, Windows-1252; semicolon between the cells" in text
    assert '<option value="cp1252" selected>' in text
    confirm(signed_in, read)
    assert Official.objects.get().name == "José"


def test_delimiter_that_is_chosen_counts(signed_in, db):
    page = upload(signed_in, "ref;name\nann;Ann\n")
    assert "comma" in text_of(read_so(signed_in, page, delimiter="comma"))
    back = read_so(signed_in, page)
    assert "Read as Unicode, UTF-8; semicolon between the cells" in text_of(back)


@pytest.mark.parametrize("chosen", [{"encoding": "rot13"}, {"delimiter": "|"}, {"encoding": "<b>"}])
def test_form_that_is_not_offered_is_refused_in_a_sentence(signed_in, db, chosen):
    page = read_so(signed_in, upload(signed_in, "ref,name\nann,Ann\n"), **chosen)
    assert "Choose an encoding and a delimiter of those that are offered" in text_of(page)
    assert "Read as Unicode, UTF-8; comma" in text_of(page)


def test_preview_from_before_another_encoding_was_chosen_cannot_be_confirmed(signed_in, db):
    page = upload(signed_in, OF_WINDOWS)
    before = read_so(signed_in, page, encoding="cp1252")
    after = read_so(signed_in, page, encoding="cp1250")  # in which these bytes mean the same
    assert "after the preview" in text_of(confirm(signed_in, before))
    assert not Official.objects.exists()
    confirm(signed_in, after)
    assert Official.objects.get().name == "José"


def test_another_user_cannot_say_how_a_file_is_read(client, signed_in, db):
    page = upload(signed_in, OF_WINDOWS)
    client.force_login(SuperuserFactory(username="eve"))
    assert read_so(client, page, encoding="cp1252").status_code == 403


def test_errors_come_back_beside_the_rows_and_the_file_can_be_sent_again(signed_in, db):
    page = upload(signed_in, WRONG)
    assert page_url(Official, "errors") in text_of(page)
    answer = errors_file(signed_in, page)
    assert answer["Content-Disposition"] == 'attachment; filename="officials-with-errors.csv"'
    text = b"".join(answer.streaming_content).decode()
    lines = text.splitlines()
    assert lines[0] == "_errors,ref,name,country"
    assert lines[1].startswith('"country: “Utopia” is not a country')
    assert lines[2] == ",bob,Bob,US"
    confirm(signed_in, upload(signed_in, text.replace("Ann,Utopia", "Ann,GB")))
    assert dict(Official.objects.values_list("ref", "country")) == {"ann": "GB", "bob": "US"}


def test_errors_of_a_file_in_a_chosen_encoding_are_those_of_that_encoding(signed_in, db):
    page = upload(signed_in, "ref;name;country\njose;José;Utopia\n".encode("cp1252"))
    read = read_so(signed_in, page, encoding="cp1252")
    text = b"".join(errors_file(signed_in, read).streaming_content).decode()
    assert "jose,José,Utopia" in text


def test_conflicts_stand_beside_their_rows_too(signed_in, db):
    OfficialFactory(ref="ann", name="Ann")
    page = upload(signed_in, "ref,honorific,_version\nann,Dr,1\n")
    text = b"".join(errors_file(signed_in, page).streaming_content).decode()
    assert "official:ann was changed after this file was exported" in text


def test_errors_of_another_users_file_are_not_told(client, signed_in, db):
    page = upload(signed_in, WRONG)
    client.force_login(SuperuserFactory(username="eve"))
    assert errors_file(client, page).status_code == 403


def test_errors_are_not_told_without_the_permission_to_import(client, signed_in, db):
    page = upload(signed_in, WRONG)
    client.force_login(user_who_may("view", "export"))
    assert errors_file(client, page).status_code == 403


@pytest.mark.parametrize("token", ["", "nothing", "../secret-key", "a" * 43])
def test_errors_of_no_upload_are_refused(signed_in, db, token):
    assert signed_in.get(page_url(Official, "errors"), {"upload": token}).status_code == 404

"""Between preview and confirmation: only what was previewed, by whom it was, once, by who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from roster.admin.display import page_url
from roster.exchange import import_runs, runs
from roster.history.changesets import changeset
from roster.models import Changeset, ImportRun, Official, Role
from tests.admin.exchanging import cancel, confirm, imports, upload, user_who_may, waiting_files
from tests.admin.pages import text_of
from tests.factories import OfficialFactory, SuperuserFactory, UserFactory

NEW_AND_CHANGED = "ref,name,honorific\nann,Ann,Dr\nbob,Bob,General\n"


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def ann(db):
    with changeset(reason="Prepared.", kind="command"):
        return OfficialFactory(ref="ann", name="Ann", honorific="Mrs")


@pytest.fixture
def preview(signed_in, ann):
    """The preview of a file with one changed and one new row."""
    return upload(signed_in, NEW_AND_CHANGED)


def names():
    return dict(Official.objects.values_list("ref", "honorific"))


def test_row_edited_meanwhile_refuses_the_confirmation_and_shows_anew(signed_in, ann, preview):
    Official.objects.filter(pk=ann.pk).update(honorific="Judge")
    response = confirm(signed_in, preview)
    assert "were changed by someone after the preview: nothing was written" in text_of(response)
    assert names() == {"ann": "Judge"}
    assert "<del>Judge</del> → <ins>Dr</ins>" in text_of(response)
    confirm(signed_in, response)
    assert names() == {"ann": "Dr", "bob": "General"}


def test_preview_left_open_in_another_window_cannot_be_confirmed(signed_in, ann, preview):
    Official.objects.filter(pk=ann.pk).update(honorific="Judge")
    signed_in.get(preview.wsgi_request.get_full_path())
    assert "after the preview" in text_of(confirm(signed_in, preview))
    assert names() == {"ann": "Judge"}


def test_confirmation_that_names_no_preview_is_refused(signed_in, preview):
    assert "after the preview" in text_of(confirm(signed_in, preview, previewed=""))
    assert names() == {"ann": "Mrs"}


def test_row_written_while_the_file_is_written_refuses_it_in_a_sentence(
    signed_in, preview, monkeypatch
):
    write = runs.write

    def overtaken(plan):
        OfficialFactory(ref="bob")
        write(plan)

    monkeypatch.setattr(runs, "write", overtaken)
    response = confirm(signed_in, preview)
    assert "someone else wrote or deleted rows that it names" in text_of(response)
    assert names() == {"ann": "Mrs"}
    assert len(waiting_files()) == 1


def test_file_altered_on_disk_is_refused(signed_in, preview):
    (file,) = waiting_files()
    file.write_bytes(file.read_bytes().replace(b"General", b"Admiral"))
    response = confirm(signed_in, preview)
    assert response.status_code == 409
    assert "is not the one that was uploaded" in text_of(response)
    assert names() == {"ann": "Mrs"}


def test_file_gone_from_disk_is_refused(signed_in, preview):
    waiting_files()[0].unlink()
    response = confirm(signed_in, preview)
    assert response.status_code == 404
    assert "Nothing was written" in text_of(response)
    assert names() == {"ann": "Mrs"}


@pytest.mark.parametrize("send", [confirm, cancel])
def test_another_user_can_neither_confirm_nor_cancel_and_the_file_stays(client, preview, send):
    client.force_login(SuperuserFactory(username="eve"))
    response = send(client, preview)
    assert response.status_code == 403
    assert "uploaded by another user" in text_of(response)
    assert names() == {"ann": "Mrs"}
    assert len(waiting_files()) == 1


def test_another_user_cannot_see_the_preview(client, preview):
    client.force_login(SuperuserFactory(username="eve"))
    response = client.get(preview.wsgi_request.get_full_path())
    assert response.status_code == 403
    assert "General" not in text_of(response)


def test_file_for_one_model_cannot_be_confirmed_for_another(signed_in, preview):
    assert confirm(signed_in, preview, model=Role).status_code == 404
    assert names() == {"ann": "Mrs"}


@pytest.mark.parametrize("token", ["", "nothing", "../secret-key", "%2e%2e/secret-key", "a" * 43])
def test_made_up_token_is_refused(signed_in, preview, token):
    assert confirm(signed_in, preview, upload=token).status_code == 404
    assert signed_in.get(page_url(Official, "import"), {"upload": token}).status_code == 404
    assert names() == {"ann": "Mrs"}


def test_second_confirmation_is_told_of_the_first(signed_in, preview):
    confirm(signed_in, preview)
    response = confirm(signed_in, preview)
    position = imports().get().position
    assert f"already, in changeset #{position}; nothing was written a second" in text_of(response)
    assert "“officials.csv” is imported" in text_of(response)


def test_cancel_after_the_import_is_told_so(signed_in, preview):
    confirm(signed_in, preview)
    assert "is imported already" in text_of(cancel(signed_in, preview))


@pytest.mark.parametrize("send", [confirm, cancel])
def test_what_is_sent_while_the_import_is_at_work_does_nothing(
    signed_in, preview, monkeypatch, send
):
    responses = []
    import_csv = runs.import_csv

    def clicked_twice(*arguments, **options):
        responses.append(send(signed_in, preview))
        return import_csv(*arguments, **options)

    monkeypatch.setattr(import_runs, "import_csv", clicked_twice)
    confirm(signed_in, preview)
    (response,) = responses
    assert "is being imported at this moment" in text_of(response)
    assert response.context["run"].state == "running"
    assert imports().count() == 1
    assert ImportRun.objects.get().state == "done"


def test_cancelled_file_is_removed(signed_in, preview):
    response = cancel(signed_in, preview)
    assert "“officials.csv” is removed; nothing was written." in text_of(response)
    assert not waiting_files()
    assert confirm(signed_in, preview).status_code == 404
    assert names() == {"ann": "Mrs"}


def test_file_waits_for_a_day_and_no_longer(signed_in, analyst, preview):
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        signed_in.force_login(analyst)
        response = confirm(signed_in, preview)
    assert response.status_code == 404
    assert "removed after a day" in text_of(response)
    assert not waiting_files()
    assert names() == {"ann": "Mrs"}


def test_file_that_says_nothing_new_cannot_be_confirmed(signed_in, ann):
    page = upload(signed_in, "ref,name\nann,Ann\n")
    assert 'name="confirm"' not in text_of(page)
    response = confirm(signed_in, page, previewed=page.context["previewed"])
    assert "the database holds all that the file says already" in text_of(response)
    assert not imports().exists()


@pytest.mark.parametrize("acts", [(), ("view", "add", "change", "delete", "export")])
def test_import_without_its_permission_is_refused_at_every_step(client, preview, acts):
    client.force_login(user_who_may(*acts))
    address = preview.wsgi_request.get_full_path()
    for response in (
        client.get(page_url(Official, "import")),
        client.get(address),
        upload(client, NEW_AND_CHANGED),
        confirm(client, preview),
        cancel(client, preview),
    ):
        assert response.status_code == 403
    assert len(waiting_files()) == 1
    assert names() == {"ann": "Mrs"}


def test_permission_taken_away_after_the_preview_counts(client, ann):
    user = user_who_may("import")
    client.force_login(user)
    page = upload(client, NEW_AND_CHANGED)
    user.user_permissions.clear()
    assert confirm(client, page).status_code == 403
    assert names() == {"ann": "Mrs"}


def test_permission_to_import_alone_suffices_and_shows_no_more(client, ann):
    client.force_login(user_who_may("import"))
    form = text_of(client.get(page_url(Official, "import")))
    assert page_url(Official, "export") not in form
    response = confirm(client, upload(client, NEW_AND_CHANGED))
    assert names() == {"ann": "Dr", "bob": "General"}
    assert "See the list" not in text_of(response)
    assert page_url(Changeset, "change", imports().get().pk) not in text_of(response)


def test_button_shows_with_the_permission_alone(client, db):
    for acts, expected in ((("view", "export"), 0), (("view", "import"), 1)):
        client.force_login(user_who_may(*acts))
        page = text_of(client.get(page_url(Official, "changelist")))
        assert page.count('href="/roster/official/import/"'.replace('"', "'")) == expected


@pytest.mark.parametrize("page", ["import", "process_import", "export"])
def test_who_is_not_signed_in_is_sent_to_sign_in(client, db, page):
    response = client.post(page_url(Official, page))
    assert response.status_code == 302
    assert "/login/" in response.url


def test_user_who_is_no_staff_is_sent_to_sign_in(client, db):
    client.force_login(UserFactory())
    assert client.get(page_url(Official, "import")).status_code == 302


def test_confirmation_opened_as_a_page_leads_to_the_upload(signed_in):
    response = signed_in.get(page_url(Official, "process_import"))
    assert response.url == page_url(Official, "import")

"""serve and the two account commands: from an empty database to a sign-in, all of it recorded."""

from __future__ import annotations

import stat
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from roster.exchange import datapackage
from roster.history.changesets import changeset
from roster.management.commands import serve
from roster.models import Change, Changeset, Official

pytestmark = pytest.mark.django_db


def reasons() -> list[tuple[str, str]]:
    return list(Changeset.objects.order_by("position").values_list("kind", "reason"))


@pytest.fixture
def served(monkeypatch, settings, tmp_path):
    """Serve without waiting for requests; the sockets and the application that were to serve."""
    settings.ROSTER_HOME = tmp_path
    calls = []

    def create_server(application, *, sockets, ident):
        calls.append((application, sockets[0].getsockname()))
        return SimpleNamespace(run=lambda: None)

    monkeypatch.setattr(serve, "create_server", create_server)
    return calls


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_is_seeded_and_served_on_this_machine_only(served, capsys):
    call_command("serve", port=0)
    told = capsys.readouterr().out
    assert Official.objects.exists()
    assert "Sign in as admin with the password " in told
    assert "Roster is at http://127.0.0.1:" in told
    [(application, (host, port))] = served
    assert callable(application)
    assert host == "127.0.0.1"
    assert port > 0


@pytest.mark.django_db(transaction=True)
def test_a_second_start_writes_nothing(served):
    call_command("serve", port=0)
    before = Changeset.objects.count()
    call_command("serve", port=0)
    assert Changeset.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_static_files_are_collected_where_they_are_served_from_a_folder(served, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("serve", port=0)
    assert (tmp_path / "static" / "admin" / "css" / "base.css").exists()


def test_a_database_that_does_not_answer_is_named_with_its_reason(monkeypatch):
    def unreachable():
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "ensure_connection", unreachable)
    with pytest.raises(CommandError) as refused:
        serve.reach_database()
    assert str(refused.value) == (
        "The database cannot be used (connection refused): start it or correct DATABASE_URL."
    )


def test_the_seed_is_one_changeset_of_its_kind():
    serve.seed_empty_roster()
    assert [kind for kind, _ in reasons()].count("seed") == 1


def test_a_seed_that_is_no_bundle_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(serve, "SEED", tmp_path)
    with pytest.raises(CommandError, match="is not a bundle"):
        serve.seed_empty_roster()


def test_a_seed_with_an_error_is_refused_naming_its_place(monkeypatch, tmp_path):
    file = datapackage.PackedFile("officials")
    officials = file.passing(["ref,name,died\njane-doe,Jane Doe,03/01/2020\n"])
    (tmp_path / "officials.csv").write_bytes(b"".join(officials))
    (tmp_path / datapackage.FILE_NAME).write_bytes(datapackage.describe([file]))
    monkeypatch.setattr(serve, "SEED", tmp_path)
    with pytest.raises(CommandError, match=r"imported \(officials, line 2, died: .*03/01/2020"):
        serve.seed_empty_roster()
    assert not Official.objects.exists()


def test_a_roster_with_a_record_is_not_seeded():
    with changeset(user=None, reason="First official.", kind="edit"):
        Official.objects.create(ref="jane-doe", name="Jane Doe")
    serve.seed_empty_roster()
    assert list(Official.objects.values_list("ref", flat=True)) == ["jane-doe"]


def test_the_first_account_is_made_once_and_its_password_is_for_its_owner_only(tmp_path):
    kept_in = tmp_path / "sign-in"
    told = serve.first_account(kept_in)
    admin = User.objects.get()
    password = kept_in.read_text().strip()
    assert admin.username == "admin"
    assert admin.is_superuser
    assert admin.check_password(password)
    assert told == f"Sign in as admin with the password {password} (kept in {kept_in})."
    assert stat.S_IMODE(kept_in.stat().st_mode) == 0o600
    assert reasons()[-1] == ("command", "First account of a new roster.")
    again = serve.first_account(kept_in)
    assert again == f"Sign in as admin with the password that is kept in {kept_in}."
    assert User.objects.count() == 1


def test_a_kept_password_that_no_longer_holds_is_not_offered(tmp_path):
    kept_in = tmp_path / "sign-in"
    serve.first_account(kept_in)
    kept_in.write_text("an older one\n")
    assert serve.first_account(kept_in).startswith("Sign in with your account; ")


def test_a_superuser_made_by_command_is_recorded_in_a_changeset(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery staple")
    call_command("createsuperuser", "--noinput", "--username=mary", "--email=mary@example.org")
    assert User.objects.get(username="mary").is_superuser
    assert reasons()[-1] == ("command", "Create a superuser.")
    assert not Change.objects.filter(changeset=None).exists()


def test_a_password_changed_by_command_is_recorded_without_the_password(monkeypatch):
    with changeset(user=None, reason="Mary joins.", kind="edit"):
        User.objects.create_user("mary")
    password = "correct horse battery staple"
    monkeypatch.setattr("getpass.getpass", lambda prompt: password)
    call_command("changepassword", "mary")
    mary = User.objects.get(username="mary")
    assert mary.check_password(password)
    assert reasons()[-1] == ("command", "Change a password.")
    recorded = [text for pair in Change.objects.values_list("before", "after") for text in pair]
    assert not any(mary.password in (text or "") for text in recorded)

"""The settings: what the environment may say, what is refused by name, how a database is opened."""

from __future__ import annotations

import importlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection, transaction

from config import environment

ROOT = Path(__file__).resolve().parent.parent
GOOD = {
    "ROSTER_ENV": "production",
    "ROSTER_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN",
    "ROSTER_LEDGER_KEY": "0123456789abcdefghijklmnopqrstuv",
    "ROSTER_ALLOWED_HOSTS": "roster.example",
}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def manage(*arguments: str, home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env=inherited | {"ROSTER_HOME": str(home)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ROSTER_ENV", "prod", "ROSTER_ENV is “prod”; it takes local or production."),
        ("ROSTER_EVIDENCE", "no", "ROSTER_EVIDENCE is “no”; it takes warn or require."),
        ("ROSTER_SECRET_KEY", "", "ROSTER_SECRET_KEY is not set; in production it takes at least"),
        ("ROSTER_SECRET_KEY", GOOD["ROSTER_SECRET_KEY"][1:], "ROSTER_SECRET_KEY is too weak; "),
        ("ROSTER_LEDGER_KEY", "", "ROSTER_LEDGER_KEY is not set; in production it takes at least"),
        ("ROSTER_LEDGER_KEY", "abc" * 20, "ROSTER_LEDGER_KEY is too weak; in production it takes"),
        (
            "ROSTER_LEDGER_KEY",
            GOOD["ROSTER_SECRET_KEY"],
            "ROSTER_SECRET_KEY and ROSTER_LEDGER_KEY are the same; in production each takes",
        ),
        ("ROSTER_PROXIES", "one", "ROSTER_PROXIES is “one”; it takes a whole number, 0 or more."),
        ("ROSTER_PROXIES", "-1", "ROSTER_PROXIES is “-1”; it takes a whole number, 0 or more."),
        ("ROSTER_MAX_FILE_BYTES", "512 MB", "ROSTER_MAX_FILE_BYTES is “512 MB”; it takes a whole"),
        ("ROSTER_MAX_ROWS", "0", "ROSTER_MAX_ROWS is “0”; it takes a whole number, 1 or more."),
        ("ROSTER_MAX_COLUMNS", "²", "ROSTER_MAX_COLUMNS is “²”; it takes a whole number, 1 or "),
        ("ROSTER_MAX_CELL_CHARACTERS", "9" * 19, "ROSTER_MAX_CELL_CHARACTERS is “9999999999"),
        ("ROSTER_WORKERS", "two", "ROSTER_WORKERS is “two”; it takes 0 or 1."),
        ("ROSTER_WORKERS", "1", "ROSTER_WORKERS is set, but SQLite lets one process write at a"),
        ("ROSTER_BACKGROUND_BYTES", "2 MB", "ROSTER_BACKGROUND_BYTES is “2 MB”; it takes a whole"),
        ("ROSTER_ALLOWED_HOSTS", "", "ROSTER_ALLOWED_HOSTS is not set; in production it takes "),
        ("ROSTER_ALLOWED_HOSTS", "a.example,*", "ROSTER_ALLOWED_HOSTS allows every host; "),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL names another kind of database; "),
        ("DATABASE_URL", "roster.sqlite3", "DATABASE_URL cannot be read; it takes sqlite:////"),
        ("DATABASE_URL", "sqlite:////dev/null/x", "DATABASE_URL names /dev/null/x, which cannot "),
        ("ROSTER_HOME", "/dev/null/x", "ROSTER_HOME is /dev/null/x, which cannot be made ("),
    ],
)
def test_production_refuses_a_wrong_setting_by_name(tmp_path, name, value, sentence):
    done = manage("check", **{"home": tmp_path} | GOOD | {name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(".\n")


def test_production_starts_on_good_settings_without_a_warning(tmp_path):
    done = manage("check", "--deploy", "--fail-level=WARNING", home=tmp_path / "home", **GOOD)
    assert done.returncode == 0, done.stderr
    assert mode(tmp_path / "home") == 0o700
    assert {file.name for file in (tmp_path / "home").iterdir()} == {"roster.sqlite3", "uploads"}
    assert mode(tmp_path / "home" / "uploads") == 0o700
    assert mode(tmp_path / "home" / "roster.sqlite3") == 0o600


@pytest.mark.parametrize("open_mode", [0o701, 0o710, 0o755])
def test_production_refuses_a_home_that_others_can_enter(tmp_path, open_mode):
    tmp_path.chmod(open_mode)
    done = manage("check", home=tmp_path, **GOOD)
    assert done.returncode == 1
    assert done.stderr == (
        f"ROSTER_HOME is {tmp_path}, which others can enter (mode {open_mode:04o}); "
        "in production it takes a folder of mode 0700.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_uploaded_file_is_its_owner_s_alone():
    assert settings.FILE_UPLOAD_PERMISSIONS == 0o600
    with TemporaryUploadedFile("officials.csv", "text/csv", 0, None) as file:
        path = Path(file.temporary_file_path())
        assert path.parent == Path(os.environ["ROSTER_HOME"]) / "uploads"
        assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    kept = default_storage.path(default_storage.save("kept/officials.csv", ContentFile(b"ref")))
    assert (mode(Path(kept)), mode(Path(kept).parent)) == (0o600, 0o700)


def test_the_number_of_proxies_is_none_when_it_is_not_said():
    assert environment.count({}, "ROSTER_PROXIES") == 0
    assert environment.count({"ROSTER_PROXIES": "2"}, "ROSTER_PROXIES") == 2


def test_a_number_that_is_not_said_is_its_default_and_the_least_passes():
    assert environment.count({}, "ROSTER_MAX_ROWS", default=5, least=1) == 5
    assert environment.count({"ROSTER_MAX_ROWS": "1"}, "ROSTER_MAX_ROWS", default=5, least=1) == 1


def test_the_shortest_good_secret_passes():
    kept = environment.given_secret(GOOD, "ROSTER_LEDGER_KEY", characters=32)
    assert kept == GOOD["ROSTER_LEDGER_KEY"]


def test_a_local_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    file = tmp_path / "ledger-key"
    made = environment.kept_secret({}, "ROSTER_LEDGER_KEY", file)
    assert len(made) >= 50
    assert environment.kept_secret({}, "ROSTER_LEDGER_KEY", file) == made
    assert mode(file) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_given_secret_counts_and_leaves_no_file(tmp_path):
    file = tmp_path / "ledger-key"
    given = {"ROSTER_LEDGER_KEY": "mine"}
    assert environment.kept_secret(given, "ROSTER_LEDGER_KEY", file) == "mine"
    assert not file.exists()


def test_of_two_processes_that_make_a_secret_the_first_wins(tmp_path, monkeypatch):
    file = tmp_path / "ledger-key"
    file.write_text("the first one's")
    monkeypatch.setattr(Path, "exists", lambda self: False)
    assert environment.kept_secret({}, "ROSTER_LEDGER_KEY", file) == "the first one's"


def test_host_names_are_separated_by_commas():
    given = {"ROSTER_ALLOWED_HOSTS": "a.example, b.example,"}
    assert environment.allowed_hosts(given, "ROSTER_ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_a_database_address_may_set_a_timeout_but_not_drop_the_pragmas(tmp_path):
    url = f"sqlite:///{tmp_path}/roster.sqlite3?timeout=5&init_command=PRAGMA+user_version"
    parsed = environment.database({"DATABASE_URL": url}, "DATABASE_URL", tmp_path / "unused")
    assert parsed["OPTIONS"]["timeout"] == 5
    assert parsed["OPTIONS"]["init_command"] == environment.SQLITE_PRAGMAS
    assert not (tmp_path / "unused").exists()


def test_a_database_in_memory_is_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="it takes sqlite:////FOLDER/FILE or postgres"):
        environment.database({"DATABASE_URL": "sqlite://:memory:"}, "DATABASE_URL", tmp_path / "x")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own settings")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("recursive_triggers", 1),
        ("foreign_keys", 1),
        ("busy_timeout", 20000),
    ],
)
def test_sqlite_is_opened_as_the_ledger_needs_it(pragma, value):
    with connection.cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (value,)
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own settings")
def test_postgresql_keeps_its_connections_and_checks_them():
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] == 60
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] is True


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own settings")
def test_postgresql_compiles_no_query_before_it_runs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting, source FROM pg_settings WHERE name = 'jit'")
        assert cursor.fetchone() == ("off", "session")  # not as the server of the tests is set up


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own settings")
def test_postgresql_reads_what_is_committed_whatever_the_server_prefers():
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_isolation = 'serializable'")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)
        cursor.execute("RESET default_transaction_isolation")


def test_an_sqlite_that_is_too_old_is_refused_by_its_version(monkeypatch, tmp_path):
    monkeypatch.setattr(environment.sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(environment.sqlite3, "sqlite_version", "3.34.1")
    with pytest.raises(ImproperlyConfigured, match=r"SQLite 3\.34\.1 is too old; Roster takes"):
        environment.database({}, "DATABASE_URL", tmp_path / "roster.sqlite3")
    assert not (tmp_path / "roster.sqlite3").exists()


def test_no_page_ever_shows_a_traceback():
    assert settings.DEBUG is False


@pytest.mark.parametrize("server", ["asgi", "wsgi"])
def test_each_kind_of_server_finds_the_application(server):
    assert callable(importlib.import_module(f"config.{server}").application)

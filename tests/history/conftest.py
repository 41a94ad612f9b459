"""A database of one test's own, the engines' real shells, and a way past the guards."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, migrations

from roster import migrations as real
from roster.history.changesets import changeset
from roster.history.ledger import verify
from tests.history.planned import REAL
from tests.history.samples import official, one_of_each
from tests.postgres import tool

BARE_SQLITE = """
import sqlite3, sys
session = sqlite3.connect(sys.argv[1], isolation_level=None)
statement = ""
for line in sys.stdin:
    statement += line
    if sqlite3.complete_statement(statement):
        for row in session.execute(statement):
            print(*row, sep="|")
        statement = ""
"""
"""A stand-in for the shell `sqlite3`, where there is none: one statement a line."""


@pytest.fixture(scope="session")
def template(django_db_blocker, tmp_path_factory) -> Iterator[str]:
    """The name of a migrated database for others to be copied from."""
    folder = tmp_path_factory.mktemp("template")  # with a number: other folders have one too
    if connection.vendor == "sqlite":
        made = nullcontext(str(folder / "template.sqlite3"))
    else:
        made = _database(f"{folder.name}_{os.getpid()}")
    with django_db_blocker.unblock(), made as name:
        with _connected_to(name):
            call_command("migrate", verbosity=0)
        yield name


@pytest.fixture
def own_database(template, django_db_blocker, tmp_path) -> Iterator[None]:
    """A database with real commits; whatever a test does to it, it goes with it."""
    if connection.vendor == "sqlite":
        made = nullcontext(shutil.copy(template, tmp_path / "own.sqlite3"))
    else:
        made = _database(f"own_{os.getpid()}", template)
    with django_db_blocker.unblock(), made as name, _connected_to(name):
        yield


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """Django's connection goes to the database of this name."""
    connection.close()
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


@contextmanager
def _database(name: str, template: str = "template1") -> Iterator[str]:
    """A PostgreSQL database, dropped at the end whoever is still connected."""
    import psycopg

    with psycopg.connect(_address("postgres"), autocommit=True) as session:
        session.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield name
        finally:
            session.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _address(name: str) -> str:
    from psycopg.conninfo import make_conninfo

    known = connection.get_connection_params()
    places = ("host", "port", "user", "password")
    return make_conninfo(dbname=name, **{place: known[place] for place in places if place in known})


Shell = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def shell(own_database) -> Shell:
    """Runs SQL in the engine's own shell, a client that knows nothing of Roster."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql":
        options = ("--no-psqlrc", "--quiet", "--tuples-only", "--no-align")
        stop = "--set=ON_ERROR_STOP=1"
        command = [str(tool("psql")), *options, stop, f"--dbname={_address(name)}"]
    elif program := shutil.which("sqlite3"):
        command = [program, "-batch", "-bail", name]
    else:
        command = [sys.executable, "-c", BARE_SQLITE, name]

    def run(sql: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, input=sql, text=True, capture_output=True, check=False)

    return run


@pytest.fixture
def foreign(shell) -> Callable[[str], str]:
    """Runs SQL in the shell, which must succeed; what it printed."""

    def run(sql: str) -> str:
        done = shell(sql)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def migrate(own_database, tmp_path, monkeypatch, settings):
    """Runs `migrate` over the real migrations and the given ones, each a list of operations."""
    package = "migrations_of_a_test"
    folder = tmp_path / package
    folder.mkdir()
    for name in REAL:
        (folder / f"{name}.py").touch()
        module = importlib.import_module(f"{real.__name__}.{name}")
        monkeypatch.setitem(sys.modules, f"{package}.{name}", module)
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"roster": package}

    def run_migrations(*planned: list, target: str | None = None) -> None:
        newest = REAL[-1]
        for number, operations in enumerate(planned, 1):
            name = f"9{number:03}_planned"
            module = ModuleType(f"{package}.{name}")
            module.Migration = type(
                "Migration",
                (migrations.Migration,),
                {"dependencies": [("roster", newest)], "operations": operations},
            )
            monkeypatch.setitem(sys.modules, f"{package}.{name}", module)
            (folder / f"{name}.py").touch()
            newest = name
        for stale in folder.glob("9*.py"):
            if stale.stem > newest:
                stale.unlink()
        call_command("migrate", "roster", target or newest, verbosity=0)

    yield run_migrations
    sys.modules.pop(package, None)
    ContentType.objects.clear_cache()


@pytest.fixture
def migrate_filled(migrate):
    """A ledger in which every write is inside a changeset, so that a sound one has no problems."""
    with changeset(reason="Begin."):
        official("first")
    with changeset(reason="Fill."):
        one_of_each()
    assert verify().ok
    return migrate

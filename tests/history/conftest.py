"""A database of one test's own, the engines' real shells, and a way past the guards."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

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


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, tmp_path) -> Iterator[None]:
    """The test database copied, with real commits; whatever a test does to it goes with it."""
    settings = connection.settings_dict
    shared = settings["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        if connection.vendor == "sqlite":
            copies = _copied_file(shared, str(tmp_path / "own.sqlite3"))
        else:
            copies = _copied_database(shared, f"{shared}_own")
        with copies as settings["NAME"]:
            try:
                yield
            finally:
                connection.close()
                settings["NAME"] = shared


@contextmanager
def _copied_file(shared: str, own: str) -> Iterator[str]:
    source, target = sqlite3.connect(shared), sqlite3.connect(own)
    source.backup(target)
    source.close()
    target.close()
    yield own


@contextmanager
def _copied_database(shared: str, own: str) -> Iterator[str]:
    import psycopg

    with psycopg.connect(_address("postgres"), autocommit=True) as session:
        session.execute(f'CREATE DATABASE "{own}" TEMPLATE "{shared}"')
        try:
            yield own
        finally:
            session.execute(f'DROP DATABASE "{own}" WITH (FORCE)')


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

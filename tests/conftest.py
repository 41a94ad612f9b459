"""What every test stands on: a home of its own, one of two engines, a ledger that can be flushed.

`ROSTER_TEST_ENGINE` chooses the engine: `sqlite`, or `postgresql`, for which a server is started
for this run unless `DATABASE_URL` names one. Not set: what `DATABASE_URL` says, else SQLite.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import django
import hypothesis
import pytest
from django.conf import settings

from tests.postgres import throwaway_server

ENGINE = "ROSTER_TEST_ENGINE"

_ends = ExitStack()
atexit.register(_ends.close)


def _prepare_environment() -> None:
    """Set what config.settings reads; a parallel worker has it from the process that began it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    home = _ends.enter_context(tempfile.TemporaryDirectory(prefix="roster-home-"))
    for name in [name for name in os.environ if name.startswith("ROSTER_") and name != ENGINE]:
        del os.environ[name]
    os.environ |= {"ROSTER_HOME": home, "ROSTER_ENV": "local"}
    engine = os.environ.get(ENGINE, "")
    if engine == "sqlite":
        os.environ.pop("DATABASE_URL", None)
    elif engine == "postgresql":
        if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
            os.environ["DATABASE_URL"] = _ends.enter_context(throwaway_server())
    elif engine:
        raise pytest.UsageError(f"{ENGINE} is “{engine}”; it takes sqlite or postgresql.")


_prepare_environment()
# Only while the settings load: a parallel worker that inherited the name would set up Django
# before the lines below.
with mock.patch.dict(os.environ, DJANGO_SETTINGS_MODULE="config.settings"):
    _default = settings.DATABASES["default"]
if _default["ENGINE"].endswith("sqlite3"):
    # A file, not memory: other processes and shells write to it, as they do to a real one.
    _default["TEST"] = {"NAME": str(Path(os.environ["ROSTER_HOME"]) / "test.sqlite3")}
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
settings.WHITENOISE_AUTOREFRESH = True  # else each client of a test lists all static files
if _default["ENGINE"].endswith("sqlite3"):
    # An N+1 query in a request is an error; looking for them on one engine finds them all.
    settings.INSTALLED_APPS += ["zeal"]
    settings.MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")
django.setup()

hypothesis.settings.register_profile("roster", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("roster")


def pytest_report_header() -> str:
    return f"engine: {_default['ENGINE'].rpartition('.')[2]}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is what, and put what is marked `first` ahead of the rest in its random order."""
    for item in items:
        part = item.path.relative_to(Path(__file__).parent).parts[0]
        if part == "e2e":
            item.add_marker("browser")
        if not _is_measured(item, part):
            item.add_marker("no_cover")
    items.sort(key=lambda item: item.get_closest_marker("first") is None)


def _is_measured(item: pytest.Item, part: str) -> bool:
    """Whether coverage is traced while a test runs, which takes as long again as the test.

    On PostgreSQL where the engines differ; on SQLite everywhere but in the second and later cases
    of tests of pages, which go through the same code. What is left out can only be missed by the
    figures, never counted by mistake.
    """
    if _default["ENGINE"].endswith("postgresql"):
        return part in {"fields", "history"}
    cases = getattr(item, "callspec", None)
    return part not in {"access", "admin"} or cases is None or not any(cases.indices.values())


@pytest.fixture(scope="session", autouse=True)
def guards_lifted_for_a_flush():
    """Let the flush after a test with real commits empty the ledger, which refuses every DELETE.

    Nothing but a flush gets through: the guards are back before the next statement.
    """
    from django.db.backends.base.operations import BaseDatabaseOperations

    from roster.history.capture import guards_lifted

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_with_guards_lifted(operations, sql_list: list[str]) -> None:
        with guards_lifted(operations.connection):
            flush(operations, sql_list)

    with mock.patch.object(BaseDatabaseOperations, "execute_sql_flush", flush_with_guards_lifted):
        yield

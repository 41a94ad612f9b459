"""What every test stands on: a home of its own, one of two engines, a ledger that can be flushed.

`ROSTER_TEST_ENGINE` chooses the engine: `sqlite`, or `postgresql`, for which a server is started
for this run unless `DATABASE_URL` names one. Not set: what `DATABASE_URL` says, else SQLite.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from contextlib import ExitStack
from copy import copy
from pathlib import Path
from unittest import mock

import django
import hypothesis
import pytest
from django.conf import settings
from django.template import RequestContext
from django.test.utils import ContextList

from tests.postgres import throwaway_server

ENGINE = "ROSTER_TEST_ENGINE"
# A test with none of these asks no database anything: pytest-django would not let it.
DATABASE = {"db", "transactional_db", "live_server", "django_db_setup", "template"}
DIFFERS_BY_ENGINE = {"fields", "history"}

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--of-the-engine",
        action="store_true",
        help="Only what another engine could answer otherwise: it is asked, or its SQL is made.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is what, and put what is marked `first` ahead of the rest in its random order."""
    if config.getoption("--of-the-engine"):
        left_out = [item for item in items if not _is_of_the_engine(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _is_of_the_engine(item)]
    for item in items:
        part = _part(item)
        if part == "e2e":
            item.add_marker("browser")
        if not _is_measured(item, part):
            item.add_marker("no_cover")
    items.sort(key=lambda item: item.get_closest_marker("first") is None)


def _part(item: pytest.Item) -> str:
    """The folder or file of these tests to which one belongs."""
    return item.path.relative_to(Path(__file__).parent).parts[0]


def _is_of_the_engine(item: pytest.Item) -> bool:
    asks = not DATABASE.isdisjoint(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") is not None
    return asks or marked or _part(item) in DIFFERS_BY_ENGINE


def _is_measured(item: pytest.Item, part: str) -> bool:
    """Whether coverage is traced while a test runs, which takes as long again as the test.

    On PostgreSQL where the engines differ; on SQLite everywhere but in the second and later cases
    of tests of pages, which go through the same code. What is left out can only be missed by the
    figures, never counted by mistake.
    """
    if _default["ENGINE"].endswith("postgresql"):
        return part in DIFFERS_BY_ENGINE
    cases = getattr(item, "callspec", None)
    return part not in {"access", "admin"} or cases is None or not any(cases.indices.values())


@pytest.fixture(scope="session", autouse=True)
def contexts_of_pages_alone():
    """Keep for `response.context` what a view gave its page, not a copy for each part and widget.

    A page of forms is made of hundreds of templates: the copies took a quarter of its test's time.
    """

    def store(kept, signal, sender, template, context, **more):
        kept.setdefault("templates", []).append(template)
        of_pages = kept.setdefault("of pages", [])
        if isinstance(context, RequestContext) and all(one is not context for one in of_pages):
            of_pages.append(context)
            kept.setdefault("context", ContextList()).append(copy(context))

    with mock.patch("django.test.client.store_rendered_templates", store):
        yield


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

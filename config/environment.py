"""What the environment may say, read one variable at a time; knows nothing of Django's settings.

Every refusal is an `ImproperlyConfigured` whose sentence names the variable and what it takes.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Mapping


SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"

# WAL lets readers and the one writer work side by side; recursive triggers make REPLACE fire the
# ledger's delete triggers; FULL keeps a closed changeset through a loss of power.
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON"

OLDEST_SQLITE = (3, 35)
"""The first that has what imports are written with."""

READ_COMMITTED = 2
"""psycopg's number of the isolation that locks here reckon with, whatever a server's default is."""


def choice(environ: Mapping[str, str], name: str, accepted: tuple[str, ...]) -> str:
    """The value of `name`, one of `accepted`; the first of them when it is not set."""
    value = environ.get(name) or accepted[0]
    if value not in accepted:
        raise ImproperlyConfigured(f"{name} is “{value}”; it takes {' or '.join(accepted)}.")
    return value


def count(environ: Mapping[str, str], name: str, *, default: int = 0, least: int = 0) -> int:
    """The whole number that `name` says, `least` or more; `default` when it is not set."""
    text = environ.get(name) or str(default)
    # Longer ones Python refuses to read.
    if not (text.isascii() and text.isdecimal() and len(text) <= 18 and int(text) >= least):
        raise ImproperlyConfigured(f"{name} is “{text}”; it takes a whole number, {least} or more.")
    return int(text)


def private_folder(environ: Mapping[str, str], name: str, default: Path) -> Path:
    """The folder that `name` says, made on first use so that only its owner can enter it."""
    return made_private(Path(environ.get(name) or default).expanduser().absolute(), name)


def made_private(folder: Path, name: str) -> Path:
    """`folder`, which is where `name` says, made if need be so that only its owner can enter it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as reason:
        raise ImproperlyConfigured(
            f"{name} is {folder}, which cannot be made ({reason.strerror}); "
            "it takes a folder that this user can write."
        ) from reason
    return folder


def refuse_open_folder(name: str, folder: Path) -> None:
    """Refuse a folder, there before us, that others than its owner can enter or list."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        raise ImproperlyConfigured(
            f"{name} is {folder}, which others can enter (mode {mode:04o}); "
            "in production it takes a folder of mode 0700."
        )


def given_secret(environ: Mapping[str, str], name: str, *, characters: int) -> str:
    """The secret that `name` must hold, refused when missing or easy to guess."""
    secret = environ.get(name, "")
    # A random text has far more than ten different characters, a repeated word fewer.
    if len(secret) < characters or len(set(secret)) < 10:
        raise ImproperlyConfigured(
            f"{name} is {'too weak' if secret else 'not set'}; "
            f"in production it takes at least {characters} random characters."
        )
    return secret


def refuse_shared_secret(**secrets_by_name: str) -> None:
    """Refuse one secret under two names: who learned one would have both."""
    if len(set(secrets_by_name.values())) < len(secrets_by_name):
        raise ImproperlyConfigured(
            f"{' and '.join(secrets_by_name)} are the same; "
            "in production each takes random characters of its own."
        )


def kept_secret(environ: Mapping[str, str], name: str, file: Path) -> str:
    """The secret that `name` holds, else the one kept in `file`, made when there is none yet.

    Processes that start together agree on one: the file appears complete or not at all.
    """
    if given := environ.get(name):
        return given
    if not file.exists():
        handle, draft = tempfile.mkstemp(dir=file.parent)  # readable by the owner only
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass  # another process was first: its secret counts
        finally:
            Path(draft).unlink()
    return file.read_text()


def allowed_hosts(environ: Mapping[str, str], name: str) -> list[str]:
    """The host names that `name` lists, separated by commas; refused when it lists none or all."""
    hosts = [host.strip() for host in environ.get(name, "").split(",") if host.strip()]
    if not hosts or "*" in hosts:
        raise ImproperlyConfigured(
            f"{name} {'allows every host' if hosts else 'is not set'}; in production it takes "
            "the host names that Roster answers to, separated by commas."
        )
    return hosts


def database(environ: Mapping[str, str], name: str, default: Path) -> dict[str, Any]:
    """Django's settings for the database that `name` addresses; an SQLite file when not set."""
    try:
        address = environ.get(name) or f"sqlite:///{default}"
        parsed: dict[str, Any] = {**dj_database_url.parse(address)}
    except ValueError as reason:
        raise ImproperlyConfigured(f"{name} cannot be read; {_DATABASES}") from reason
    options = parsed.setdefault("OPTIONS", {})
    if parsed["ENGINE"] == SQLITE and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise ImproperlyConfigured(
            f"SQLite {sqlite3.sqlite_version} is too old; Roster takes 3.35 or newer, or a "
            f"PostgreSQL that {name} names."
        )
    if parsed["ENGINE"] == SQLITE and parsed["NAME"] != ":memory:":
        options["init_command"] = SQLITE_PRAGMAS
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", 20)
        _claim(Path(parsed["NAME"]), name)
    elif parsed["ENGINE"] == POSTGRESQL:
        options.setdefault("connect_timeout", 10)
        options.setdefault("isolation_level", READ_COMMITTED)
        parsed["CONN_MAX_AGE"] = 60
        parsed["CONN_HEALTH_CHECKS"] = True
    else:
        raise ImproperlyConfigured(f"{name} names another kind of database; {_DATABASES}")
    return parsed


_DATABASES = "it takes sqlite:////FOLDER/FILE or postgres://USER:PASSWORD@HOST:PORT/NAME."


def refuse_one_writer(name: str, parsed: Mapping[str, Any]) -> None:
    """Refuse what takes a database that several processes write at once."""
    if parsed["ENGINE"] == SQLITE:
        raise ImproperlyConfigured(
            f"{name} is set, but SQLite lets one process write at a time; workers take a "
            "DATABASE_URL of postgres://USER:PASSWORD@HOST:PORT/NAME."
        )


def _claim(file: Path, name: str) -> None:
    """Make the database file before SQLite does, so that only its owner can ever read it."""
    try:
        file.touch(mode=0o600)
    except OSError as reason:
        raise ImproperlyConfigured(
            f"{name} names {file}, which cannot be opened ({reason.strerror}); {_DATABASES}"
        ) from reason

"""From any database, empty or not, to a sign-in page on this machine; knows no records' fields."""

from __future__ import annotations

import errno
import secrets
import socket
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from waitress.server import create_server

from roster.exchange.attempts import note_lost
from roster.exchange.bundle import BundleError, import_bundle
from roster.history import capture
from roster.history.changesets import changeset
from roster.models import Changeset, Official, Source, ThreatSource

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

HOST = "127.0.0.1"
SEED = settings.BASE_DIR / "fixtures" / "2024-07-18-iran-threat"


class Command(BaseCommand):
    help = (
        "Migrate the database, seed an empty roster, make the first account where there is none, "
        f"and serve on {HOST} until Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="default: 8000")

    def handle(self, *args: Any, **options: Any) -> None:
        with claimed_port(options["port"]) as claimed:
            reach_database()
            migrate_where_needed()
            if settings.STATIC_ROOT:
                call_command("collectstatic", verbosity=0, interactive=False)
            seed_empty_roster()
            note_lost()
            self.stdout.write(first_account(settings.ROSTER_HOME / "sign-in"))
            server = create_server(get_wsgi_application(), sockets=[claimed], ident=None)
            port = claimed.getsockname()[1]
            self.stdout.write(f"Roster is at http://{HOST}:{port}/ (Ctrl-C stops it).")
            server.run()


def claimed_port(port: int) -> socket.socket:
    """A socket that holds `port` from now on, so that nothing is prepared in vain."""
    claimed = socket.socket()
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind((HOST, port))
    except OSError as reason:
        claimed.close()
        problem = "is taken" if reason.errno == errno.EADDRINUSE else "is not ours to use"
        raise CommandError(
            f"Port {port} {problem}: name another, for example python3 run.py --port {port + 1}."
        ) from reason
    return claimed


def reach_database() -> None:
    try:
        connection.ensure_connection()
    except DatabaseError as reason:
        first_line = str(reason).strip().splitlines()[0]
        raise CommandError(
            f"The database cannot be used ({first_line}): start it or correct DATABASE_URL."
        ) from reason


def migrate_where_needed() -> None:
    """Migrate, unless the database is as it should be: reconciling reads every row."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending or capture.faults(connection):
        call_command("migrate", verbosity=0, interactive=False)


def seed_empty_roster() -> None:
    """Import the seed, once: a roster that was emptied on purpose stays empty."""
    seeded = Changeset.objects.filter(kind="seed").exists()
    if seeded or any(model.objects.exists() for model in (Official, ThreatSource, Source)):
        return
    try:
        outcome = import_bundle(SEED, reason="Seed of an empty roster.", kind="seed")
    except BundleError as refusal:
        raise CommandError(str(refusal)) from refusal
    for report in outcome.files:
        for error in report.errors:
            raise CommandError(f"The seed cannot be imported ({report.model}, {error})")


def first_account(kept_in: Path) -> str:
    """How to sign in; makes `admin`, with a password kept in the file `kept_in`, if need be."""
    if not User.objects.exists():
        password = secrets.token_urlsafe(12)
        with changeset(user=None, reason="First account of a new roster.", kind="command"):
            User.objects.create_superuser("admin", password=password)
            kept_in.unlink(missing_ok=True)
            kept_in.touch(mode=0o600)
            kept_in.write_text(f"{password}\n")
        return f"Sign in as admin with the password {password} (kept in {kept_in})."
    admin = User.objects.filter(username="admin").first()
    if admin and kept_in.exists() and check_password(kept_in.read_text().strip(), admin.password):
        return f"Sign in as admin with the password that is kept in {kept_in}."
    return "Sign in with your account; python3 run.py manage createsuperuser makes another."

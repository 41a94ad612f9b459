"""Import a whole roster, as one changeset or not at all."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roster.exchange.bundle import BundleError
from roster.exchange.import_runs import import_roster
from roster.management import arguments


class Command(BaseCommand):
    help = (
        "Import a bundle, a folder or zip that export_bundle made: all of it in one changeset, "
        "or nothing. Checksums are verified first. Exit status 1 when refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", type=Path, help="folder or zip file")
        arguments.add_reason(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = import_roster(
                options["path"],
                reason=options["reason"],
                user=arguments.user_named(options["user"]),
            )
        except BundleError as error:
            raise CommandError(str(error)) from error
        for report in outcome.files:
            for problem in report.errors:
                self.stderr.write(f"{report.model}.csv, {problem}")
        if not outcome.ok:
            raise CommandError("Nothing was written.")
        for report in outcome.files:
            self.stdout.write(
                f"{report.model}: {report.new} new, {report.changed} changed, "
                f"{report.unchanged} unchanged"
            )
        self.stdout.write(
            f"Changeset {outcome.changeset}." if outcome.changeset else "Nothing to write."
        )

"""Export the whole roster as a bundle."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roster.exchange.bundle import BundleError, export_bundle


class Command(BaseCommand):
    help = (
        "Export the whole roster as it is at one moment: a CSV file for each model and "
        "datapackage.json, which describes them. The same roster gives the same bytes. With "
        "--official only what hangs on that official: roles, threats and who threatens, "
        "protections, extensions, citations, and the sources and paragraphs that they rest on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path",
            metavar="PATH",
            type=Path,
            help="a new or empty folder, an earlier bundle to replace, or a file ending in .zip",
        )
        parser.add_argument(
            "--official",
            metavar="REF",
            action="append",
            default=[],
            help="may be given more than once",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = export_bundle(options["path"], officials=options["official"])
        except BundleError as error:
            raise CommandError(str(error)) from error
        for stem, count in rows.items():
            self.stdout.write(f"{stem}: {count} rows")

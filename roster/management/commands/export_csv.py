"""Export one model as CSV."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roster.exchange.runs import export_csv
from roster.management import arguments


class Command(BaseCommand):
    help = (
        "Export every row of a model as CSV in UTF-8, its columns in their order, its rows by "
        "key. The file can be imported again as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        arguments.add_model(parser)
        parser.add_argument(
            "-o", "--output", metavar="FILE", type=Path, help="default: standard output"
        )
        parser.add_argument(
            "--versions",
            action="store_true",
            help="add the column _version, by which an import sees what changed since",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["output"]
        if path is None:
            export_csv(options["model"], self.stdout, versions=options["versions"])
            return
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                rows = export_csv(options["model"], file, versions=options["versions"])
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{rows} rows in {path}.")

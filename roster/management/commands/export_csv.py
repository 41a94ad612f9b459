"""Export one model as CSV."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roster.exchange.evidence import has_states
from roster.exchange.exports import export_csv
from roster.exchange.resources import RESOURCES
from roster.management import arguments


class Command(BaseCommand):
    help = (
        "Export every row of a model as CSV in UTF-8, its columns in their order, its rows by "
        "key. The file can be imported again as it is: what --states adds, an import passes over."
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
        parser.add_argument(
            "--states",
            action="store_true",
            help="add the column _state: of a citation its states, as in stale|unverified, of a "
            "record the gravest of each field, as in level=stale|provider=unsourced; not for "
            "sources and paragraphs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["output"]
        stem, added = options["model"], {key: options[key] for key in ("versions", "states")}
        if added["states"] and not has_states(RESOURCES[stem].model()):
            raise CommandError(
                f"Only citations and the records that they cite have a state of evidence, not "
                f"{stem}: leave --states out.",
                returncode=2,
            )
        if path is None:
            export_csv(stem, self.stdout, **added)
            return
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                rows = export_csv(stem, file, **added)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{rows} rows in {path}.")

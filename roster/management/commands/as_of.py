"""The rows of a model as the ledger knew them at a time."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from roster.exchange.resources import RESOURCES
from roster.history.asof import position_at
from roster.history.past.cells import cells_as_of
from roster.management import arguments


class Command(BaseCommand):
    help = (
        "The rows of a model as the ledger knew them at a time: what all changesets closed by "
        "then had written, rows deleted since included and each row named as it was. Printed as "
        "CSV, its columns and rows in the order of an export. A time ahead is now; before the "
        "first changeset there is nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        arguments.add_model(parser)
        parser.add_argument(
            "--at",
            metavar="TIME",
            type=arguments.time,
            required=True,
            help="ISO 8601 with a zone, such as 2024-07-18T12:00:00Z",
        )
        arguments.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        at = options["at"]
        model = RESOURCES[options["model"]].model()
        rows = cells_as_of(model, None if at >= timezone.now() else position_at(at))
        if not options["json"]:
            writer = csv.writer(self.stdout, lineterminator="\n")
            writer.writerow(model.columns)
            writer.writerows(rows)
            return
        answer = {
            "model": model.file_stem,
            "at": at.isoformat(),
            "rows": [dict(zip(model.columns, cells, strict=True)) for cells in rows],
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

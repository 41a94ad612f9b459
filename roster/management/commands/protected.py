"""Who is under protection on a day."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from roster.dashboards.coverage import OfficialCoverage, coverage_on
from roster.management import arguments


class Command(BaseCommand):
    help = (
        "Each official: definitely, possibly or not (no) under protection on a day, and by which "
        "protections. A protection's own start and end decide; dates that are not known exactly "
        "make it possible."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", metavar="DAY", type=arguments.day, help="YYYY-MM-DD; default: today"
        )
        arguments.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["on"] or arguments.today()
        officials = coverage_on(day)
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {"on": day.isoformat(), "officials": [o.as_json() for o in officials]},
                    ensure_ascii=False,
                )
            )
            return
        for official in officials:
            self.stdout.write(_line(official))


def _line(official: OfficialCoverage) -> str:
    why = "; ".join(
        f"{protection.level}, from {protection.start or 'unknown'} to {protection.end or 'unknown'}"
        for protection in official.protections
    )
    return f"{official.in_force:<10}  {official.name}" + (f"  ({why})" if why else "")

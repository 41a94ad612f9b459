"""Which protections run out in the days ahead."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roster.dashboards.expiring import ExpiringProtection, expiring
from roster.management import arguments


class Command(BaseCommand):
    help = (
        "The protections whose last day can lie from a day to so many days later, both included: "
        "definitely, or possibly where the end is not known exactly. Never one that cannot end "
        "then, as with an open end. The nearest first: by the latest day that the end may be, then "
        "by the earliest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--within",
            metavar="DAYS",
            type=arguments.number_of_days,
            required=True,
            help="how many days ahead; 0 is the day alone",
        )
        parser.add_argument(
            "--on", metavar="DAY", type=arguments.day, help="YYYY-MM-DD; default: today"
        )
        arguments.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        day, within = options["on"] or arguments.today(), options["within"]
        last = _last_day(day, within)
        protections = expiring(within, day)
        if options["json"]:
            told = [protection.as_json() for protection in protections]
            self.stdout.write(
                json.dumps(
                    {"on": day.isoformat(), "within": within, "protections": told},
                    ensure_ascii=False,
                )
            )
            return
        for protection in protections:
            self.stdout.write(_line(protection))
        if not protections:
            self.stdout.write(f"No protection can end from {day} to {last}.")


def _last_day(day: date, within: int) -> date:
    """The last of the days asked for, which leaves out the last of the calendar: an open end."""
    if within >= (date.max - day).days:
        raise CommandError(
            f"{within} days from {day} reach {date.max}, which stands for an open end: ask for "
            "fewer days, or from an earlier day on.",
            returncode=2,
        )
    return day + timedelta(days=within)


def _line(protection: ExpiringProtection) -> str:
    return (
        f"{protection.ends:<10}  {protection.end or 'unknown':<21}  {protection.name}  "
        f"({protection.ref})"
    )

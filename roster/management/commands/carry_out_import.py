"""Carry out one import that waits; pages start this by themselves."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from roster.exchange.jobs import carry_out_confirmed


class Command(BaseCommand):
    help = (
        "Carry out an import that was confirmed on a page and waits, when those before it have "
        "ended. Roster starts this by itself for large files; what came of it stands on the page "
        "of the import run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", metavar="RUN", type=int, help="the number of the import run")

    def handle(self, *args: Any, **options: Any) -> None:
        carry_out_confirmed(options["run"], in_turn=True)

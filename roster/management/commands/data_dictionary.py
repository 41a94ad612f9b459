"""Print the data dictionary."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from roster.exchange.dictionary import data_dictionary


class Command(BaseCommand):
    help = (
        "Print every file of the exchange as Markdown: its columns, what each takes, which facts "
        "want evidence, and the rules between columns. docs/data-dictionary.md is what it prints."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(data_dictionary(), ending="")

"""Check every citation and every field that wants one."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand

from roster.dashboards.queue import QUEUES, Entry, Queue
from roster.history.ledger import snapshot
from roster.management import arguments
from roster.provenance.states import EvidenceState
from roster.provenance.tallies import counts

WANTING = (EvidenceState.STALE, EvidenceState.UNANCHORED)
"""The states in which a citation no longer bears the fact that rests on it."""


class Command(BaseCommand):
    help = (
        "Count the evidence by its state and list what wants work: citations that are stale (the "
        "field has another value now), unanchored (the quote is not in the text), disputed or "
        "unverified (the text is not here), and fields that are unsourced. A citation in two "
        "states is listed under each. Nothing is changed and no one is held up. Exit status 1 "
        "when any citation is stale or unanchored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="list the disputed, unsourced and unverified too, as --json always does",
        )
        arguments.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with snapshot():
            counted = counts()
            if options["json"]:
                self._print_json(counted)
            else:
                self._say(counted, QUEUES if options["all"] else WANTING)
        if any(counted[state] for state in WANTING):
            raise SystemExit(1)

    def _print_json(self, counted: dict[EvidenceState, int]) -> None:
        """One object, written entry by entry: its list may be longer than memory is large."""
        self.stdout.write(f'{{"counts": {json.dumps(counted)}, "problems": [', ending="")
        separator = ""
        for entry in _entries(QUEUES):
            problem = json.dumps(entry.as_json(), ensure_ascii=False)
            self.stdout.write(f"{separator}{problem}", ending="")
            separator = ", "
        self.stdout.write("]}")

    def _say(self, counted: dict[EvidenceState, int], listed: tuple[EvidenceState, ...]) -> None:
        for state, count in counted.items():
            self.stdout.write(f"{state:<10}  {count:>7}  {state.meaning}")
        for entry in _entries(listed):
            self.stdout.write(f"{entry.state}: {entry.message}")


def _entries(states: tuple[EvidenceState, ...]) -> Iterator[Entry]:
    return chain.from_iterable(map(Queue, states))

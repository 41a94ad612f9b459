"""Check that the ledger is as it was written and every row as it records."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roster.history.ledger import Problem, Verdict, verify
from roster.history.verifying.anchors import Anchor, AnchorError, append_anchor, read_anchors
from roster.management import arguments
from roster.text.characters import without_forbidden


class Command(BaseCommand):
    help = (
        "Check the ledger: that its chain is unbroken and every digest fits, that triggers and "
        "guards stand, that replaying it gives today's rows, and that nothing was written "
        "outside of it but what was acknowledged. Nothing is changed and no one is held up. Exit "
        "status 1 when anything was found."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor",
            metavar="FILE",
            type=Path,
            help="heads noted earlier and kept elsewhere, each line of which is compared: shows a "
            "tail that was cut off and an old copy that was put back",
        )
        parser.add_argument(
            "--write-anchor",
            metavar="FILE",
            type=Path,
            help="add the present head to this file, if the ledger is sound",
        )
        arguments.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        anchors, unreadable = _anchors(options["anchor"])
        verdict = verify(anchors)
        verdict.problems[:0] = unreadable
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_json(), ensure_ascii=False))
        else:
            self._say(verdict)
        if options["write_anchor"]:
            _write_anchor(options["write_anchor"], verdict)
        if not verdict.ok:
            raise SystemExit(1)

    def _say(self, verdict: Verdict) -> None:
        for problem in verdict.problems:
            self._line(f"{problem.kind}: {problem.message}")
        for act in verdict.acknowledged:
            self._line(
                f"acknowledged: {act.count} made outside, by changeset {act.position} of "
                f"{act.user or 'nobody'}: {act.reason}"
            )
        read = f"changesets: {verdict.changesets}; changes: {verdict.changes}"
        if verdict.acknowledged:
            read += f"; acknowledged: {sum(act.count for act in verdict.acknowledged)}"
        read += "."
        if verdict.ok:
            self.stdout.write(f"The ledger is sound; {read}")
        else:
            self.stdout.write(f"Problems: {len(verdict.problems)}; {read}")

    def _line(self, text: str) -> None:
        """One line, whatever was written into what it tells of."""
        self.stdout.write(without_forbidden(text))


def _anchors(path: Path | None) -> tuple[Sequence[Anchor], list[Problem]]:
    """The anchors of the file, and what in it is none."""
    if path is None:
        return (), []
    try:
        anchors = read_anchors(path)
    except AnchorError as error:
        return (), [Problem("anchor", str(error))]
    return anchors.found, [Problem("anchor", refusal) for refusal in anchors.refused]


def _write_anchor(path: Path, verdict: Verdict) -> None:
    if verdict.head is None or not verdict.is_sound:
        reason = "is not sound" if verdict.head else "is empty"
        raise CommandError(f"No anchor was written to {path}: the ledger {reason}.")
    try:
        append_anchor(path, verdict.head)
    except AnchorError as error:
        raise CommandError(str(error)) from error

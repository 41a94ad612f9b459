"""Undo one changeset."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roster.actions.carry_out import PlanRefused
from roster.actions.undo_changeset import undo_changeset
from roster.history.plans.plan import Plan, PlannedRow, refused
from roster.history.undo import plan_undo, undo_act
from roster.management import arguments
from roster.models import Changeset
from roster.models.changes import Act
from roster.text.characters import quoted

_VERBS = {Act.INSERT: "add", Act.UPDATE: "change", Act.DELETE: "delete"}


class Command(BaseCommand):
    help = (
        "Undo one changeset: what it changed is as before in the columns that it changed, what it "
        "added is deleted, what it deleted comes back. All of it in one changeset, which can be "
        "undone in turn, or nothing: where later changesets built on it, these and the rows are "
        "named; undo them first. Exit status 1 when refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "changeset",
            metavar="CHANGESET",
            type=arguments.position,
            help="its place in the ledger, as in #12: 1, 2, 3 …",
        )
        arguments.add_reason(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what it would do; write nothing"
        )
        parser.add_argument(
            "--keep-later",
            action="store_true",
            help="keep the rows that later changesets built on, name them, and undo the others",
        )
        arguments.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        position, written = options["changeset"], None
        keep_later = options["keep_later"]
        try:
            user = arguments.user_named(options["user"])
            if options["dry_run"]:
                plan = plan_undo(position, keep_later=keep_later)
            else:
                done = undo_changeset(
                    position, reason=options["reason"], user=user, keep_later=keep_later
                )
                plan, written = done.plan, done.position
        except CommandError as error:
            plan = refused(undo_act(position), str(error))
        except PlanRefused as error:
            plan = error.plan
        if options["json"]:
            shown = _as_json(position, plan, written)
            if keep_later:
                shown["kept"] = _kept(plan)
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
        else:
            self._say(plan, written)
        if not plan.ok:
            raise SystemExit(1)

    def _say(self, plan: Plan, written: int | None) -> None:
        for note in plan.notes:
            self.stderr.write(note)
        for sentence in _kept(plan):
            self.stderr.write(f"Kept: {sentence}")
        for refusal in plan.refusals:
            self.stderr.write(refusal.sentence)
        if not plan.ok:
            self.stderr.write("Nothing was written.")
            return
        count = Counter(row.act for row in plan.rows)
        counts = (
            f"Rows changed: {count[Act.UPDATE]}; deleted: {count[Act.DELETE]}; "
            f"brought back: {count[Act.INSERT]}"
        )
        if written is None:
            for row in plan.rows:
                self.stdout.write(_line(row))
            self.stdout.write(f"{counts}. A dry run: nothing was written.")
        else:
            self.stdout.write(f"{counts}. Changeset {written}.")


def _kept(plan: Plan) -> list[str]:
    """Each row that stays as it is, why, and when the changesets in the way were closed."""
    in_the_way = {position for one in plan.kept for position in one.changesets}
    found = Changeset.objects.filter(position__in=in_the_way)
    closed = dict(found.values_list("position", "closed_at"))
    return [
        " ".join([one.sentence, *(_closing(n, closed[n]) for n in one.changesets)])
        for one in plan.kept
    ]


def _closing(position: int, moment: datetime) -> str:
    return f"Changeset {position} is of {moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC."


def _line(row: PlannedRow) -> str:
    said = "; ".join(
        f"{change.column} {_shown(change.old)} → {_shown(change.new)}"
        for change in row.changes
        if row.act == Act.UPDATE
    )
    return f"{_VERBS[row.act]} {row.label}" + (f": {said}" if said else "")


def _shown(text: str) -> str:
    return quoted(text) if text else "(empty)"


def _as_json(position: int, plan: Plan, written: int | None) -> dict[str, object]:
    rows = [
        {
            "record": row.label,
            "act": _VERBS[row.act],
            "changes": {change.column: [change.old, change.new] for change in row.changes},
        }
        for row in plan.rows
    ]
    return {
        "undone": position,
        "rows": rows,
        "notes": list(plan.notes),
        "refusals": [refusal.sentence for refusal in plan.refusals],
        "changeset": written,
    }
